//! An annual form as a page shows it: which one, of which year, and which of its items are filled in.

use std::collections::BTreeMap;

use url::Url;

use super::dom::Dom;
use super::html::names::Tag;
use super::lexicons::{AnnualItem, Lexicons};
use super::links::PageLinks;
use super::model::{AnnualFormFacts, AnnualFormKind, Area, PageFacts};
use super::scope::attachment_name;
use super::text::is_at_most;

/// What a text calls itself if it is one of the forms.
pub(crate) fn named(text: &str) -> Option<AnnualFormKind> {
    if !text.contains("年度报表") && !text.contains("年报表") {
        return None;
    }
    let says = |word: &str| text.contains(word);
    // The wording of a notice that asks for forms is none: 关于报送2025年度……的通知.
    if ["关于", "通知", "填报说明", "报送"]
        .iter()
        .any(|word| says(word))
    {
        return None;
    }
    if says("监管年度报表") || says("监管年报表") {
        return Some(AnnualFormKind::Supervision);
    }
    (says("工作年度报表") || says("工作年报表")).then_some(AnnualFormKind::Work)
}

/// The year that a text names: 2025年政府网站工作年度报表, 政府网站工作年度报表（2025年度）.
pub(crate) fn year_of(text: &str) -> Option<i16> {
    let digits: Vec<(usize, char)> = text.char_indices().collect();
    let run = |at: usize| {
        let four: String = digits.get(at..at + 4)?.iter().map(|(_, c)| *c).collect();
        let is_alone = digits.get(at + 4).is_none_or(|(_, c)| !c.is_ascii_digit())
            && (at == 0 || !digits[at - 1].1.is_ascii_digit());
        let year = four.parse::<i16>().ok().filter(|_| is_alone)?;
        (2015..2100).contains(&year).then_some(year)
    };
    (0..digits.len()).find_map(run)
}

/// Reads a page that bears a form by its title.
pub(crate) fn read(
    facts: &PageFacts,
    dom: &Dom,
    links: &PageLinks,
    lexicons: &Lexicons,
) -> Option<AnnualFormFacts> {
    let article = facts.article.as_ref().map(|article| article.title.as_str());
    let title = [article.unwrap_or_default(), facts.title.as_str()];
    let (kind, title) = title
        .into_iter()
        .find_map(|title| Some((named(title)?, title)))?;
    let year = year_of(title).or_else(|| year_of(dom.whole_text()))?;
    let items = lexicons.annual_form(kind);
    let values = values(dom, items);
    let missing = items
        .iter()
        .filter(|item| !item.optional && !values.contains_key(item.name.as_str()));
    let missing: Vec<String> = missing.map(|item| item.name.clone()).collect();
    let is_file = |url: &str| Url::parse(url).is_ok_and(|url| attachment_name(&url).is_some());
    let has_file = links.anchors().any(|found| is_file(found.url));
    let mut pictures = dom.named(Tag::Img);
    let has_other = has_file || pictures.any(|index| dom.nodes[index].area == Area::Body);
    Some(AnnualFormFacts {
        kind,
        year,
        shown: u32::try_from(values.len()).unwrap_or(u32::MAX),
        missing,
        has_other,
    })
}

/// A label as it is compared: without white space, units, numbers and signs.
fn label(text: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || c.is_ascii_digit() => {}
            '：' | ':' | '、' | '.' | '．' | '*' => {}
            _ => out.push(c),
        }
    }
    out
}

/// The items that are filled in: the cell or the text behind a label that says something and is no label itself.
fn values<'a>(dom: &Dom, items: &'a [AnnualItem]) -> BTreeMap<&'a str, String> {
    let item_of = |text: &str| {
        let label = label(text);
        let fits = |item: &&AnnualItem| item.labels.contains(&label);
        (!label.is_empty()).then(|| items.iter().find(fits))?
    };
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    for row in dom.named(Tag::Tr) {
        let cells: Vec<String> = dom
            .children(row)
            .filter(|cell| matches!(dom.name(*cell), "td" | "th"))
            .map(|cell| dom.text(cell).trim().to_owned())
            .collect();
        for pair in cells.windows(2) {
            let says = !pair[1].is_empty() && item_of(&pair[1]).is_none();
            if let Some(item) = item_of(&pair[0]).filter(|_| says) {
                values.entry(&item.name).or_insert_with(|| pair[1].clone());
            }
        }
    }
    let lines = dom
        .all_lines()
        .iter()
        .filter(|line| is_at_most(&line.text, 120));
    for line in lines {
        for part in line.text.split(['；', ';', '\u{3000}']) {
            if let Some((name, value)) = part.split_once(['：', ':'])
                && let Some(item) = item_of(name)
                && !value.trim().is_empty()
            {
                values
                    .entry(&item.name)
                    .or_insert_with(|| value.trim().to_owned());
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::test_page;

    #[test]
    fn names_and_years() {
        for (text, kind, year) in [
            (
                "2025年政府网站工作年度报表",
                Some(AnnualFormKind::Work),
                Some(2025),
            ),
            (
                "政府网站工作年度报表（2025年度）",
                Some(AnnualFormKind::Work),
                Some(2025),
            ),
            (
                "云岭省2025年政府网站监管年度报表",
                Some(AnnualFormKind::Supervision),
                Some(2025),
            ),
            ("关于报送2025年政府网站工作年度报表的通知", None, Some(2025)),
            ("2025年政府信息公开工作年度报告", None, Some(2025)),
        ] {
            assert_eq!((named(text), year_of(text)), (kind, year), "{text}");
        }
    }

    #[test]
    fn what_is_filled_in() {
        let page = |rows: &str| {
            let html = format!(
                "<title>2025年政府网站工作年度报表_青石县人民政府</title><h1>2025年政府网站工作年度报表</h1><table>{rows}</table>"
            );
            test_page("https://www.qingshi.gov.cn/nb/1.html", &html).annual_form
        };
        let form = page(
            "<tr><td>填报单位</td><td>青石县人民政府办公室</td></tr><tr><td>独立用户访问总量（单位：个）</td><td>18200</td></tr>\
             <tr><td rowspan=2>信息发布（单位：条）</td><td>总数</td><td>900</td></tr><tr><td>概况类信息更新量</td><td></td></tr>",
        );
        let form = form.expect("a form");
        assert_eq!((form.kind, form.year), (AnnualFormKind::Work, 2025));
        assert_eq!(form.shown, 3, "{form:?}");
        assert!(
            form.missing.contains(&"概况类信息更新量".to_owned()),
            "{form:?}"
        );
        assert!(!form.missing.contains(&"填报单位".to_owned()), "{form:?}");
    }
}
