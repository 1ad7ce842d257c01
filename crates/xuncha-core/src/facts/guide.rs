//! Service guides 办事指南: the eight element classes in tables, definition lists, headings and prose.

use std::collections::BTreeMap;
use std::ops::Range;

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
    let fields = fields(dom, lexicons, listed);
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

fn fields(dom: &Dom, lexicons: &Lexicons, listed: &[Range<usize>]) -> Vec<Field> {
    let mut fields = Vec::new();
    let grids = column_grids(dom, lexicons, &mut fields);
    let lines: Vec<&Line> = dom
        .all_lines()
        .iter()
        .filter(|line| dom.nodes[line.node].area == Area::Body)
        .filter(|line| !grids.iter().any(|grid| grid.contains(&line.node)))
        .filter(|line| !is_listed(listed, line.node))
        .collect();
    let mut current: Option<Field> = None;
    for line in &lines {
        if let Some((element, rest)) = label_of(dom, line, lexicons) {
            fields.extend(current.take());
            current = Some(Field {
                element,
                value: rest,
            });
        } else if is_foreign_heading(dom, line) {
            fields.extend(current.take());
        } else if let Some(field) = &mut current {
            if !field.value.is_empty() {
                field.value.push('\n');
            }
            field.value.push_str(&line.text);
        }
    }
    fields.extend(current);
    // Text in a picture or a file: a value that is only an image or link still stands there as its alternative text.
    fields
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{links, links::Resolver, list, test_page};

    fn guide(html: &str) -> Option<GuideFacts> {
        let page = test_page("https://www.qingshi.gov.cn/bs/1.html", html);
        let dom = Dom::parse(html);
        let resolver = Resolver::new(
            "https://www.qingshi.gov.cn/bs/1.html",
            &dom,
            encoding_rs::UTF_8,
        );
        let found = links::find(&dom, &resolver);
        let today = jiff::civil::date(2026, 3, 20);
        let lists = list::read(
            &dom,
            &resolver,
            &found,
            "https://www.qingshi.gov.cn/bs/1.html",
            today,
        );
        read(&page, &dom, &found, &Lexicons::builtin(), &lists.places)
    }

    const VALUES: [(&str, &str); 8] = [
        ("事项名称", "居住证办理"),
        ("法律依据", "《居住证暂行条例》第九条"),
        ("受理条件", "在本市居住半年以上"),
        ("申请材料", "身份证原件及复印件1份"),
        ("办理地点", "青石市民中心三楼12号窗口"),
        ("办公时间", "工作日9:00—12:00，13:00—17:00"),
        ("咨询电话", "0990-1234567"),
        ("办理流程", "申请—受理—审核—发证"),
    ];

    fn forms(values: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        let row = |open: &str, middle: &str, close: &str| {
            values
                .iter()
                .map(|(label, value)| format!("{open}{label}{middle}{value}{close}"))
                .collect::<String>()
        };
        vec![
            (
                "table",
                format!(
                    "<h1>居住证办理办事指南</h1><table>{}</table>",
                    row("<tr><th>", "</th><td>", "</td></tr>")
                ),
            ),
            (
                "wide table",
                format!(
                    "<h1>居住证办理办事指南</h1><table><tr>{}</tr></table>",
                    row("<td>", "</td><td>", "</td>")
                ),
            ),
            (
                "dl",
                format!(
                    "<h1>居住证办理办事指南</h1><dl>{}</dl>",
                    row("<dt>", "</dt><dd>", "</dd>")
                ),
            ),
            (
                "headings",
                format!(
                    "<h1>居住证办理办事指南</h1>{}",
                    row("<h3>一、", "</h3><p>", "</p>")
                ),
            ),
            (
                "prose",
                format!("<h1>居住证办理办事指南</h1>{}", row("<p>1．", "：", "</p>")),
            ),
            (
                "inline",
                format!(
                    "<h1>居住证办理办事指南</h1>{}",
                    row("<p><b>", "</b> ", "</p>")
                ),
            ),
        ]
    }

    #[test]
    fn all_elements_in_every_form() {
        for (name, html) in forms(&VALUES) {
            let found = guide(&html).unwrap_or_else(|| panic!("{name}: no guide"));
            assert_eq!(found.elements.len(), 8, "{name}: {:?}", found.elements);
            assert_eq!(
                found.elements[&GuideElement::联系电话],
                "0990-1234567",
                "{name}"
            );
            assert!(
                found.material_format_stated && found.vague.is_empty(),
                "{name}"
            );
        }
    }

    #[test]
    fn a_box_of_dated_links_hides_no_guide_and_fills_no_element() {
        let side: String = (1..=5)
            .map(|n| format!("<li><a href=/xw/{n}.html>县领导调研重点项目建设推进情况之{n}</a> 2026-03-1{n}</li>"))
            .collect();
        let side = format!("<div class=r7><h3>最新发布</h3><ul>{side}</ul></div>");
        for (name, html) in forms(&VALUES) {
            // The title alone does not say that it is a guide.
            let html = html.replace("办事指南", "");
            for html in [format!("{html}{side}"), format!("{side}{html}")] {
                let found = guide(&html).unwrap_or_else(|| panic!("{name}: no guide"));
                assert_eq!(found.elements.len(), 8, "{name}: {:?}", found.elements);
            }
        }
        let blank: Vec<(&str, &str)> = VALUES
            .iter()
            .map(|(label, value)| (*label, if *label == "办理流程" { "" } else { value }))
            .collect();
        for (name, html) in forms(&blank) {
            let found = guide(&format!("{html}{side}")).unwrap_or_else(|| panic!("{name}"));
            assert!(
                !found.elements.contains_key(&GuideElement::办理流程),
                "{name}: {:?}",
                found.elements
            );
        }
        // A column whose items tell of what guides tell is a column.
        let items: String = (1..=5)
            .map(|n| format!("<li><a href=/bs/{n}.html>居住证办理第{n}号通告</a><p>申请条件：在本市居住</p><p>办理地点：市民中心</p><p>办理时间：工作日</p><p>咨询电话：0990-1234567</p><span>2026-03-1{n}</span></li>"))
            .collect();
        assert!(guide(&format!("<h1>便民提示</h1><ul>{items}</ul>")).is_none());
    }

    #[test]
    fn missing_and_blank_elements_are_missing() {
        let some: Vec<(&str, &str)> = VALUES
            .iter()
            .copied()
            .filter(|(label, _)| *label != "办理地点")
            .map(|(label, value)| {
                if label == "咨询电话" {
                    (label, "暂无")
                } else {
                    (label, value)
                }
            })
            .collect();
        for (name, html) in forms(&some) {
            let found = guide(&html).unwrap_or_else(|| panic!("{name}: no guide"));
            assert_eq!(found.elements.len(), 6, "{name}: {:?}", found.elements);
        }
    }

    #[test]
    fn vague_wording_and_format() {
        let values = [
            ("申请条件", "本市居民"),
            ("申请材料", "身份证及其他相关材料"),
            ("办理地点", "三楼"),
            ("联系电话", "1234567"),
        ];
        let found = guide(&forms(&values)[0].1).expect("a guide");
        assert!(!found.material_format_stated);
        assert!(!found.vague.is_empty());
    }

    #[test]
    fn the_name_of_the_site_is_no_part_of_the_title() {
        let body = forms(&VALUES)[0]
            .1
            .replace("<h1>居住证办理办事指南</h1>", "");
        for (head, heading, expected) in [
            ("青石市人民政府 生育登记", "<h2>生育登记</h2>", "生育登记"),
            ("生育登记_青石市人民政府", "<h2>生育登记</h2>", "生育登记"),
            (
                "青石市人民政府 生育登记",
                "<h1>青石市人民政府</h1><h2>生育登记</h2>",
                "生育登记",
            ),
            (
                "<meta name=SiteName content=青石市人民政府>青石市人民政府 - 生育登记",
                "",
                "生育登记",
            ),
            (
                "<meta name=SiteName content=青石市>青石市生育登记",
                "",
                "青石市生育登记",
            ),
        ] {
            let (meta, title) = head.rsplit_once('>').unwrap_or(("", head));
            let meta = if meta.is_empty() {
                String::new()
            } else {
                format!("{meta}>")
            };
            let html = format!("{meta}<title>{title}</title>{heading}{body}");
            let found = guide(&html).unwrap_or_else(|| panic!("{head}: no guide"));
            assert_eq!(found.title, expected, "{head} {heading}");
        }
    }

    #[test]
    fn an_article_is_no_guide() {
        assert!(guide("<h1>我市优化办理流程</h1><p>近日，我市优化办理流程，压减申请材料，方便群众办事。联系电话：1234567</p>").is_none());
    }
}
