//! 开放数据: which tables there are, what their columns mean, and cells that no spreadsheet takes for a formula.

/// 数据类型. What the cells of a column are, beside being empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Words and codes.
    Text,
    /// Whole numbers.
    Whole,
    /// Decimals of two places.
    Points,
    /// True or false.
    Flag,
    /// Days.
    Date,
}

impl ColumnKind {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            ColumnKind::Text => "文字",
            ColumnKind::Whole => "整数",
            ColumnKind::Points => "小数（两位）",
            ColumnKind::Flag => "是否",
            ColumnKind::Date => "日期",
        }
    }

    /// English name.
    pub fn en(self) -> &'static str {
        match self {
            ColumnKind::Text => "text",
            ColumnKind::Whole => "whole number",
            ColumnKind::Points => "decimal, two places",
            ColumnKind::Flag => "true or false",
            ColumnKind::Date => "day",
        }
    }
}

/// 数据项. One column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name: the head in CSV and the key in JSON.
    pub name: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// What it holds.
    pub meaning: &'static str,
    /// English name.
    pub en: &'static str,
    /// What it holds, in English.
    pub meaning_en: &'static str,
    /// What its cells are.
    pub kind: ColumnKind,
}

/// 数据表.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Name of its files without the ending.
    pub name: &'static str,
    /// Chinese title.
    pub zh: &'static str,
    /// English title.
    pub en: &'static str,
    /// In which order its rows stand.
    pub order: &'static str,
    /// The same in English.
    pub order_en: &'static str,
    /// Columns in order.
    pub columns: &'static [Column],
}

/// Name and meaning in one language.
type Said = (&'static str, &'static str);

const fn column(name: &'static str, (zh, meaning): Said, (en, meaning_en): Said) -> Column {
    Column {
        name,
        zh,
        meaning,
        en,
        meaning_en,
        kind: kind_of(name),
    }
}

/// Columns that hold something else than words, by their names: one name means the same in every table.
const KINDS: [(&str, ColumnKind); 19] = [
    ("deduct_score", ColumnKind::Points),
    ("final_score", ColumnKind::Points),
    ("points", ColumnKind::Points),
    ("amount", ColumnKind::Points),
    ("portal_mean", ColumnKind::Points),
    ("checked_on", ColumnKind::Date),
    ("seen_on", ColumnKind::Date),
    ("is_fixed", ColumnKind::Flag),
    ("count", ColumnKind::Whole),
    ("targets", ColumnKind::Whole),
    ("findings", ColumnKind::Whole),
    ("websites", ColumnKind::Whole),
    ("websites_qualified", ColumnKind::Whole),
    ("websites_unqualified", ColumnKind::Whole),
    ("websites_undetermined", ColumnKind::Whole),
    ("accounts", ColumnKind::Whole),
    ("accounts_qualified", ColumnKind::Whole),
    ("accounts_unqualified", ColumnKind::Whole),
    ("accounts_undetermined", ColumnKind::Whole),
];

const fn kind_of(name: &str) -> ColumnKind {
    let mut at = 0;
    while at < KINDS.len() {
        if is_same(KINDS[at].0.as_bytes(), name.as_bytes()) {
            return KINDS[at].1;
        }
        at += 1;
    }
    ColumnKind::Text
}

const fn is_same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Every table, in the order of the data dictionary.
pub const TABLES: [Table; 5] = [
    Table {
        name: "targets",
        zh: "检查对象与得分",
        en: "Targets and scores",
        order: "target",
        order_en: "target",
        columns: &[
            column(
                "target",
                ("编号", "网站标识码或新媒体编号"),
                (
                    "Number",
                    "identification code of a site, or number of an account",
                ),
            ),
            column(
                "name",
                ("名称", "网站或账号名称"),
                ("Name", "of the site or account"),
            ),
            column(
                "class",
                (
                    "类别",
                    "portal 门户网站、department 部门网站、account 政务新媒体",
                ),
                (
                    "Class",
                    "portal, department (site of a department), account",
                ),
            ),
            column(
                "address",
                ("地址", "网站首页地址；新媒体为所在平台"),
                ("Address", "home page; of an account its platform"),
            ),
            column("unit", ("主办单位", "单位全称"), ("Host unit", "full name")),
            column(
                "region",
                ("地区", "所属地区"),
                ("Region", "where it belongs"),
            ),
            column(
                "city",
                ("所在市", "所属设区市；省级单位为省"),
                ("City", "the city; the province for its own units"),
            ),
            column(
                "outcome",
                (
                    "结论",
                    "qualified 合格、unqualified 不合格、undetermined 无法判定",
                ),
                ("Outcome", "qualified, unqualified, undetermined"),
            ),
            column(
                "deduct_score",
                ("扣分指标得分", "分；不计分的对象为空"),
                ("Deduction score", "points; empty where nothing is scored"),
            ),
            column(
                "final_score",
                ("总分", "分；不计分的对象为空"),
                ("Final score", "points; empty where nothing is scored"),
            ),
            column(
                "checked_on",
                ("检查日期", "最后一次取证的日期，ISO 8601"),
                ("Checked on", "day of the last evidence, ISO 8601"),
            ),
        ],
    },
    Table {
        name: "scores",
        zh: "各项指标得分",
        en: "Scores by indicator",
        order: "target、指标体系次序",
        order_en: "target, then the order of the set",
        columns: &[
            column(
                "target",
                ("编号", "网站标识码或新媒体编号"),
                (
                    "Number",
                    "identification code of a site, or number of an account",
                ),
            ),
            column(
                "indicator",
                ("指标编号", "指标体系中的编号"),
                ("Indicator", "its number in the set"),
            ),
            column("level1", ("一级指标", "名称"), ("First level", "name")),
            column("level2", ("二级指标", "名称"), ("Second level", "name")),
            column(
                "kind",
                (
                    "指标类别",
                    "veto 单项否决、deduct 扣分、bonus 加分、listed 仅列出",
                ),
                ("Kind", "veto, deduct, bonus, listed"),
            ),
            column(
                "points",
                ("分值", "分；单项否决为 0"),
                ("Points", "0 for a veto"),
            ),
            column(
                "amount",
                ("扣分或得分", "扣分指标为扣分，加分指标为得分"),
                (
                    "Taken or earned",
                    "points taken of a deduction, earned of a bonus",
                ),
            ),
            column(
                "state",
                (
                    "状态",
                    "passed、deducted、vetoed、earned、not_earned、not_applicable、undetermined、listed",
                ),
                (
                    "State",
                    "passed, deducted, vetoed, earned, not_earned, not_applicable, undetermined, listed",
                ),
            ),
        ],
    },
    Table {
        name: "findings",
        zh: "公开的问题",
        en: "Public findings",
        order: "target、问题次序",
        order_en: "target, then the order of findings",
        columns: &[
            column(
                "target",
                ("编号", "网站标识码或新媒体编号"),
                (
                    "Number",
                    "identification code of a site, or number of an account",
                ),
            ),
            column(
                "indicator",
                ("指标编号", "问题计入的指标"),
                ("Indicator", "under which the finding counts"),
            ),
            column("check", ("检查项", "检查项名称"), ("Check", "its name")),
            column(
                "case",
                ("情形", "检查项下的情形"),
                ("Case", "within the check"),
            ),
            column(
                "text",
                ("问题", "一句话说明"),
                ("Finding", "in one sentence"),
            ),
            column(
                "url",
                ("地址", "出问题的地址；没有的为空"),
                ("Address", "at fault; empty where there is none"),
            ),
            column("count", ("处数", "出现的处数"), ("Places", "how many")),
            column(
                "seen_on",
                ("发现日期", "取证日期，ISO 8601；人工发现的为空"),
                (
                    "Seen on",
                    "day of the evidence, ISO 8601; empty where a person found it",
                ),
            ),
            column(
                "is_fixed",
                (
                    "是否已整改",
                    "true 已办结、false 尚未办结、空 未登记；以取数时为准",
                ),
                (
                    "Put right",
                    "true settled, false not yet, empty where nobody follows it; as of the download",
                ),
            ),
        ],
    },
    Table {
        name: "counts",
        zh: "各检查项问题数",
        en: "Findings by check",
        order: "check",
        order_en: "check",
        columns: &[
            column(
                "check",
                ("检查项", "检查项名称；只公开数量的检查项只在本表"),
                (
                    "Check",
                    "its name; checks of which the number is public only stand in this table only",
                ),
            ),
            column(
                "title",
                ("检查项标题", "中文"),
                ("Title of the check", "in Chinese"),
            ),
            column(
                "publicity",
                ("公开程度", "full 公开问题、count 只公开数量"),
                ("Publicity", "full, count (number only)"),
            ),
            column(
                "targets",
                ("对象数", "存在该问题的对象数"),
                ("Targets", "that have such a finding"),
            ),
            column(
                "findings",
                ("问题数", "计入的问题数"),
                ("Findings", "that count"),
            ),
        ],
    },
    Table {
        name: "regions",
        zh: "各地区结果",
        en: "Results by region",
        order: "名录次序",
        order_en: "the order of the registry",
        columns: &[
            column(
                "region",
                ("地区", "设区市；省级单位为省"),
                ("Region", "the city; the province for its own units"),
            ),
            column(
                "websites",
                ("网站数", "检查的网站"),
                ("Websites", "that were checked"),
            ),
            column(
                "websites_qualified",
                ("合格网站数", ""),
                ("Websites qualified", ""),
            ),
            column(
                "websites_unqualified",
                ("不合格网站数", ""),
                ("Websites unqualified", ""),
            ),
            column(
                "websites_undetermined",
                ("无法判定网站数", ""),
                ("Websites undetermined", ""),
            ),
            column(
                "accounts",
                ("新媒体数", "检查的政务新媒体"),
                ("Accounts", "that were checked"),
            ),
            column(
                "accounts_qualified",
                ("合格新媒体数", ""),
                ("Accounts qualified", ""),
            ),
            column(
                "accounts_unqualified",
                ("不合格新媒体数", ""),
                ("Accounts unqualified", ""),
            ),
            column(
                "accounts_undetermined",
                ("无法判定新媒体数", ""),
                ("Accounts undetermined", ""),
            ),
            column(
                "portal_mean",
                (
                    "门户平均分",
                    "门户网站扣分指标平均得分，两位小数；没有的为空",
                ),
                (
                    "Mean of portals",
                    "mean deduction score of portals, two decimals; empty where there is none",
                ),
            ),
        ],
    },
];

/// The table of a name.
pub fn table_of(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// A cell that no spreadsheet runs: a text that would begin a formula gets an apostrophe before it. Numbers stay as they are.
pub fn safe_cell(text: &str) -> String {
    let starts = text.trim_start_matches([' ', '\u{feff}']);
    let is_formula =
        starts.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let is_number = !text.is_empty()
        && text
            .trim_start_matches('-')
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    match is_formula && !is_number {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}
