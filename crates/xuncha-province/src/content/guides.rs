//! Service guides: eight elements each, as table, definition list or prose.

use super::Site;
use super::links::{Link, LinkKind, Place};
use super::safety::{Document, Spot};
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
    /// The flow of work names how many working days it takes.
    pub days: Option<u8>,
    /// It is the second guide of an item, or looks like it.
    pub twin: Option<Twin>,
    /// The form that it offers.
    pub form_file: Option<FormFile>,
}

/// 另一份指南: what a second guide of an item has to do with the first.
#[derive(Debug, Clone)]
pub struct Twin {
    /// Address of the first; what the second states is drawn as the first's.
    pub of: String,
    /// What it states otherwise: phone, materials, limit, or nothing.
    pub differs: &'static str,
    /// Why it only looks so.
    pub near: &'static str,
}

/// 表格: a form that a guide offers.
#[derive(Debug, Clone)]
pub struct FormFile {
    /// Address.
    pub address: String,
    /// Text of the link.
    pub text: String,
    /// `sound`, what is wrong with it, or what only looks so.
    pub kind: &'static str,
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
            days: None,
            twin: None,
            form_file: None,
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
    twins(site);
    forms(site);
}

/// Items whose name differs from another's by what they are about.
const OTHER_ITEMS: [(&str, &str); 6] = [
    ("居民身份证补领", "居民身份证换领"),
    ("个体工商户设立登记", "个体工商户变更登记"),
    ("食品经营许可证核发", "食品经营许可证注销"),
    ("教师资格认定", "教师资格定期注册"),
    ("不动产首次登记", "不动产转移登记"),
    ("社会团体成立登记", "社会团体注销登记"),
];

/// Second guides of items: such as disagree with the first, and such as do not.
fn twins(site: &mut Site) {
    let mut rng = site.rng("twins");
    let (bad, near) = (site.plan.defects.bad_twins, site.plan.defects.near_twins);
    let clean: Vec<usize> = (0..site.guides.len())
        .filter(|&index| {
            site.guides[index].defects().is_empty() && site.guides[index].near.is_none()
        })
        .collect();
    let wanted = usize::from(bad) + usize::from(near);
    for (nth, index) in clean.into_iter().take(wanted).enumerate() {
        let mut second = site.guides[index].clone();
        second.address = super::addresses::below(site.plan.family, "bszn", 300 + nth);
        second.reworded = rng.percent(50);
        let mut twin = Twin {
            of: site.guides[index].address.clone(),
            differs: "",
            near: "",
        };
        if nth < usize::from(bad) {
            twin.differs = *rng.pick(&["phone", "materials", "limit"]);
        } else {
            let other = OTHER_ITEMS.iter().find(|(name, _)| *name == second.name);
            twin.near = match other {
                Some((_, name)) => {
                    second.name = *name;
                    "other_item"
                }
                None => "agrees_in_other_words",
            };
        }
        if twin.differs == "limit" || rng.percent(30) {
            site.guides[index].days = Some(5);
            second.days = Some(if twin.differs == "limit" { 15 } else { 5 });
        }
        second.twin = Some(twin);
        site.guides.push(second);
    }
}

/// Forms that guides offer.
fn forms(site: &mut Site) {
    let mut rng = site.rng("forms");
    let (bad, near) = (site.plan.defects.bad_forms, site.plan.defects.near_forms);
    let offers = rng.percent(50);
    for index in 0..site.guides.len() {
        let name = site.guides[index].name;
        let kind = if index < usize::from(bad) {
            *rng.pick(&["dead_form", "broken_form", "other_type"])
        } else if index < usize::from(bad) + usize::from(near) {
            *rng.pick(&["same_program", "named_pdf"])
        } else if offers && rng.percent(60) {
            "sound"
        } else {
            continue;
        };
        let (extension, text) = match kind {
            "other_type" => ("docx", format!("{name}申请表.xlsx")),
            "same_program" => ("docx", format!("{name}申请表.doc")),
            "named_pdf" => ("pdf", format!("{name}申请表（PDF）")),
            _ => ("docx", format!("{name}申请表")),
        };
        let address = format!("/files/bg/{}.{extension}", 5200 + index);
        plant_form(site, index, &address, &text, kind, extension);
        site.guides[index].form_file = Some(FormFile {
            address,
            text,
            kind,
        });
    }
}

/// The file itself, and what else has to be said of it.
fn plant_form(
    site: &mut Site,
    guide: usize,
    address: &str,
    text: &str,
    kind: &'static str,
    extension: &'static str,
) {
    let (key, place) = (site.absolute(address), Place::Guide(guide));
    if kind == "dead_form" {
        site.links.push(Link {
            kind: LinkKind::Attachment,
            href: address.to_owned(),
            key,
            place,
            text: text.to_owned(),
            near: false,
        });
        return;
    }
    let is_broken = kind == "broken_form";
    site.documents.push(Document {
        address: address.to_owned(),
        kind: extension,
        rows: vec![vec!["No.".to_owned(), "Name".to_owned()]],
        flaw: if is_broken { "cut" } else { "" },
    });
    if is_broken {
        site.safety.push(Spot {
            check: "unsafe_attachments",
            kind,
            key,
            near: false,
            place,
            html: String::new(),
            secrets: Vec::new(),
            note: String::new(),
            beyond: false,
        });
    }
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
