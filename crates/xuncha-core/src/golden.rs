//! 黄金轮次: reads a round written down as a folder of CSV files into [`NoticeInputs`], so that anyone can change one entry and see
//! what follows. Only deductions, outcomes and findings are read; every sum, mean, share and index is reckoned.
//!
//! The folder's files and columns are described in `docs/golden-round.md`.

mod cells;
mod details;
mod rows;
mod scoring;

pub use details::{Lists, details, lists};

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use crate::indicator::IndicatorSet;
use crate::notice::NoticeInputs;
use crate::notice::breakdown;
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
    let mut errors = round.errors();
    let mut folder = Folder {
        files,
        errors: &mut errors,
    };
    let listed = rows::targets(&mut folder);
    let scores = scoring::scores(&mut folder, &round, set, &listed);
    let problems = rows::problems(&mut folder, &listed, &words);
    let cases = rows::cases(
        &mut folder,
        round.date,
        Some(&round.previous),
        Some(&listed),
    );
    let closures = rows::closures(&mut folder, round.date);
    let filings = rows::filings(&mut folder);
    let annual_forms = rows::annual_forms(&mut folder, round.date);
    let reporting_names = rows::reporting_names(&mut folder, &listed);
    if !errors.is_empty() {
        return Err(cells::merged(errors));
    }
    let scored = scoring::score_round(&round, set, &listed.targets, &scores);
    let sheets: Vec<_> = scored
        .sheets
        .iter()
        .map(|(subject, sheet)| (subject, sheet))
        .collect();
    let breakdown = vec![breakdown::deductions(set, &sheets)];
    let stats = reckon(&StatsInput {
        set,
        round: &round.id,
        sample: &scored.sample,
        previous: &scored.previous,
        targets: sheets,
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
        case_rows: Vec::new(),
        closures,
        filings,
        annual_forms,
        reporting_names,
        words,
        breakdown,
    })
}

fn round_file(files: &BTreeMap<String, String>) -> Result<RoundFile, CellError> {
    let text = files
        .get("round.toml")
        .ok_or_else(|| cells::of_file("round.toml", "缺少这个文件"))?;
    toml::from_str(text).map_err(|wrong| CellError {
        row: wrong.span().map_or(0, |span| line_of(text, span.start)),
        ..cells::of_file("round.toml", wrong.message())
    })
}

/// The line, from 1, that a byte stands in.
fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

impl RoundFile {
    /// Entries that can be read and cannot be meant.
    fn errors(&self) -> Vec<CellError> {
        let mut errors = Vec::new();
        if self.rectify_by < self.date {
            let problem = format!(
                "rectify_by {} 早于发文日期 date {}",
                self.rectify_by, self.date
            );
            errors.push(cells::of_file("round.toml", problem));
        }
        let mut seen = BTreeSet::from([&self.id]);
        for earlier in &self.previous {
            if !seen.insert(earlier) {
                let problem = format!("previous 里的“{earlier}”重复，或就是本轮");
                errors.push(cells::of_file("round.toml", problem));
            }
        }
        errors
    }
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
            self.errors.push(cells::of_file(name, "缺少这个文件"));
            return None;
        };
        Some(parse_csv(name, text))
    }
}
