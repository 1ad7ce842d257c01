//! Policy documents, interpretations, and which belongs to which.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::pairs;
use super::records::Records;
use crate::facts::lexicons::Lexicons;
use crate::facts::model::{
    ArticleFacts, Column, ColumnKind, InterpretationFacts, Mark, MarkSeen, PageFacts, PolicyFacts,
};
use crate::facts::scope::canonical;
use crate::facts::text::pattern;
use crate::registry::{Site, SiteKind};

/// Policies and interpretations of a site, each in the order of address.
pub(super) fn policies(
    records: &Records,
    site: &Site,
    home: Option<&PageFacts>,
    columns: &[Column],
    lexicons: &Lexicons,
) -> (Vec<PolicyFacts>, Vec<InterpretationFacts>) {
    let listed = listed_kinds(records, columns);
    let column_addresses: BTreeSet<String> = columns
        .iter()
        .map(|column| canonical(&column.url))
        .collect();
    let mut documents: Vec<(&PageFacts, &ArticleFacts)> = Vec::new();
    let mut readings: Vec<(&PageFacts, &ArticleFacts)> = Vec::new();
    for page in records.good_pages() {
        let Some(article) = &page.article else {
            continue;
        };
        let key = canonical(&page.capture.url);
        if column_addresses.contains(&key)
            || !page.missing_wording.is_empty()
            || page.guide.is_some()
        {
            continue;
        }
        match class(page, article, listed.get(&key).copied(), lexicons) {
            Some(ColumnKind::Policy) => documents.push((page, article)),
            Some(ColumnKind::Interpretation) => readings.push((page, article)),
            _ => {}
        }
    }
    let mut names = OwnNames::new(site, home);
    names.learn(documents.iter().map(|(_, article)| article.issuer.as_str()));
    pairs::pair(&documents, &readings, |article| names.issued(article))
}

/// The kind of column that lists an address.
fn listed_kinds(records: &Records, columns: &[Column]) -> BTreeMap<String, ColumnKind> {
    let mut kinds = BTreeMap::new();
    let everywhere = listed_everywhere(records, columns);
    for column in columns {
        let Some(page) = records.page(&column.url) else {
            continue;
        };
        let pages = page
            .list
            .iter()
            .flat_map(|list| &list.pages)
            .filter_map(|url| records.page(url));
        for item in std::iter::once(page)
            .chain(pages)
            .flat_map(|page| page.lists().flatten())
        {
            let key = canonical(&item.url);
            if everywhere.contains(&key) {
                continue;
            }
            let before = kinds.get(&key).copied();
            // Policy and interpretation columns tell more than a mixed one above them.
            let is_telling = matches!(column.kind, ColumnKind::Policy | ColumnKind::Interpretation);
            if before.is_none() || is_telling && before != Some(ColumnKind::Interpretation) {
                kinds.insert(key, column.kind);
            }
        }
    }
    kinds
}

/// What the pages of so many columns list stands in a box of theirs, which says nothing of its kind.
const COLUMNS_MIN: usize = 4;

fn listed_everywhere(records: &Records, columns: &[Column]) -> BTreeSet<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for page in columns
        .iter()
        .filter_map(|column| records.page(&column.url))
    {
        let items = page.lists().flatten();
        let addresses: BTreeSet<String> = items.map(|item| canonical(&item.url)).collect();
        for address in addresses {
            *counts.entry(address).or_default() += 1;
        }
    }
    let least = COLUMNS_MIN.max(columns.len() / 4);
    let common = counts.into_iter().filter(|(_, count)| *count >= least);
    common.map(|(address, _)| address).collect()
}

fn is_interpretation_title(title: &str) -> bool {
    let says = [
        "解读",
        "一图读懂",
        "图解",
        "一图看懂",
        "答记者问",
        "问答",
        "政策简读",
        "明白纸",
        "一问一答",
    ]
    .iter()
    .any(|word| title.contains(word));
    says && !title.contains("解读工作") && !title.contains("政策解读方案")
}

fn is_document_title(title: &str) -> bool {
    static KIND: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:通知|意见|办法|规定|方案|决定|细则|条例|批复|规划|公告|通告|措施|规则|规程|决议|命令|计划|要点|目录|标准|纲要|预案|制度|清单|章程|令)(?:》?(?:的通知|（.{1,20}）|\(.{1,20}\))?)?$",
        )
    });
    KIND.is_match(title.trim())
}

fn class(
    page: &PageFacts,
    article: &ArticleFacts,
    listed: Option<ColumnKind>,
    lexicons: &Lexicons,
) -> Option<ColumnKind> {
    let crumb = page
        .breadcrumbs
        .iter()
        .rev()
        // The page's own name at the end is its title, not a column.
        .filter(|crumb| !crumb.url.is_empty())
        .map(|crumb| lexicons.column_kind(&crumb.text))
        .find(|(_, is_sure)| *is_sure)
        .map(|(kind, _)| kind);
    let tag = page
        .metas
        .get("ColumnName")
        .map(|name| lexicons.column_kind(name))
        .filter(|(_, is_sure)| *is_sure)
        .map(|(kind, _)| kind);
    let is_in = |wanted: ColumnKind| [listed, crumb, tag].contains(&Some(wanted));
    let titled = is_interpretation_title(&article.title);
    if is_in(ColumnKind::Interpretation) && (titled || article.document_number.is_empty()) {
        return Some(ColumnKind::Interpretation);
    }
    if titled
        && !is_in(ColumnKind::News)
        && (article.title.contains('《') || is_in(ColumnKind::Policy))
    {
        return Some(ColumnKind::Interpretation);
    }
    if is_in(ColumnKind::Policy)
        && (!article.document_number.is_empty() || is_document_title(&article.title))
    {
        return Some(ColumnKind::Policy);
    }
    // An announcement is numbered too, and no policy by that.
    let is_numbered = article.document_number.contains(['〔', '令']);
    let is_formal = is_numbered && is_document_title(&article.title);
    (is_formal && !is_in(ColumnKind::News)).then_some(ColumnKind::Policy)
}

/// Names under which the site's own unit issues documents.
struct OwnNames {
    /// 青石市.
    region: String,
    /// Names such as 青石市人民政府, 青石市教育局.
    units: Vec<String>,
    is_portal: bool,
}

impl OwnNames {
    fn new(site: &Site, home: Option<&PageFacts>) -> OwnNames {
        let mut units: Vec<String> = Vec::new();
        let mut push = |name: &str| {
            let name = strip_site_words(name);
            // 梅田信息网 leaves two characters: enough to know its government by, though no name of a unit.
            if name.chars().count() >= 2 && !units.contains(&name) {
                units.push(name);
            }
        };
        push(&site.name);
        if let Some(home) = home {
            push(home.metas.get("SiteName").map_or("", String::as_str));
            push(&home.header_name);
            if let Some(MarkSeen::Present { value }) = home.marks.get(&Mark::网站主办单位) {
                push(value);
            }
        }
        let region = units
            .iter()
            .find_map(|unit| region_of(unit))
            .unwrap_or_default();
        OwnNames {
            region,
            units,
            is_portal: site.kind == SiteKind::Portal,
        }
    }

    /// Where the site goes by a short name only (清溪政务网, 景泉卫健在线), the issuers that the short name abbreviates are its own unit.
    fn learn<'a>(&mut self, issuers: impl Iterator<Item = &'a str>) {
        if !self.region.is_empty() {
            return;
        }
        let short: Vec<String> = self.units.iter().map(|unit| stem(unit)).collect();
        for issuer in issuers.flat_map(|issuer| issuer.split([' ', '、', '，', ',', ';', '；']))
        {
            let is_ours = short.iter().any(|short| abbreviates(short, issuer));
            if is_ours
                && region_of(issuer).is_some()
                && !self.units.iter().any(|unit| unit == issuer)
            {
                self.units.push(issuer.to_owned());
            }
        }
        self.region = self
            .units
            .iter()
            .find_map(|unit| region_of(unit))
            .unwrap_or_default();
    }

    /// Whether the document is issued in the site's own name: by issuer, else by number, else by title or source.
    fn issued(&self, article: &ArticleFacts) -> bool {
        if !article.issuer.is_empty() {
            return article
                .issuer
                .split([' ', '、', '，', ',', ';', '；'])
                .any(|unit| self.is_own_unit(unit));
        }
        if !article.document_number.is_empty() {
            return self.is_own_number(&article.document_number);
        }
        self.whole_names()
            .any(|unit| article.title.starts_with(unit.as_str()))
            || self.is_own_unit(&article.source)
    }

    /// The names that are no mere beginning of one.
    fn whole_names(&self) -> impl Iterator<Item = &String> {
        self.units.iter().filter(|unit| unit.chars().count() >= 3)
    }

    fn is_own_unit(&self, unit: &str) -> bool {
        let unit = unit.trim();
        if unit.is_empty() {
            return false;
        }
        let short = |name: &str| name.trim_start_matches(self.region.as_str()).to_owned();
        if self.is_portal {
            let rest = short(unit);
            let is_here = !self.region.is_empty() && unit.starts_with(&self.region);
            return is_here
                && (rest.starts_with("人民政府")
                    || rest == "政府"
                    || rest == "政府办公室"
                    || rest == "政府办")
                || matches!(
                    unit,
                    "市政府"
                        | "县政府"
                        | "区政府"
                        | "省政府"
                        | "市政府办公室"
                        | "县政府办公室"
                        | "市政府办"
                        | "县政府办"
                        | "省政府办公厅"
                        | "区政府办公室"
                );
        }
        self.whole_names().any(|own| {
            unit == own
                || unit.starts_with(own.as_str())
                || own.len() > 6 && short(own) == short(unit) && !unit.contains('省')
        })
    }

    /// 青政发 for 青石市人民政府, 青教发 for 青石市教育局: the region's first character, then the organ's.
    fn is_own_number(&self, number: &str) -> bool {
        // 青石市人民政府令第12号 names its issuer in full.
        if !number.contains('〔') {
            return self.is_own_unit(number);
        }
        let mut chars = number.chars();
        let (Some(first), Some(second)) = (chars.next(), chars.next()) else {
            return false;
        };
        if !self.region.starts_with(first) {
            return false;
        }
        if self.is_portal {
            return matches!(second, '政' | '府');
        }
        self.units.iter().any(|unit| {
            unit.trim_start_matches(self.region.as_str())
                .contains(second)
        }) && second != '政'
    }
}

fn strip_site_words(name: &str) -> String {
    let mut name = name.trim();
    for end in [
        "政府门户网站",
        "门户网站",
        "政府网站",
        "官方网站",
        "公众信息网",
        "信息网",
        "网站",
        "门户",
        "官网",
        "网",
    ] {
        if let Some(rest) = name.strip_suffix(end) {
            name = rest;
            break;
        }
    }
    name.trim_start_matches("中国·")
        .trim_start_matches("中国")
        .trim_end_matches(['-', '_', '·', ' '])
        .to_owned()
}

/// A short name without the words that many sites end theirs with: 清溪政务 → 清溪, 景泉卫健在线 → 景泉卫健.
fn stem(name: &str) -> String {
    let ends = [
        "政务公开",
        "公众信息",
        "政务",
        "在线",
        "之窗",
        "政府",
        "信息",
    ];
    let end = ends.iter().find_map(|end| name.strip_suffix(end));
    end.unwrap_or(name).to_owned()
}

/// Whether a short name (景泉卫健) stands, character by character and from the first, in the full one (景泉市卫生健康委员会).
fn abbreviates(short: &str, full: &str) -> bool {
    let mut rest = full.chars();
    short.chars().count() >= 2
        && short.chars().next() == full.chars().next()
        && short.chars().all(|wanted| rest.any(|c| c == wanted))
}

fn region_of(unit: &str) -> Option<String> {
    static REGION: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?:[\p{Han}]{2,8}?(?:自治区|自治州|自治县|省|市|县|区|州|盟|旗))")
    });
    REGION.find(unit).map(|found| found.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(name: &str, is_portal: bool) -> OwnNames {
        let unit = strip_site_words(name);
        OwnNames {
            region: region_of(&unit).unwrap_or_default(),
            units: vec![unit],
            is_portal,
        }
    }

    #[test]
    fn own_and_superior_documents() {
        let city = names("青石市人民政府门户网站", true);
        assert!(
            city.is_own_unit("青石市人民政府办公室") && city.is_own_number("青政办发〔2026〕5号")
        );
        assert!(!city.is_own_unit("云岭省人民政府") && !city.is_own_number("云政发〔2026〕1号"));
        assert!(
            city.is_own_number("青石市人民政府令第12号")
                && !city.is_own_number("云岭省人民政府令第3号")
        );
        assert!(!city.is_own_unit("青石市教育局") && !city.is_own_number("青教发〔2026〕1号"));
        let office = names("青石市教育局网站", false);
        assert!(office.is_own_unit("青石市教育局") && office.is_own_number("青教发〔2026〕1号"));
        assert!(
            !office.is_own_unit("青石市人民政府") && !office.is_own_number("青政发〔2026〕1号")
        );
        assert!(!office.is_own_unit("云岭省教育厅") && !office.is_own_number("云教发〔2026〕1号"));
    }

    #[test]
    fn a_site_of_a_two_letter_name_learns_its_government() {
        let mut own = names("中国·梅田信息网", true);
        own.learn(["云岭省人民政府", "梅田县人民政府"].into_iter());
        assert!(own.is_own_unit("梅田县人民政府") && !own.is_own_unit("云岭省人民政府"));
        assert!(!own.is_own_unit("梅田县教育局"));
    }

    #[test]
    fn short_names_that_abbreviate_an_issuer() {
        for (name, issuer, expected) in [
            ("清溪政务", "清溪市人民政府", true),
            ("梅田", "梅田县人民政府", true),
            ("梅田", "青梅田市人民政府", false),
            ("景泉卫健在线", "景泉市卫生健康委员会", true),
            ("景泉卫健在线", "景泉市人民政府", false),
            ("清溪政务", "苍峰市人民政府", false),
        ] {
            assert_eq!(
                abbreviates(&stem(name), issuer),
                expected,
                "{name} {issuer}"
            );
        }
    }
}
