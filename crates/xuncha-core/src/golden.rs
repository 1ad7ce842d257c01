//! 黄金轮次: reads a round written down as a folder of CSV files into [`NoticeInputs`], so that anyone can change one entry and see
//! what follows. Only deductions, outcomes and findings are read; every sum, mean, share and index is reckoned.
//!
//! The folder's files and columns are described in `docs/golden-round.md`.

mod details;
mod rows;
mod scoring;

pub use details::details;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::indicator::IndicatorSet;
use crate::notice::NoticeInputs;
use crate::notice::words::Words;
use crate::sheet::{CellError, Record, Sheet, parse_csv};
use crate::stats::{StatsInput, reckon};

/// `round.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoundFile {
    id: String,
    set: String,
    previous: Vec<String>,
    date: Date,
    rectify_by: Date,
    #[serde(default)]
    number: String,
    province_code: String,
    names: BTreeMap<String, String>,
}

/// The indicator set that a folder names.
pub fn set_id(files: &BTreeMap<String, String>) -> Result<String, Vec<CellError>> {
    round_file(files)
        .map(|round| round.set)
        .map_err(|error| vec![error])
}

/// Reads a folder (file name → text) under its resolved set. All errors at once, each with file, row and column.
pub fn load(
    files: &BTreeMap<String, String>,
    set: &IndicatorSet,
    words: Words,
) -> Result<NoticeInputs, Vec<CellError>> {
    let round = round_file(files).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    let mut folder = Folder {
        files,
        errors: &mut errors,
    };
    let targets = rows::targets(&mut folder);
    let scores = scoring::scores(&mut folder, set, &targets);
    let problems = rows::problems(&mut folder, &targets);
    let cases = rows::cases(&mut folder);
    let closures = rows::closures(&mut folder);
    let filings = rows::filings(&mut folder);
    let annual_forms = rows::annual_forms(&mut folder);
    let reporting_names = rows::reporting_names(&mut folder, &targets);
    if !errors.is_empty() {
        return Err(errors);
    }
    let scored = scoring::score_round(
        &round.id,
        &round.previous,
        &round.province_code,
        set,
        &targets,
        &scores,
    );
    if !scored.errors.is_empty() {
        return Err(scored.errors);
    }
    let stats = reckon(&StatsInput {
        set,
        round: &round.id,
        sample: &scored.sample,
        previous: &scored.previous,
        targets: scored
            .sheets
            .iter()
            .map(|(subject, sheet)| (subject, sheet))
            .collect(),
    });
    Ok(NoticeInputs {
        names: round.names,
        number: round.number,
        date: round.date,
        rectify_by: round.rectify_by,
        bonus_above: set
            .formula
            .as_ref()
            .map_or(crate::points::Points::ZERO, |formula| formula.bonus_above),
        stats,
        targets: scored.targets,
        problems,
        cases,
        closures,
        filings,
        annual_forms,
        reporting_names,
        words,
    })
}

fn round_file(files: &BTreeMap<String, String>) -> Result<RoundFile, CellError> {
    let error = |problem: String| CellError {
        file: "round.toml".to_owned(),
        row: 0,
        column: String::new(),
        problem,
    };
    let text = files
        .get("round.toml")
        .ok_or_else(|| error("缺少这个文件".to_owned()))?;
    toml::from_str(text).map_err(|wrong| error(wrong.to_string()))
}

/// 文件夹. The files at hand and what is wrong with them.
struct Folder<'a> {
    files: &'a BTreeMap<String, String>,
    errors: &'a mut Vec<CellError>,
}

impl Folder<'_> {
    /// The rows of a CSV file, each read by `read`.
    fn rows<T>(
        &mut self,
        name: &str,
        columns: &[&str],
        mut read: impl FnMut(&Record<'_>, &mut Vec<CellError>) -> Option<T>,
    ) -> Vec<T> {
        let Some(sheet) = self.sheet(name) else {
            return Vec::new();
        };
        let records = sheet.records(columns, self.errors);
        records
            .iter()
            .filter_map(|record| read(record, self.errors))
            .collect()
    }

    fn sheet(&mut self, name: &str) -> Option<Sheet> {
        let Some(text) = self.files.get(name) else {
            let problem = "缺少这个文件".to_owned();
            self.errors.push(CellError {
                file: name.to_owned(),
                row: 0,
                column: String::new(),
                problem,
            });
            return None;
        };
        Some(parse_csv(name, text))
    }
}
