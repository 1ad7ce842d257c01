//! 通报的其他信息: what a notice needs and a round's results do not hold, as staff type it, looked at field by field, and as it is kept
//! with the round: number and date, names, and the lists that are handed in from elsewhere.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::from_results::RoundDetails;
use super::inputs::{Case, Closure};
use crate::golden::{self, Lists};
use crate::round::Round;
use crate::sheet::{CellError, parse_csv, write_csv};

/// Field of the number.
pub const NUMBER: &str = "number";
/// Field of the date.
pub const DATE: &str = "date";

/// Names that are typed, with what they are. What is left empty follows from the registry and the round.
pub const NAMES: [(&str, &str); 11] = [
    ("issuer", "发文机关"),
    ("issuer_short", "发文机关简称"),
    ("recipients", "主送机关"),
    ("basis", "检查依据的文件"),
    ("account_basis", "政务新媒体检查依据的文件"),
    ("approval", "批准语"),
    ("mail", "报送整改情况的邮箱"),
    ("copies_to", "抄送机关"),
    ("printed_by", "印发机关"),
    ("area", "范围的说法"),
    ("share_unit", "占比变化的单位"),
];

/// 另报的清单. A list that no result holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtraList {
    /// Its field.
    pub field: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// Columns, in the order in which they are typed.
    pub columns: &'static [&'static str],
}

/// The lists, as `docs/golden-round.md` describes them as files.
pub const LISTS: [ExtraList; 4] = [
    ExtraList {
        field: "cases",
        zh: "上轮存在突出问题的网站",
        columns: &["轮次", "编号", "对象", "问题", "状态", "办结日期"],
    },
    ExtraList {
        field: "closures",
        zh: "无力维护、整合迁移的网站",
        columns: &["对象", "原因", "状态", "完成日期"],
    },
    ExtraList {
        field: "filings",
        zh: "政务新媒体梳理填报",
        columns: &["单位", "已梳理", "已填报"],
    },
    ExtraList {
        field: "annual_forms",
        zh: "年度报表公开情况",
        columns: &["单位", "报表", "已公开", "公开日期"],
    },
];

/// Letters of the longest name, and of the longest list.
const LONGEST_NAME: usize = 600;
const LONGEST_LIST: usize = 400_000;

/// 字段错误. What is wrong with a field, in Chinese.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// Field.
    pub field: String,
    /// What to mend.
    pub problem: String,
}

/// 通报的其他信息.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoticeExtras {
    /// 发文字号, may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// 成文日期; the day of building where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// Names that were given, by key ([`NAMES`]).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// Lists that were given, as rows without heads, by field ([`LISTS`]).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, String>,
}

/// 系统记录. What the database knows of the lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Sites that failed in the round before, each once.
    pub cases: Vec<Case>,
    /// Every problem of the round before and of this one.
    pub case_rows: Vec<Case>,
    /// Sites that are closed or merged.
    pub closures: Vec<Closure>,
}

impl NoticeExtras {
    /// Number and date alone as they were typed, over what is kept otherwise.
    pub fn with_heading(
        self,
        number: &str,
        date: &str,
        round: &Round,
    ) -> Result<NoticeExtras, Vec<FieldFault>> {
        let mut faults = Vec::new();
        let date = of_field(DATE, date_of(date, round), &mut faults).flatten();
        let number = of_field(NUMBER, number_of(number, date), &mut faults);
        match faults.is_empty() {
            true => Ok(NoticeExtras {
                number: number.unwrap_or_default(),
                date,
                ..self
            }),
            false => Err(faults),
        }
    }

    /// All of it as it was typed, by field; every wrong field is told.
    pub fn of_fields(
        fields: &BTreeMap<String, String>,
        round: &Round,
        today: Date,
    ) -> Result<NoticeExtras, Vec<FieldFault>> {
        let field = |name: &str| fields.get(name).map_or("", |text| text.trim());
        let heading = NoticeExtras::default().with_heading(field(NUMBER), field(DATE), round);
        let (mut extras, mut faults) = match heading {
            Ok(extras) => (extras, Vec::new()),
            Err(faults) => (NoticeExtras::default(), faults),
        };
        for (key, _) in NAMES {
            let name = of_field(key, name_of(key, field(key)), &mut faults);
            if let Some(name) = name.filter(|name| !name.is_empty()) {
                extras.names.insert(key.to_owned(), name);
            }
        }
        let last = extras.date.unwrap_or(today);
        for list in LISTS {
            let typed = field(list.field);
            let text = of_field(list.field, list_of(&list, typed, last), &mut faults);
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                extras.lists.insert(list.field.to_owned(), text);
            }
        }
        match faults.is_empty() {
            true => Ok(extras),
            false => Err(faults),
        }
    }

    /// What a notice that is built `today` takes of it; a list that was not given is taken from what is recorded.
    pub fn details(&self, recorded: Recorded, today: Date) -> Result<RoundDetails, Vec<CellError>> {
        let date = self.date.unwrap_or(today);
        let mut files = BTreeMap::new();
        for list in LISTS {
            if let Some(rows) = self.lists.get(list.field) {
                files.insert(file_of(&list), with_heads(&list, rows));
            }
        }
        let given: Lists = golden::lists(&files, date)?;
        let is_given = |field: &str| self.lists.contains_key(field);
        Ok(RoundDetails {
            names: self.names.clone(),
            number: self.number.clone(),
            date,
            case_rows: match is_given("cases") {
                true => Vec::new(),
                false => recorded.case_rows,
            },
            cases: match is_given("cases") {
                true => given.cases,
                false => recorded.cases,
            },
            closures: match is_given("closures") {
                true => given.closures,
                false => recorded.closures,
            },
            filings: given.filings,
            annual_forms: given.annual_forms,
        })
    }
}

fn of_field<T>(field: &str, read: Result<T, String>, faults: &mut Vec<FieldFault>) -> Option<T> {
    read.map_err(|problem| {
        faults.push(FieldFault {
            field: field.to_owned(),
            problem,
        });
    })
    .ok()
}

/// A date as it was typed; not before the monitoring point, because nothing was known then, and not more than a year after it.
fn date_of(text: &str, round: &Round) -> Result<Option<Date>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let date: Date = text
        .parse()
        .map_err(|_| format!("“{text}”不是日期，应为 2026-04-02 这样的日期"))?;
    let first = round.as_of.date();
    if date < first {
        return Err(format!("成文日期 {date} 早于监测时间点 {first}，请核对"));
    }
    if first.checked_add(1.year()).is_ok_and(|last| date > last) {
        return Err(format!(
            "成文日期 {date} 在监测时间点 {first} 一年以后，请核对"
        ));
    }
    Ok(Some(date))
}

/// 发文字号 (GB/T 9704-2012, 7.2.5): letters of the unit, the year in 〔〕, the number without 第 and without zeros before it.
fn number_of(text: &str, date: Option<Date>) -> Result<String, String> {
    let example = date.map_or(2026, |date| date.year());
    let form = format!("发文字号“{text}”应写成“云政办函〔{example}〕12号”的样子");
    let Some((unit, rest)) = text.split_once('〔') else {
        return match text {
            "" => Ok(String::new()),
            _ => Err(format!("{form}：年份用六角括号〔〕")),
        };
    };
    let Some((year, serial)) = rest.split_once('〕') else {
        return Err(format!("{form}：年份用六角括号〔〕"));
    };
    let is_unit = !unit.is_empty() && unit.chars().all(|c| c.is_alphabetic() && !c.is_ascii());
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_unit || !is_digits(year) || year.len() != 4 {
        return Err(format!("{form}：机关代字后是4位年份"));
    }
    let serial = serial.strip_suffix('号').unwrap_or_default();
    if !is_digits(serial) || serial.starts_with('0') || serial.len() > 6 {
        return Err(format!("{form}：序号不加“第”、不编虚位，后面是“号”"));
    }
    match date.filter(|date| date.year().to_string() != year) {
        Some(date) => Err(format!("发文字号的年份是{year}，而成文日期是{date}")),
        None => Ok(text.to_owned()),
    }
}

fn name_of(key: &str, text: &str) -> Result<String, String> {
    if text.chars().count() > LONGEST_NAME {
        return Err(format!("不要超过{LONGEST_NAME}字"));
    }
    if text.chars().any(char::is_control) {
        return Err("应写在一行里".to_owned());
    }
    match key {
        "mail" if !text.is_empty() && !is_mail(text) => Err(format!("“{text}”不是邮箱地址")),
        // What follows in the text is 现将有关情况公布如下.
        "approval" if !text.is_empty() && !text.ends_with('，') => Ok(format!("{text}，")),
        // 抄送：甲，乙。 The full stop is set by the layout.
        "copies_to" => Ok(text.trim_end_matches('。').to_owned()),
        _ => Ok(text.to_owned()),
    }
}

fn is_mail(text: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && !part.chars().any(char::is_whitespace);
    text.split_once('@').is_some_and(|(own, host)| {
        is_part(own) && is_part(host) && host.contains('.') && !host.contains('@')
    })
}

/// Rows as they were typed or pasted from a spreadsheet, as rows of a file; heads pasted with them are left out.
fn list_of(list: &ExtraList, typed: &str, last: Date) -> Result<String, String> {
    if typed.len() > LONGEST_LIST {
        return Err("行数过多".to_owned());
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in typed.lines().filter(|line| !line.trim().is_empty()) {
        let cells = match line.contains('\t') {
            true => line.split('\t').map(str::to_owned).collect(),
            false => parse_csv("", line)
                .rows
                .into_iter()
                .next()
                .unwrap_or_default(),
        };
        let mut cells: Vec<String> = cells
            .into_iter()
            .map(|cell: String| cell.trim().to_owned())
            .collect();
        if cells.first().map(String::as_str) == list.columns.first().copied() {
            continue;
        }
        if cells.len() > list.columns.len() {
            let (has, wanted) = (cells.len(), list.columns.join("、"));
            return Err(format!("第{}行有{has}格，应为：{wanted}", rows.len() + 1));
        }
        cells.resize(list.columns.len(), String::new());
        rows.push(cells);
    }
    let text = write_csv(&rows);
    let files = BTreeMap::from([(file_of(list), with_heads(list, &text))]);
    let faults = golden::lists(&files, last).err().unwrap_or_default();
    // Row 1 of a file is its heads, which nobody types here.
    let said = |fault: &CellError| match fault.row {
        0 | 1 => fault.problem.clone(),
        row => format!("第{}行“{}”：{}", row - 1, fault.column, fault.problem),
    };
    match faults.is_empty() {
        true => Ok(text),
        false => Err(faults.iter().map(said).collect::<Vec<String>>().join("；")),
    }
}

fn file_of(list: &ExtraList) -> String {
    format!("{}.csv", list.field)
}

fn with_heads(list: &ExtraList, rows: &str) -> String {
    format!("{}\n{rows}", list.columns.join(","))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::round::Coverage;
    use crate::testing::{formula, set};
    use jiff::civil::date;

    fn round() -> Round {
        Round {
            id: "2026Q1".to_owned(),
            title: "2026年第一季度".to_owned(),
            coverage: Coverage::Sample,
            monitor_from: "2026-03-06T09:00".parse().unwrap(),
            as_of: "2026-03-20T09:00".parse().unwrap(),
            seed: "s".to_owned(),
            rectify_by: "2026-04-19".to_owned(),
            set: set(Vec::new(), formula()),
            also_listed: Vec::new(),
            also_under: Vec::new(),
        }
    }

    fn read(fields: &[(&str, &str)]) -> Result<NoticeExtras, Vec<FieldFault>> {
        let own = |(key, text): &(&str, &str)| ((*key).to_owned(), (*text).to_owned());
        let fields = fields.iter().map(own).collect();
        NoticeExtras::of_fields(&fields, &round(), date(2026, 4, 10))
    }

    #[test]
    fn numbers_and_dates_are_looked_at() {
        let wrong = |field: &str, text: &str, said: &str| {
            let faults = read(&[(field, text)]).unwrap_err();
            assert_eq!(faults.len(), 1, "{text}: {faults:?}");
            assert_eq!(faults[0].field, field);
            assert!(faults[0].problem.contains(said), "{text}: {faults:?}");
        };
        for text in [
            "云政办函[2026]12号",
            "云政办函（2026）12号",
            "云政办函 2026 12号",
            "12",
        ] {
            wrong("number", text, "六角括号");
        }
        wrong("number", "云政办函〔2026〕第12号", "不加“第”");
        wrong("number", "云政办函〔2026〕012号", "虚位");
        wrong("number", "云政办函〔2026〕12", "“号”");
        wrong("number", "〔2026〕12号", "机关代字");
        wrong("number", "云政办函〔26〕12号", "4位年份");
        for text in ["2026-13-40", "2026-02-30", "四月二日"] {
            wrong("date", text, "不是日期");
        }
        wrong("date", "2026-03-19", "早于监测时间点");
        wrong("date", "2027-03-21", "一年以后");
        let both = read(&[("number", "云政办函〔2025〕12号"), ("date", "2026-04-02")]);
        assert!(both.unwrap_err()[0].problem.contains("年份是2025"));
        let good = read(&[("number", " 云政办函〔2026〕12号 "), ("date", "2026-04-02")]).unwrap();
        assert_eq!(good.number, "云政办函〔2026〕12号");
        assert_eq!(good.date, Some(date(2026, 4, 2)));
        let none = read(&[("number", ""), ("date", "")]).unwrap();
        assert_eq!(none, NoticeExtras::default());
    }

    #[test]
    fn without_a_date_the_day_of_building_stands_and_never_the_monitoring_point() {
        let details = NoticeExtras::default().details(Recorded::default(), date(2026, 4, 10));
        assert_eq!(details.unwrap().date, date(2026, 4, 10));
    }

    #[test]
    fn names_and_lists_are_read_and_each_wrong_one_is_named() {
        let extras = read(&[
            ("approval", "经省政府同意"),
            ("copies_to", "省委办公厅，省人大常委会办公厅。"),
            ("mail", "a@yl.gov.cn"),
            ("issuer", ""),
            ("cases", "轮次\t编号\t对象\t问题\t状态\t办结日期\n2025Q4\t1\t甲站\t首页不更新\t已办结\t2026-01-10\n"),
            ("filings", "丁局,是,否\n戊局,是,是"),
        ])
        .unwrap();
        assert_eq!(extras.names["approval"], "经省政府同意，");
        assert_eq!(extras.names["copies_to"], "省委办公厅，省人大常委会办公厅");
        assert!(!extras.names.contains_key("issuer"));
        let recorded = Recorded {
            closures: vec![Closure {
                subject: "丙站".to_owned(),
                reason: "无力维护".to_owned(),
                done: true,
                done_on: "2026-02-01".to_owned(),
            }],
            ..Recorded::default()
        };
        let details = extras.details(recorded, date(2026, 4, 10)).unwrap();
        assert!(details.cases[0].closed && details.cases.len() == 1);
        let filed: Vec<bool> = details.filings.iter().map(|filing| filing.filed).collect();
        assert_eq!(filed, [false, true]);
        assert_eq!(
            details.closures.len(),
            1,
            "recorded ones, where none are typed"
        );
        let faults = read(&[
            ("mail", "邮箱"),
            ("issuer", "甲\n乙"),
            ("filings", "丁局,是,也许"),
            ("closures", "丙站,无力维护,办理中,,多了"),
        ])
        .unwrap_err();
        let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(
            fields,
            ["issuer", "mail", "closures", "filings"],
            "{faults:?}"
        );
        assert!(faults[3].problem.starts_with("第1行“已填报”"), "{faults:?}");
    }

    #[test]
    fn what_was_kept_comes_back_as_it_was() {
        let extras = read(&[
            ("date", "2026-04-02"),
            ("closures", "丙站,无力维护,办理中,"),
        ])
        .unwrap();
        let kept = serde_json::to_string(&extras).unwrap();
        assert_eq!(serde_json::from_str::<NoticeExtras>(&kept).unwrap(), extras);
        assert_eq!(
            serde_json::from_str::<NoticeExtras>("{}").unwrap(),
            NoticeExtras::default()
        );
    }
}
