//! Tables of materials inside a guide: 序号、材料名称、材料形式、份数、备注. Their heads are no labels of the guide.

use std::ops::Range;

use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;
use crate::facts::lexicons::Lexicons;

/// What heads the columns of such a table.
const HEADS: [&str; 40] = [
    "序号",
    "材料名称",
    "材料形式",
    "材料类型",
    "材料类别",
    "材料来源",
    "来源渠道",
    "材料要求",
    "材料份数",
    "材料样本",
    "材料介质",
    "材料说明",
    "材料",
    "名称",
    "资料名称",
    "申请材料",
    "申请材料名称",
    "所需材料",
    "提交材料",
    "份数",
    "数量",
    "介质",
    "形式",
    "类型",
    "规格",
    "要求",
    "必要性",
    "是否必需",
    "是否必要",
    "原件",
    "复印件",
    "纸质",
    "电子",
    "来源",
    "备注",
    "说明",
    "空白表格",
    "示范文本",
    "样表",
    "填报须知",
];
/// A row with fewer cells is a label and its value.
const CELLS_MIN: usize = 3;
/// What is longer heads no column.
const HEAD_BYTES_MAX: usize = 48;

/// Where the tables of materials stand.
#[derive(Default)]
pub(super) struct Tables {
    /// Cells that head columns.
    heads: Vec<Range<usize>>,
    /// Rows of materials.
    rows: Vec<Range<usize>>,
    /// A column for the number of copies gives figures.
    pub counts_copies: bool,
}

/// What a place in a table of materials is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Head,
    /// A row, by its place.
    Row(usize),
}

impl Tables {
    /// Finds the tables of a page.
    pub fn of(dom: &Dom, lexicons: &Lexicons) -> Tables {
        let mut tables = Tables::default();
        // One look at the whole text spares most pages looking at their cells.
        let text = dom.whole_text();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        if !says(&["材料", "资料"]) || !says(&["序号", "名称", "份数", "形式", "类型"])
        {
            return tables;
        }
        for table in dom.named(Tag::Table) {
            tables.read(dom, lexicons, table);
        }
        tables.heads.sort_by_key(|range| range.start);
        tables.rows.sort_by_key(|range| range.start);
        tables
    }

    /// What stands at a node.
    pub fn part(&self, node: usize) -> Option<Part> {
        let at = |ranges: &[Range<usize>]| {
            let next = ranges.partition_point(|range| range.start <= node);
            next.checked_sub(1).filter(|at| ranges[*at].contains(&node))
        };
        match at(&self.heads) {
            Some(_) => Some(Part::Head),
            None => at(&self.rows).map(Part::Row),
        }
    }

    fn read(&mut self, dom: &Dom, lexicons: &Lexicons, table: usize) {
        let rows = dom.inside(table).filter(|row| {
            dom.nodes[*row].tag == Tag::Tr && dom.closest(*row, &["table"]) == Some(table)
        });
        let mut head: Vec<String> = Vec::new();
        for row in rows {
            let cells: Vec<usize> = dom
                .children(row)
                .filter(|cell| matches!(dom.nodes[*cell].tag, Tag::Td | Tag::Th))
                .collect();
            if let Some((names, from)) = heads(dom, lexicons, &cells) {
                let ranges = cells[from..]
                    .iter()
                    .map(|cell| *cell..dom.nodes[*cell].end());
                self.heads.extend(ranges);
                head = names;
                continue;
            }
            // A row that begins with a label, or has other cells, is the guide's again.
            let begins = cells
                .first()
                .map(|cell| dom.text_start(*cell, HEAD_BYTES_MAX));
            let is_label = begins.is_some_and(|text| lexicons.guide_label(&text).is_some());
            if head.is_empty() || is_label || cells.len() != head.len() {
                head.clear();
                continue;
            }
            let copies = head
                .iter()
                .position(|name| name.contains("份数") || name == "数量");
            self.counts_copies |= copies.is_some_and(|at| {
                let count = dom.text_start(cells[at], HEAD_BYTES_MAX);
                count.starts_with(|c: char| c.is_ascii_digit() && c != '0')
            });
            self.rows.push(row..dom.nodes[row].end());
        }
    }
}

/// What the cells of a row head, and from which cell on: before it the guide's own label may stand.
fn heads(dom: &Dom, lexicons: &Lexicons, cells: &[usize]) -> Option<(Vec<String>, usize)> {
    let names: Vec<String> = cells
        .iter()
        .map(|cell| {
            let text = dom.text_start(*cell, HEAD_BYTES_MAX);
            text.chars().filter(|c| !c.is_whitespace()).collect()
        })
        .collect();
    let is_head = |name: &String| HEADS.contains(&name.as_str());
    // 申请材料 | 序号 | 材料名称 | 份数: the label of the guide, and the heads of its table.
    let is_label_first = names.len() > CELLS_MIN
        && names.get(1).is_some_and(|name| name == "序号")
        && lexicons.guide_label(&names[0]).is_some();
    let from = usize::from(is_label_first);
    let own = names.get(from..).filter(|own| own.len() >= CELLS_MIN)?;
    let known = own.iter().filter(|name| is_head(name)).count();
    let names_material = own
        .iter()
        .any(|name| name == "序号" || name.contains("材料") || name.contains("资料"));
    // Heads stand together: a label and its value take turns.
    let is_row =
        known >= 2 && known * 2 > own.len() && names_material && !own.iter().any(String::is_empty);
    is_row.then(|| (own.to_vec(), from))
}
