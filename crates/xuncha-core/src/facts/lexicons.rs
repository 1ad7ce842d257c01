//! Word lists as data. Code knows how to look, these files know what counts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::adapters::platforms::Platforms;
use super::finder::Finder;
use super::model::{ActivityKind, AnnualFormKind, ColumnKind, GuideElement};
use super::safety::lists::SafetyLists;
use super::text::{is_at_most, lowercase};
use crate::words::Room;

/// 词表. Words with exceptions: a word counts unless it stands inside an exception.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What to look for.
    pub words: Vec<String>,
    /// Longer phrases in which a word means nothing.
    #[serde(default)]
    pub exceptions: Vec<String>,
    #[serde(skip)]
    finder: Finder,
}

impl Words {
    /// The first word of the list that stands in the text outside of every exception.
    pub fn find<'a>(&'a self, text: &str) -> Option<&'a str> {
        self.iter_in(text).next()
    }

    /// The words that a part of this text could hold: a look at the whole text that spares looking at its parts.
    pub(crate) fn may_hit(&self, whole: &str) -> Vec<&str> {
        self.may_hit_lower(&lowercase(whole))
    }

    /// [`Words::may_hit`] of a text in lower case.
    pub(crate) fn may_hit_lower(&self, whole: &str) -> Vec<&str> {
        let hits = self.finder.hits(&self.words, whole);
        // An exception is replaced by a space, which could make a word of two only where words hold spaces;
        // a sigma is lowered by its place in the text.
        self.words
            .iter()
            .enumerate()
            .filter(|(at, word)| word.contains([' ', 'σ', 'ς']) || hits.contains(at))
            .map(|(_, word)| word.as_str())
            .collect()
    }

    /// Whether a part of a text could hold one of the words that the whole may hold: no letter of theirs has a case, or it is looked at.
    pub(crate) fn may_hit_part(part: &str, words: &[&str]) -> bool {
        let has_case = |word: &str| word.chars().any(|c| c.is_lowercase());
        words
            .iter()
            .any(|word| has_case(word) || part.contains(word))
    }

    /// All words of the list that stand in the text outside of every exception, in the order of the list.
    pub fn iter_in<'a>(&'a self, text: &str) -> impl Iterator<Item = &'a str> {
        self.iter_in_lower(&lowercase(text))
    }

    /// [`Words::iter_in`] of a text in lower case.
    pub(crate) fn iter_in_lower<'a>(
        &'a self,
        text: &str,
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        let mut text = Cow::Borrowed(text);
        for exception in &self.exceptions {
            if text.contains(exception.as_str()) {
                text = Cow::Owned(text.replace(exception.as_str(), " "));
            }
        }
        let hits = self.finder.hits(&self.words, &text);
        hits.into_iter().map(|at| self.words[at].as_str())
    }
}

/// 标签词. Labels that equal or end with one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Whole labels.
    pub labels: Vec<String>,
    /// Ends of labels.
    #[serde(default)]
    pub endings: Vec<String>,
}

/// 报表项目. An item of an annual form, with the labels that pages give it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnualItem {
    /// Its name.
    pub name: String,
    /// Labels, as they are compared.
    pub labels: Vec<String>,
    /// Whether it may stay empty.
    #[serde(default)]
    pub optional: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnnualForms {
    work: Vec<AnnualItem>,
    supervision: Vec<AnnualItem>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnNames {
    exact: Vec<String>,
    contains: Vec<String>,
}

/// Names of columns in the order of their kinds: whole ones, and parts with the kind that each speaks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Columns {
    exact: BTreeMap<String, ColumnKind>,
    parts: Vec<String>,
    kinds: Vec<ColumnKind>,
    finder: Finder,
}

impl Columns {
    /// Adds a kind; names that an earlier one has stay with it.
    fn add(&mut self, kind: ColumnKind, names: ColumnNames) {
        for name in names.exact {
            self.exact.entry(name).or_insert(kind);
        }
        self.kinds.extend(names.contains.iter().map(|_| kind));
        self.parts.extend(names.contains);
    }

    fn kind(&self, name: &str) -> Option<ColumnKind> {
        if let Some(kind) = self.exact.get(name) {
            return Some(*kind);
        }
        let part = self.finder.first(&self.parts, name)?;
        Some(self.kinds[part])
    }
}

/// 词典. All word lists that reading pages needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexicons {
    columns: Columns,
    ignored_columns: ColumnNames,
    guide_labels: BTreeMap<String, Option<GuideElement>>,
    guide_endings: Vec<(String, GuideElement)>,
    guide_generic_titles: Vec<String>,
    guide_empty_values: Vec<String>,
    /// Vague wording of materials.
    pub vague: Words,
    /// How the format of a material is stated.
    pub material_format: Words,
    /// Missing-page wording of titles.
    pub missing_title: Words,
    /// Missing-page wording that is strong by itself.
    pub missing_strong: Words,
    /// Wording of firewalls and captchas, in a title.
    pub blocked_title: Words,
    /// Wording of firewalls and captchas that is strong by itself.
    pub blocked_strong: Words,
    /// Interaction entries of accounts.
    pub account_interaction: Words,
    /// Names of consultation channels.
    pub consultation: Words,
    /// Channels that do not count as consultation.
    pub special_channels: Words,
    /// Wording of empty columns.
    pub empty: Words,
    /// Wording of an answered message.
    pub replied: Words,
    /// Labels of the host unit in footers.
    pub host_labels: Words,
    /// Labels of contacts in footers.
    pub contact_labels: Words,
    /// Names of the error-report entry.
    pub error_entry: Words,
    /// Group names of classified search results.
    pub search_classes: Words,
    /// Headings of lists that stand beside the content.
    pub side_lists: Words,
    /// Names of columns of surveys.
    pub surveys: Words,
    /// Names of columns of interviews.
    pub interviews: Words,
    /// What entries for signing in are called.
    pub sign_in_entries: Words,
    /// Wording that asks for signing in.
    pub sign_in: Words,
    /// What the entry to an accessible version is called.
    pub accessible_entry: Words,
    /// What the entry to a version for phones is called.
    pub phone_version: Words,
    /// Wording of a search that found nothing.
    pub no_results: Words,
    annual_forms: AnnualForms,
    accessibility_rules: BTreeMap<String, String>,
    /// Platforms of accounts.
    pub platforms: Platforms,
    /// What the reader for content safety goes by.
    pub safety: SafetyLists,
    /// What wrong characters are found by; without it none are looked for.
    pub words: Option<Arc<Room>>,
}

/// The files that make up the lexicons, by name.
const BUILTIN: [(&str, &str); 12] = [
    (
        "columns.toml",
        include_str!("../../../../lexicons/columns.toml"),
    ),
    (
        "guide_elements.toml",
        include_str!("../../../../lexicons/guide_elements.toml"),
    ),
    (
        "vague_wording.toml",
        include_str!("../../../../lexicons/vague_wording.toml"),
    ),
    (
        "missing_page.toml",
        include_str!("../../../../lexicons/missing_page.toml"),
    ),
    (
        "interaction.toml",
        include_str!("../../../../lexicons/interaction.toml"),
    ),
    (
        "footer.toml",
        include_str!("../../../../lexicons/footer.toml"),
    ),
    (
        "annual_forms.toml",
        include_str!("../../../../lexicons/annual_forms.toml"),
    ),
    (
        "accessibility.toml",
        include_str!("../../../../lexicons/accessibility.toml"),
    ),
    (
        "platforms.toml",
        include_str!("../../../../lexicons/platforms.toml"),
    ),
    (
        "harmful_words.toml",
        include_str!("../../../../lexicons/harmful_words.toml"),
    ),
    (
        "known_hosts.toml",
        include_str!("../../../../lexicons/known_hosts.toml"),
    ),
    (
        "severe_wording.toml",
        include_str!("../../../../lexicons/severe_wording.toml"),
    ),
];

const KINDS: [(&str, ColumnKind); 11] = [
    ("static", ColumnKind::Static),
    ("interpretation", ColumnKind::Interpretation),
    ("policy", ColumnKind::Policy),
    ("notice", ColumnKind::Notice),
    ("news", ColumnKind::News),
    ("leaders", ColumnKind::Leaders),
    ("duties", ColumnKind::Duties),
    ("overview", ColumnKind::Overview),
    ("yearly", ColumnKind::Yearly),
    ("interaction", ColumnKind::Interaction),
    ("services", ColumnKind::Services),
];

impl Lexicons {
    /// The lists that come with the program.
    pub fn builtin() -> Lexicons {
        let files = BUILTIN
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        Lexicons::from_files(&files).expect("the lexicons of this repository parse")
    }

    /// Parses the files of a `lexicons/` folder by name; all must be there but `platforms.toml`, `annual_forms.toml`, `accessibility.toml` and those of content safety, which older rounds lack. The error names the file, in Chinese.
    pub fn from_files(files: &BTreeMap<String, String>) -> Result<Lexicons, String> {
        let mut columns: BTreeMap<String, ColumnNames> = parse(files, "columns.toml")?;
        let guide: BTreeMap<String, Labels> = parse(files, "guide_elements.toml")?;
        let mut vague: BTreeMap<String, Words> = parse(files, "vague_wording.toml")?;
        let mut missing: BTreeMap<String, Words> = parse(files, "missing_page.toml")?;
        let mut interaction: BTreeMap<String, Words> = parse(files, "interaction.toml")?;
        let mut footer: BTreeMap<String, Words> = parse(files, "footer.toml")?;

        let mut kinds = Columns::default();
        for (name, kind) in KINDS {
            kinds.add(kind, take(&mut columns, "columns.toml", name)?);
        }
        let (guide_labels, guide_endings) = guide_tables(&guide)?;
        let labels_of = |name: &str| {
            guide
                .get(name)
                .map(|labels| labels.labels.clone())
                .unwrap_or_default()
        };
        Ok(Lexicons {
            columns: kinds,
            ignored_columns: take(&mut columns, "columns.toml", "ignore")?,
            guide_labels,
            guide_endings,
            guide_generic_titles: labels_of("名称缺省"),
            guide_empty_values: labels_of("空值"),
            vague: take(&mut vague, "vague_wording.toml", "materials")?,
            material_format: take(&mut vague, "vague_wording.toml", "format")?,
            missing_title: take(&mut missing, "missing_page.toml", "title")?,
            missing_strong: take(&mut missing, "missing_page.toml", "strong")?,
            // Lexicons of older rounds do not have these.
            blocked_title: missing.remove("blocked_title").unwrap_or_default(),
            blocked_strong: missing.remove("blocked_strong").unwrap_or_default(),
            account_interaction: take(&mut interaction, "interaction.toml", "account")?,
            consultation: take(&mut interaction, "interaction.toml", "consultation")?,
            special_channels: take(&mut interaction, "interaction.toml", "special")?,
            empty: take(&mut interaction, "interaction.toml", "empty")?,
            replied: take(&mut interaction, "interaction.toml", "replied")?,
            host_labels: take(&mut footer, "footer.toml", "host")?,
            contact_labels: take(&mut footer, "footer.toml", "contact")?,
            error_entry: take(&mut footer, "footer.toml", "error_entry")?,
            search_classes: take(&mut footer, "footer.toml", "search_classes")?,
            side_lists: interaction.remove("side_lists").unwrap_or_default(),
            surveys: interaction.remove("surveys").unwrap_or_default(),
            interviews: interaction.remove("interviews").unwrap_or_default(),
            sign_in_entries: interaction.remove("sign_in_entries").unwrap_or_default(),
            sign_in: interaction.remove("sign_in").unwrap_or_default(),
            accessible_entry: interaction.remove("accessible_entry").unwrap_or_default(),
            phone_version: interaction.remove("phone_version").unwrap_or_default(),
            no_results: interaction.remove("no_results").unwrap_or_default(),
            annual_forms: match files.contains_key("annual_forms.toml") {
                true => parse(files, "annual_forms.toml")?,
                false => AnnualForms::default(),
            },
            accessibility_rules: accessibility_rules(files)?,
            platforms: platforms(files)?,
            safety: SafetyLists::from_files(files)?,
            words: None,
        })
    }

    /// Kind of a column by its name, and whether the name is certain.
    pub fn column_kind(&self, name: &str) -> (ColumnKind, bool) {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        match self.columns.kind(&name) {
            Some(kind) => (kind, true),
            None => (ColumnKind::Other, false),
        }
    }

    /// Whether a navigation entry of this name is no column.
    pub fn is_no_column(&self, name: &str) -> bool {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
        self.ignored_columns
            .exact
            .iter()
            .any(|ignored| ignored.eq_ignore_ascii_case(&name))
    }

    /// What a guide's label means: `Some(Some(element))`, `Some(None)` for a label that is no element, `None` for other text.
    pub fn guide_label(&self, label: &str) -> Option<Option<GuideElement>> {
        const CHARS_MAX: usize = 14;
        let mut count = 0;
        // What is too long is known before it is copied.
        let label: String = label
            .chars()
            .filter(|c| {
                !c.is_whitespace()
                    && !matches!(c, '：' | ':' | '【' | '】' | '[' | ']' | '？' | '?')
            })
            .inspect(|_| count += 1)
            .take(CHARS_MAX + 1)
            .collect();
        if !(2..=CHARS_MAX).contains(&count) {
            return None;
        }
        if let Some(found) = self.guide_labels.get(&label) {
            return Some(*found);
        }
        if count > 8 {
            return None;
        }
        let (_, element) = self
            .guide_endings
            .iter()
            .find(|(ending, _)| label.ends_with(ending.as_str()))?;
        // By its ending only a short plain noun is a label; 身份证及其他相关材料 is a value.
        let is_phrase = [
            "及", "和", "、", "其他", "其它", "相关", "有关", "等", "的", "，",
        ]
        .iter()
        .any(|word| label.contains(word));
        (!is_phrase).then_some(Some(*element))
    }

    /// Items of an annual form.
    pub fn annual_form(&self, kind: AnnualFormKind) -> &[AnnualItem] {
        match kind {
            AnnualFormKind::Work => &self.annual_forms.work,
            AnnualFormKind::Supervision => &self.annual_forms.supervision,
        }
    }

    /// What a rule of the accessibility engine is called; empty where it has no name.
    pub fn accessibility_rule(&self, rule: &str) -> &str {
        let name = self.accessibility_rules.get(rule);
        name.map_or("", String::as_str)
    }

    /// What a column of this name lets the public do, if it does.
    pub fn activity(&self, name: &str) -> Option<ActivityKind> {
        if self.interviews.find(name).is_some() {
            return Some(ActivityKind::Interview);
        }
        self.surveys.find(name).map(|_| ActivityKind::Survey)
    }

    /// Whether the text of a link is that of an entry for signing in.
    pub fn is_sign_in_entry(&self, text: &str) -> bool {
        const CHARS_MAX: usize = 8;
        is_at_most(text.trim(), CHARS_MAX) && self.sign_in_entries.find(text).is_some()
    }

    /// Whether a title names no service item.
    pub fn is_generic_guide_title(&self, title: &str) -> bool {
        title.is_empty()
            || self
                .guide_generic_titles
                .iter()
                .any(|generic| generic == title)
    }

    /// Whether a value says nothing.
    pub fn is_empty_value(&self, value: &str) -> bool {
        let value = value
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '。' | '：' | ':' | '；'));
        self.guide_empty_values
            .iter()
            .any(|empty| empty.eq_ignore_ascii_case(value))
    }
}

/// Names of the rules of the accessibility engine; none where the file is not there.
fn accessibility_rules(
    files: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, String> {
    const NAME: &str = "accessibility.toml";
    if !files.contains_key(NAME) {
        return Ok(BTreeMap::new());
    }
    let mut tables: BTreeMap<String, BTreeMap<String, String>> = parse(files, NAME)?;
    take(&mut tables, NAME, "rules")
}

/// Platforms of accounts; none where the file is not there.
fn platforms(files: &BTreeMap<String, String>) -> Result<Platforms, String> {
    const NAME: &str = "platforms.toml";
    match files.contains_key(NAME) {
        true => parse(files, NAME),
        false => Ok(Platforms::default()),
    }
}

fn parse<T: serde::de::DeserializeOwned>(
    files: &BTreeMap<String, String>,
    name: &str,
) -> Result<T, String> {
    let text = files
        .get(name)
        .ok_or_else(|| format!("词表缺少文件 {name}，请补齐后重试"))?;
    toml::from_str(text).map_err(|error| format!("词表 {name} 无法解析：{error}。请改正后重试"))
}

fn take<T>(tables: &mut BTreeMap<String, T>, file: &str, name: &str) -> Result<T, String> {
    tables
        .remove(name)
        .ok_or_else(|| format!("词表 {file} 缺少 [{name}] 一节，请补齐后重试"))
}

type GuideTables = (
    BTreeMap<String, Option<GuideElement>>,
    Vec<(String, GuideElement)>,
);

fn guide_tables(guide: &BTreeMap<String, Labels>) -> Result<GuideTables, String> {
    let mut labels = BTreeMap::new();
    let mut endings = Vec::new();
    for other in guide
        .get("其他")
        .into_iter()
        .flat_map(|other| &other.labels)
    {
        labels.insert(other.clone(), None);
    }
    for element in GuideElement::ALL {
        let words = guide.get(element.name()).ok_or_else(|| {
            format!(
                "词表 guide_elements.toml 缺少 [{}] 一节，请补齐后重试",
                element.name()
            )
        })?;
        for label in &words.labels {
            labels.insert(label.clone(), Some(element));
        }
        for ending in &words.endings {
            endings.push((ending.clone(), element));
        }
    }
    Ok((labels, endings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_give_kinds() {
        let lexicons = Lexicons::builtin();
        for (name, kind) in [
            ("政务要闻", ColumnKind::News),
            ("部门 动态", ColumnKind::News),
            ("政策解读", ColumnKind::Interpretation),
            ("政策文件", ColumnKind::Policy),
            ("通知公告", ColumnKind::Notice),
            ("青石概况", ColumnKind::Overview),
            ("财政预决算", ColumnKind::Yearly),
            ("县长信箱", ColumnKind::Interaction),
            ("办事服务", ColumnKind::Services),
            ("乡村振兴", ColumnKind::Other),
        ] {
            assert_eq!(lexicons.column_kind(name).0, kind, "{name}");
        }
    }

    #[test]
    fn exceptions_hide_words() {
        let lexicons = Lexicons::builtin();
        assert_eq!(lexicons.vague.find("身份证及其他材料"), Some("其他材料"));
        assert_eq!(lexicons.vague.find("身份证原件，无需其他材料"), None);
        assert_eq!(lexicons.account_interaction.find("评论已关闭"), None);
    }

    #[test]
    fn guide_labels_by_synonym_and_ending() {
        let lexicons = Lexicons::builtin();
        assert_eq!(
            lexicons.guide_label("受理条件："),
            Some(Some(GuideElement::申请条件))
        );
        assert_eq!(
            lexicons.guide_label("窗口办公地址"),
            Some(Some(GuideElement::办理地点))
        );
        assert_eq!(lexicons.guide_label("监督电话"), Some(None));
        assert_eq!(lexicons.guide_label("市民中心三楼"), None);
    }

    #[test]
    fn missing_file_is_named() {
        let error = Lexicons::from_files(&BTreeMap::new())
            .err()
            .unwrap_or_default();
        assert!(error.contains("columns.toml"), "{error}");
    }
}
