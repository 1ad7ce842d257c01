//! Service guides 办事指南: the eight element classes in tables, definition lists, headings and prose.

mod materials;
mod tabs;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use self::materials::{Part, Tables};
use self::tabs::{Tabs, tabs};

use super::dom::{Dom, Line};
use super::html::names::Tag;
use super::lexicons::Lexicons;
use super::links::PageLinks;
use super::list::is_listed;
use super::model::{Area, GuideElement, GuideFacts, PageFacts};
use super::text::{cut, strip_numbering};
use super::titles;

/// What is longer is no label.
const MAX_LABEL_BYTES: usize = 128;

/// So many labels of elements make a look at what a click shows worth it.
const LABELS_MIN: usize = 2;

/// A label with the text that belongs to it.
struct Field {
    element: Option<GuideElement>,
    value: String,
}

/// Reads the page as a service guide; `None` where it is none. What stands in the items of a dated list, a column's or a box beside the
/// content, is no part of a guide.
pub(crate) fn read(
    facts: &PageFacts,
    dom: &Dom,
    links: &PageLinks,
    lexicons: &Lexicons,
    listed: &[Range<usize>],
) -> Option<GuideFacts> {
    let tables = Tables::of(dom, lexicons);
    let shown = Page {
        dom,
        lexicons,
        listed,
        tables: &tables,
    };
    let mut fields = shown.fields(&Tabs::default());
    // Few pages speak of a guide at all: only in these a click may show more of it.
    if fields
        .iter()
        .filter(|field| field.element.is_some())
        .count()
        >= LABELS_MIN
    {
        let tabs = tabs(dom);
        if !tabs.hidden.is_empty() {
            fields = shown.fields(&tabs);
        }
    }
    let mut elements: BTreeMap<GuideElement, String> = BTreeMap::new();
    let mut labelled = 0;
    for field in &fields {
        let Some(element) = field.element else {
            continue;
        };
        labelled += 1;
        let is_none = matches!(field.value.trim_end_matches('。'), "无" | "无。");
        let may_be_none = matches!(element, GuideElement::申请条件 | GuideElement::办理材料);
        if lexicons.is_empty_value(&field.value) || is_none && !may_be_none {
            continue;
        }
        elements
            .entry(element)
            .or_insert_with(|| cut(&field.value, 600));
    }
    let title = titles::own(facts, dom);
    if !is_guide(facts, &title, labelled, elements.len()) {
        return None;
    }
    let materials: String = fields
        .iter()
        .filter(|field| {
            matches!(
                field.element,
                Some(GuideElement::办理材料 | GuideElement::申请条件)
            )
        })
        .map(|field| field.value.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    let material_text = elements
        .get(&GuideElement::办理材料)
        .cloned()
        .unwrap_or_default();
    let all_materials: String = fields
        .iter()
        .filter(|field| field.element == Some(GuideElement::办理材料))
        .map(|field| field.value.as_str())
        .chain(std::iter::once(material_text.as_str()))
        .collect::<Vec<_>>()
        .join("\n");
    Some(GuideFacts {
        vague: lexicons
            .vague
            .iter_in(&without_negations(&materials))
            .map(str::to_owned)
            .collect(),
        // Where nothing has to be handed in, no form of it can be stated.
        material_format_stated: lexicons.material_format.find(&all_materials).is_some()
            || tables.counts_copies
            || needs_nothing(&all_materials),
        downloads: downloads(dom, links),
        title,
        elements,
    })
}

/// Clauses that forbid asking for more, such as 不得要求提供其他材料, are no vague wording.
fn without_negations(text: &str) -> String {
    const NEGATIONS: [&str; 9] = [
        "不得",
        "无需",
        "不需",
        "无须",
        "不再",
        "严禁",
        "不能要求",
        "不应",
        "不要求",
    ];
    text.split_inclusive(['。', '；', ';', '，', '\n'])
        .filter(|clause| !NEGATIONS.iter().any(|negation| clause.contains(negation)))
        .collect()
}

fn needs_nothing(materials: &str) -> bool {
    const WORDS: [&str; 8] = [
        "无需提交",
        "无需提供",
        "无需材料",
        "不需要提交",
        "不需要提供",
        "无须提交",
        "免提交",
        "免于提交",
    ];
    let text = materials.trim().trim_end_matches('。');
    text == "无" || WORDS.iter().any(|word| text.contains(word)) && !text.contains("2.")
}

/// Enough labels of a guide, or fewer under a title or path that says so.
fn is_guide(facts: &PageFacts, title: &str, labelled: usize, distinct: usize) -> bool {
    let says_guide = |text: &str| {
        ["办事指南", "服务指南", "办理指南", "服务事项", "事项详情"]
            .iter()
            .any(|word| text.contains(word))
    };
    let path = facts.breadcrumbs.iter().any(|crumb| {
        says_guide(&crumb.text) || crumb.text.contains("办事") || crumb.text.contains("政务服务")
    });
    let column = facts
        .metas
        .get("ColumnName")
        .is_some_and(|name| says_guide(name) || name.contains("办事") || name.contains("服务"));
    let named = says_guide(title) || says_guide(&facts.title) || path || column;
    // A page that lists many items with dates is a column, whatever words it uses.
    let is_list = facts
        .list
        .as_ref()
        .is_some_and(|list| list.items.iter().filter(|item| item.date.is_some()).count() >= 4);
    // Unless it gives half of the elements outside of its list: then the list stands beside a guide.
    let gives_many = labelled >= 4 && distinct >= 3;
    let gives_some = named && labelled >= 2 || named && says_guide(title) && labelled >= 1;
    gives_many || gives_some && !is_list
}

/// What the labels of a page are read from.
struct Page<'a> {
    dom: &'a Dom<'a>,
    lexicons: &'a Lexicons,
    listed: &'a [Range<usize>],
    tables: &'a Tables,
}

impl Page<'_> {
    /// Labels with their values, those of the panels that a click shows among them.
    fn fields(&self, tabs: &Tabs) -> Vec<Field> {
        let (dom, lexicons) = (self.dom, self.lexicons);
        let mut fields = Vec::new();
        let grids = column_grids(dom, lexicons, &mut fields);
        let unfolded;
        let all: &[Line] = match tabs.hidden.is_empty() {
            true => dom.all_lines(),
            false => {
                unfolded = dom.lines_with(0..dom.nodes.len(), &tabs.hidden);
                &unfolded
            }
        };
        let stands_in = |places: &[Range<usize>], node| places.iter().any(|it| it.contains(&node));
        let lines: Vec<&Line> = all
            .iter()
            .filter(|line| dom.nodes[line.node].area == Area::Body)
            .filter(|line| !stands_in(&grids, line.node) && !stands_in(&tabs.strips, line.node))
            .filter(|line| !is_listed(self.listed, line.node))
            .collect();
        let panel_has_label = |panel: &Range<usize>| {
            let inside = lines.iter().filter(|line| panel.contains(&line.node));
            inside
                .take(3)
                .any(|line| label_of(dom, line, lexicons).is_some())
        };
        let mut told: Vec<Range<usize>> = Vec::new();
        for (name, panel) in tabs.unlabelled(lexicons, panel_has_label) {
            let inside = lines.iter().filter(|line| panel.contains(&line.node));
            let texts: Vec<&str> = inside.map(|line| line.text.as_str()).collect();
            fields.push(Field {
                element: lexicons.guide_label(name).flatten(),
                value: texts.join("\n"),
            });
            told.push(panel.clone());
        }
        let lines: Vec<&Line> = lines
            .into_iter()
            .filter(|line| !stands_in(&told, line.node))
            .collect();
        self.labelled(&lines, tabs, &mut fields);
        fields
    }

    /// Labels with what stands behind them.
    fn labelled(&self, lines: &[&Line], tabs: &Tabs, fields: &mut Vec<Field>) {
        let mut current: Option<Field> = None;
        let mut last_panel = None;
        let mut last_row = None;
        for line in lines {
            let panel = tabs.panel(line.node);
            if last_panel.is_some() && panel != last_panel {
                fields.extend(current.take());
            }
            last_panel = panel;
            let part = self.tables.part(line.node);
            if part == Some(Part::Head) {
                let is_open = |field: &Field| field.element == Some(GuideElement::办理材料);
                if !current.as_ref().is_some_and(is_open) {
                    fields.extend(current.take());
                    current = Some(Field {
                        element: Some(GuideElement::办理材料),
                        value: String::new(),
                    });
                }
            } else if let Some(Part::Row(row)) = part {
                let is_same_row = last_row.replace(row) == Some(row);
                add(
                    &mut current,
                    &line.text,
                    if is_same_row { " " } else { "\n" },
                );
            } else if let Some((element, rest)) = label_of(self.dom, line, self.lexicons) {
                fields.extend(current.take());
                current = Some(Field {
                    element,
                    value: rest,
                });
            } else if is_foreign_heading(self.dom, line) {
                fields.extend(current.take());
            } else {
                add(&mut current, &line.text, "\n");
            }
        }
        fields.extend(current);
        // Text in a picture or a file: a value that is only an image or link still stands there as its alternative text.
    }
}

/// Adds a line to the value of the label before it.
fn add(current: &mut Option<Field>, text: &str, between: &str) {
    let Some(field) = current else {
        return;
    };
    if !field.value.is_empty() {
        field.value.push_str(between);
    }
    field.value.push_str(text);
}

/// A line that is a label, or begins with one: (element, rest of the line).
fn label_of(dom: &Dom, line: &Line, lexicons: &Lexicons) -> Option<(Option<GuideElement>, String)> {
    let text = strip_numbering(&line.text);
    if let Some((label, rest)) = text.split_once(['：', ':'])
        && label.chars().count() <= 14
        && let Some(element) = lexicons.guide_label(label)
    {
        return Some((element, rest.trim().to_owned()));
    }
    if let Some((label, rest)) = text.strip_prefix('【').unwrap_or(text).split_once('】')
        && let Some(element) = lexicons.guide_label(label)
    {
        return Some((
            element,
            rest.trim_start_matches(['：', ':']).trim().to_owned(),
        ));
    }
    // `<b>办理地点</b> 市民中心`: the label is an inline element of its own at the line's start.
    if let Some(label) = leading_inline(dom, line)
        && let Some(element) = lexicons.guide_label(strip_numbering(&label))
        && let Some(rest) = line.text.strip_prefix(label.as_str())
    {
        return Some((
            element,
            rest.trim_start_matches(['：', ':', ' ']).trim().to_owned(),
        ));
    }
    let element = lexicons.guide_label(text)?;
    // A bare word in running cells is a label only where it looks like one.
    let cell = dom.ancestors(line.node).take(4).find(|up| {
        matches!(
            dom.name(*up),
            "td" | "th" | "dt" | "dd" | "li" | "p" | "div" | "h2" | "h3" | "h4" | "h5" | "span"
        )
    });
    let is_value_cell = cell.is_some_and(|cell| dom.name(cell) == "dd");
    (!is_value_cell).then_some((element, String::new()))
}

fn leading_inline(dom: &Dom, line: &Line) -> Option<String> {
    let parent = dom.nodes[line.node].parent();
    if !matches!(
        dom.name(parent),
        "b" | "strong" | "span" | "em" | "i" | "label" | "font" | "u"
    ) {
        return None;
    }
    // What goes on behind the line is no label at its start.
    let label = dom.text_start(parent, line.text.len());
    Some(label).filter(|text| !text.is_empty() && *text != line.text)
}

/// A heading that is no guide label ends the value before it.
fn is_foreign_heading(dom: &Dom, line: &Line) -> bool {
    dom.ancestors(line.node)
        .take(3)
        .any(|up| matches!(dom.name(up), "h1" | "h2" | "h3"))
}

/// Tables whose first row is all labels and whose second row gives the values. Returns their node ranges.
fn column_grids(
    dom: &Dom,
    lexicons: &Lexicons,
    fields: &mut Vec<Field>,
) -> Vec<std::ops::Range<usize>> {
    let mut grids = Vec::new();
    for table in dom.named(Tag::Table) {
        let rows: Vec<Vec<usize>> = dom
            .inside(table)
            .filter(|inner| dom.name(*inner) == "tr")
            .map(|row| {
                dom.children(row)
                    .filter(|cell| matches!(dom.name(*cell), "td" | "th"))
                    .collect()
            })
            .collect();
        let [head, values, ..] = rows.as_slice() else {
            continue;
        };
        if head.len() < 3 || head.len() != values.len() {
            continue;
        }
        let labels: Vec<Option<Option<GuideElement>>> = head
            .iter()
            .map(|cell| lexicons.guide_label(&dom.text_start(*cell, MAX_LABEL_BYTES)))
            .collect();
        let known = labels.iter().flatten().flatten().count();
        if known < 3 {
            continue;
        }
        for (label, cell) in labels.into_iter().zip(values) {
            if let Some(element) = label {
                fields.push(Field {
                    element,
                    value: dom.text(*cell),
                });
            }
        }
        grids.push(table..dom.nodes[table].end());
    }
    grids
}

fn downloads(dom: &Dom, links: &PageLinks) -> Vec<super::model::Link> {
    links.of_anchors(dom, |anchor| {
        let path = anchor.url.split(['?', '#']).next().unwrap_or_default();
        let path = path.to_ascii_lowercase();
        dom.nodes[anchor.node].area == Area::Body
            && [
                ".doc", ".docx", ".xls", ".xlsx", ".pdf", ".wps", ".zip", ".rar", ".et", ".ofd",
            ]
            .iter()
            .any(|end| path.ends_with(end))
    })
}

/// Whether 事项名称 is given by the page's title where no label gives it.
pub(crate) fn title_names_item(guide: &GuideFacts, lexicons: &Lexicons) -> bool {
    !lexicons.is_generic_guide_title(guide.title.trim())
}
