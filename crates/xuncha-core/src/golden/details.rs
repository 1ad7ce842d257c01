//! 轮次补充信息: what a round's results do not hold, from a folder in the form of a golden round.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Folder, rows};
use crate::notice::from_results::RoundDetails;
use crate::notice::inputs::{AnnualForm, Case, Closure, Filing};
use crate::round::Round;
use crate::sheet::CellError;

/// `round.toml`, of which only the date has to be there. What the round itself froze may be repeated, and has to agree then.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DetailsFile {
    date: Date,
    #[serde(default)]
    number: String,
    #[serde(default)]
    names: BTreeMap<String, String>,
    id: Option<String>,
    set: Option<String>,
    rectify_by: Option<Date>,
    // The results know these two; a golden round's file holds them.
    #[serde(default, rename = "previous")]
    _previous: Vec<String>,
    #[serde(default, rename = "province_code")]
    _province_code: String,
}

/// The details of `round` in a folder (file name → text): `round.toml`, and of the lists those that are there. All errors at once.
pub fn details(
    files: &BTreeMap<String, String>,
    round: &Round,
) -> Result<RoundDetails, Vec<CellError>> {
    let file = details_file(files).map_err(|problem| vec![round_error("", problem)])?;
    let mut errors = disagreements(&file, round);
    let lists = match lists(files, file.date) {
        Ok(lists) => lists,
        Err(wrong) => {
            errors.extend(wrong);
            Lists::default()
        }
    };
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(RoundDetails {
        names: file.names,
        number: file.number,
        date: file.date,
        cases: lists.cases,
        case_rows: Vec::new(),
        closures: lists.closures,
        filings: lists.filings,
        annual_forms: lists.annual_forms,
    })
}

/// 另报的清单. Those of a folder's lists that are there.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    /// `cases.csv`.
    pub cases: Vec<Case>,
    /// `closures.csv`.
    pub closures: Vec<Closure>,
    /// `filings.csv`.
    pub filings: Vec<Filing>,
    /// `annual_forms.csv`.
    pub annual_forms: Vec<AnnualForm>,
}

/// Reads the lists that are among the files; no day in them is after `date`. All errors at once.
pub fn lists(files: &BTreeMap<String, String>, date: Date) -> Result<Lists, Vec<CellError>> {
    let has = |name: &str| files.contains_key(name);
    let mut errors = Vec::new();
    let mut folder = Folder {
        files,
        errors: &mut errors,
    };
    let mut lists = Lists::default();
    if has("cases.csv") {
        lists.cases = rows::cases(&mut folder, date, None, None);
    }
    if has("closures.csv") {
        lists.closures = rows::closures(&mut folder, date);
    }
    if has("filings.csv") {
        lists.filings = rows::filings(&mut folder);
    }
    if has("annual_forms.csv") {
        lists.annual_forms = rows::annual_forms(&mut folder, date);
    }
    match errors.is_empty() {
        true => Ok(lists),
        false => Err(errors),
    }
}

fn details_file(files: &BTreeMap<String, String>) -> Result<DetailsFile, String> {
    let text = files.get("round.toml").ok_or("缺少这个文件")?;
    toml::from_str(text).map_err(|wrong| wrong.to_string())
}

fn round_error(key: &str, problem: String) -> CellError {
    CellError {
        file: "round.toml".to_owned(),
        row: 0,
        column: key.to_owned(),
        problem,
    }
}

fn disagreements(file: &DetailsFile, round: &Round) -> Vec<CellError> {
    let rectify_by = file.rectify_by.map(|day| day.to_string());
    let stated = [
        ("id", file.id.as_ref(), &round.id),
        ("set", file.set.as_ref(), &round.set.id),
        ("rectify_by", rectify_by.as_ref(), &round.rectify_by),
    ];
    let differs = |(key, own, frozen): (&str, Option<&String>, &String)| {
        let own = own.filter(|own| *own != frozen)?;
        Some(round_error(
            key,
            format!("“{own}”与轮次 {} 的“{frozen}”不一致", round.id),
        ))
    };
    stated.into_iter().filter_map(differs).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::round::Coverage;
    use crate::testing::{formula, set};

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

    fn files(all: &[(&str, &str)]) -> BTreeMap<String, String> {
        all.iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    const TOML: &str = "id = \"2026Q1\"\nset = \"demo\"\nrectify_by = \"2026-04-19\"\nprevious = [\"2025Q4\"]\nprovince_code = \"990000\"\ndate = \"2026-04-02\"\nnumber = \"云政办函〔2026〕5号\"\n[names]\nmail = \"a@b.cn\"\n";

    #[test]
    fn everything_that_is_there_is_read() {
        let read = details(
            &files(&[
                ("round.toml", TOML),
                ("cases.csv", "轮次,编号,对象,问题,状态,办结日期\n2025Q4,1,甲站,首页不更新,已办结,2026-01-10\n2025Q4,2,乙站,首页不更新,整改中,\n"),
                ("closures.csv", "对象,原因,状态,完成日期\n丙站,无力维护,办理中,\n"),
                ("filings.csv", "单位,已梳理,已填报\n丁局,是,否\n"),
                ("annual_forms.csv", "单位,报表,已公开\n丁局,政府网站工作年度报表,是\n"),
                ("targets.csv", "别的表不看\n"),
            ]),
            &round(),
        )
        .unwrap();
        assert_eq!(read.number, "云政办函〔2026〕5号");
        assert_eq!(read.date.to_string(), "2026-04-02");
        assert_eq!(read.names["mail"], "a@b.cn");
        let closed: Vec<bool> = read.cases.iter().map(|case| case.closed).collect();
        assert_eq!(closed, [true, false]);
        assert_eq!(
            (read.closures[0].done, read.filings[0].filed),
            (false, false)
        );
        assert!(read.annual_forms[0].published);
    }

    #[test]
    fn a_date_is_enough_and_a_folder_without_is_refused() {
        let read = details(
            &files(&[("round.toml", "date = \"2026-04-02\"\n")]),
            &round(),
        )
        .unwrap();
        assert!(read.cases.is_empty() && read.names.is_empty() && read.number.is_empty());
        for wrong in [files(&[]), files(&[("round.toml", "number = \"1\"\n")])] {
            assert_eq!(details(&wrong, &round()).unwrap_err().len(), 1);
        }
    }

    #[test]
    fn what_disagrees_with_the_round_or_cannot_be_read_is_said_at_once() {
        let toml = TOML.replace("2026Q1", "2025Q3").replace("04-19", "05-19");
        let wrong = details(
            &files(&[
                ("round.toml", &toml),
                ("filings.csv", "单位,已梳理,已填报\n丁局,是,也许\n"),
            ]),
            &round(),
        )
        .unwrap_err();
        let said: Vec<(&str, &str, &str)> = wrong
            .iter()
            .map(|own| (own.file.as_str(), own.column.as_str(), own.problem.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                ("round.toml", "id", "“2025Q3”与轮次 2026Q1 的“2026Q1”不一致"),
                (
                    "round.toml",
                    "rectify_by",
                    "“2026-05-19”与轮次 2026Q1 的“2026-04-19”不一致"
                ),
                ("filings.csv", "已填报", "“也许”不认识；可填 是、否"),
            ]
        );
    }
}
