//! What a page is called, without the names of its site and column.

use super::article;
use super::dom::Dom;
use super::model::PageFacts;

/// Marks that part the names in a page's title.
const PARTING: [char; 5] = ['_', '|', '-', '—', '－'];
/// Words at the end of a site's name.
const SITE_ENDS: [&str; 6] = ["网站", "政府", "门户", "网", "平台", "委员会"];

/// The title of what a page shows: by its tag, by the heading that the page's title repeats, by its article, or from the page's title.
pub(super) fn own(facts: &PageFacts, dom: &Dom) -> String {
    if let Some(title) = facts
        .metas
        .get("ArticleTitle")
        .filter(|title| !title.is_empty())
    {
        return title.clone();
    }
    let is_site = |text: &String| {
        *text == facts.header_name || facts.metas.get("SiteName").is_some_and(|name| name == text)
    };
    let heading = article::heading_in_title(dom, &facts.title).filter(|text| !is_site(text));
    if let Some(heading) = heading {
        return heading;
    }
    let of_article = facts.article.as_ref().map(|article| article.title.as_str());
    if let Some(title) = of_article.filter(|title| !title.is_empty()) {
        return without_site_name(title, facts).to_owned();
    }
    behind_site_name(first_part(without_site_name(&facts.title, facts))).to_owned()
}

/// A title without the site's name before it (网站 标题); a name that the title goes on from stays.
fn without_site_name<'a>(title: &'a str, facts: &'a PageFacts) -> &'a str {
    let tag = facts.metas.get("SiteName").map_or("", String::as_str);
    let rest = [tag, facts.header_name.as_str()]
        .into_iter()
        .filter(|name| !name.is_empty())
        .filter_map(|name| title.trim().strip_prefix(name))
        .find(|rest| rest.starts_with(|c: char| c.is_whitespace() || PARTING.contains(&c)))
        .map(|rest| rest.trim_start_matches(|c: char| c.is_whitespace() || PARTING.contains(&c)));
    rest.filter(|rest| !rest.is_empty()).unwrap_or(title.trim())
}

/// Whether a name ends as the name of a site does.
pub(super) fn ends_as_site(name: &str) -> bool {
    let name = name.trim();
    SITE_ENDS.iter().any(|end| name.ends_with(end))
}

/// What stands before the names of column and site. A dash parts names too, and stands in titles (2026-2027年度, A—B): it parts only
/// what ends as the name of a site does.
fn first_part(title: &str) -> &str {
    let cut = title.split(['_', '|']).next().unwrap_or_default().trim();
    if cut.len() < title.trim().len() {
        return cut;
    }
    let mut parts = cut
        .char_indices()
        .filter(|(_, c)| PARTING.contains(c))
        .filter(|(at, c)| ends_as_site(&cut[at + c.len_utf8()..]));
    match parts.next() {
        // 标题-栏目-网站: the column goes with the site.
        Some((at, _)) if !cut[..at].trim_end_matches(PARTING).trim().is_empty() => {
            cut[..at].trim_end_matches(PARTING).trim()
        }
        _ => cut,
    }
}

/// What follows a name that ends as the name of a site does and a space (网站 标题), where no header shows that name. An issuer before
/// its document (人民政府 关于…) is no site.
fn behind_site_name(title: &str) -> &str {
    let parts = title.split_once(char::is_whitespace);
    let rest = parts.filter(|(name, rest)| {
        let is_document = rest.trim_start().starts_with("关于");
        !is_document && (SITE_ENDS.iter().any(|end| name.ends_with(end)) || name.ends_with("之窗"))
    });
    match rest.map(|(_, rest)| rest.trim()) {
        Some(rest) if rest.chars().count() >= 2 => rest,
        _ => title,
    }
}

#[cfg(test)]
mod tests {
    use super::{behind_site_name, first_part};

    #[test]
    fn a_site_may_stand_before_the_title() {
        for (title, expected) in [
            ("清林市信访局网站 护士执业注册", "护士执业注册"),
            ("枫渡之窗 住房公积金提取", "住房公积金提取"),
            (
                "清林市人民政府 关于印发方案的通知",
                "清林市人民政府 关于印发方案的通知",
            ),
            ("公租房 申请条件", "公租房 申请条件"),
            ("清林市信访局网站", "清林市信访局网站"),
        ] {
            assert_eq!(behind_site_name(title), expected);
        }
    }

    #[test]
    fn names_of_sites_are_left_out() {
        for (title, expected) in [
            (
                "咨询公租房申请条件_青石县人民政府门户网站",
                "咨询公租房申请条件",
            ),
            (
                "咨询公租房申请条件-县长信箱-青石县人民政府网",
                "咨询公租房申请条件",
            ),
            ("2026-2027学年入学咨询", "2026-2027学年入学咨询"),
            ("办件统计", "办件统计"),
            ("居住证办理 | 青石市", "居住证办理"),
        ] {
            assert_eq!(first_part(title), expected, "{title}");
        }
    }
}
