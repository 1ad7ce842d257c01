//! Service guides: eight elements each, as table, definition list or prose.

use super::Site;
use crate::text::words::SERVICES;

/// The elements in the order of the rule.
pub const ELEMENTS: [&str; 8] = [
    "事项名称",
    "设定依据",
    "申请条件",
    "办理材料",
    "办理地点",
    "办理时间",
    "联系电话",
    "办理流程",
];

/// 指南形式: how a guide is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GuideForm {
    /// Two-column table.
    Table,
    /// dl, dt, dd.
    Definitions,
    /// Numbered paragraphs.
    Prose,
}

/// 办事指南: one service guide.
#[derive(Debug, Clone)]
pub struct Guide {
    /// Name of the item.
    pub name: &'static str,
    /// Category in the directory.
    pub category: &'static str,
    /// Layout.
    pub form: GuideForm,
    /// Address.
    pub address: String,
    /// Elements left out, by index into [`ELEMENTS`]; never the name.
    pub missing: Vec<usize>,
    /// Materials do not say original or copy, paper or electronic, how many.
    pub unclear_materials: bool,
    /// A vague material is named.
    pub vague: Option<&'static str>,
    /// What looks wrong and is fine.
    pub near: Option<&'static str>,
    /// Headings use the second set of words.
    pub reworded: bool,
}

/// Draws the guides.
pub fn draw(site: &mut Site) {
    if site.plan.no_services {
        return;
    }
    let mut rng = site.rng("guides");
    let mut order: Vec<usize> = (0..SERVICES.len()).collect();
    rng.shuffle(&mut order);
    let usual = *rng.pick(&[GuideForm::Table, GuideForm::Definitions, GuideForm::Prose]);
    let d = site.plan.defects.clone();
    for (nth, &service) in order.iter().take(site.size.guides).enumerate() {
        let (name, category) = SERVICES[service];
        let mut guide = Guide {
            name,
            category,
            form: if rng.percent(80) {
                usual
            } else {
                GuideForm::Table
            },
            address: super::addresses::below(site.plan.family, "bszn", 100 + nth),
            missing: Vec::new(),
            unclear_materials: false,
            vague: None,
            near: None,
            reworded: rng.percent(30),
        };
        if nth < usize::from(d.bad_guides) {
            spoil(&mut guide, &mut rng);
        } else if nth < usize::from(d.bad_guides) + usize::from(d.near_guides) {
            guide.near = Some(*rng.pick(&[
                "other_wording",
                "no_material_needed",
                "mentions_other_materials",
                "materials_in_columns",
            ]));
            guide.reworded = true;
        }
        site.guides.push(guide);
    }
    rng.shuffle(&mut site.guides);
}

/// Plants one or two defects.
fn spoil(guide: &mut Guide, rng: &mut crate::rng::Rng) {
    match rng.below(5) {
        0 => guide.unclear_materials = true,
        1 => {
            guide.vague = Some(*rng.pick(&[
                "其他有关材料",
                "法律法规规定的其他材料",
                "有关证明材料",
                "其他材料",
            ]))
        }
        _ => {
            let mut elements: Vec<usize> = (1..8).collect();
            rng.shuffle(&mut elements);
            elements.truncate(1 + rng.below(3));
            elements.sort_unstable();
            guide.missing = elements;
        }
    }
}

impl Guide {
    /// The planted keys without the address: elements, 材料形式, 模糊表述.
    #[must_use]
    pub fn defects(&self) -> Vec<&'static str> {
        let mut out: Vec<&str> = self.missing.iter().map(|&e| ELEMENTS[e]).collect();
        if self.unclear_materials {
            out.push("材料形式");
        }
        if self.vague.is_some() {
            out.push("模糊表述");
        }
        out
    }
}
