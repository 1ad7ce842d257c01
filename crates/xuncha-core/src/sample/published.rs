//! 公布抽样: a draw as a folder of tables that an outsider reads, checks with `sha256sum` and `sort`, and draws again.
//!
//! `docs/sample.md` describes the files. Reading them back needs nothing else: no database and no registry.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{SampleMismatch, rank, verify};
use crate::registry::TargetId;
use crate::round::{Coverage, Round, Sample};
use crate::sheet::{CellError, Record, parse_csv, write_csv};

/// 抽样方法. Name of the way of drawing, raised when it changes.
pub const ALGORITHM: &str = "xuncha-draw-1";
/// The way of drawing in words, as the folder states it.
const ALGORITHM_TEXT: &str = "每个对象的抽签号是“种子|层|编号”的 SHA-256（小写十六进制）；每层先取必查对象，再按抽签号从小到大取满名额，必查多于名额时必查全取。门户各层全部抽取；新媒体各层的名额按对象数以最大余数法分配。";

const ROUND: &str = "round.json";
const FRAME: &str = "frame.csv";
const QUOTAS: &str = "quotas.csv";
const FORCED: &str = "forced.csv";
const DRAWN: &str = "drawn.csv";
const SUMS: &str = "SHA256SUMS";
/// 公布的文件. Names of all files.
pub const FILES: [&str; 6] = [ROUND, FRAME, QUOTAS, FORCED, DRAWN, SUMS];

/// `round.json`.
#[derive(Debug, Serialize, Deserialize)]
struct RoundFile {
    round: String,
    title: String,
    coverage: Coverage,
    as_of: String,
    set: String,
    set_sha256: String,
    seed: String,
    algorithm: String,
    algorithm_text: String,
    frame_count: usize,
    drawn_count: usize,
}

/// 公布的抽样. What the folder says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Round.
    pub round: String,
    /// The draw.
    pub sample: Sample,
}

/// The files of a published draw, by name. `names`: names of targets, for people only.
pub fn publish(
    round: &Round,
    sample: &Sample,
    names: &BTreeMap<TargetId, String>,
) -> Result<BTreeMap<String, String>, serde_json::Error> {
    let file = RoundFile {
        round: round.id.clone(),
        title: round.title.clone(),
        coverage: round.coverage,
        as_of: round.as_of.to_string(),
        set: round.set.id.clone(),
        set_sha256: round.set.sha256.clone(),
        seed: sample.seed.clone(),
        algorithm: ALGORITHM.to_owned(),
        algorithm_text: ALGORITHM_TEXT.to_owned(),
        frame_count: sample.frame.values().map(Vec::len).sum(),
        drawn_count: sample.drawn.len(),
    };
    let mut files = tables(sample, names);
    files.insert(
        ROUND.to_owned(),
        serde_json::to_string_pretty(&file)? + "\n",
    );
    let sums: String = files
        .iter()
        .map(|(name, text)| format!("{}  {name}\n", hex::encode(Sha256::digest(text))))
        .collect();
    files.insert(SUMS.to_owned(), sums);
    Ok(files)
}

fn tables(sample: &Sample, names: &BTreeMap<TargetId, String>) -> BTreeMap<String, String> {
    let name = |id: &TargetId| names.get(id).cloned().unwrap_or_default();
    let mut frame = vec![["层", "编号", "名称", "抽签号"].map(str::to_owned)];
    let mut quotas = vec![["层", "对象数", "名额"].map(str::to_owned)];
    for (stratum, targets) in &sample.frame {
        let quota = sample.quotas.get(stratum).copied().unwrap_or_default();
        let size = targets.len().to_string();
        quotas.push([stratum.clone(), size, quota.to_string()]);
        frame.extend(targets.iter().map(|id| {
            let own = rank(&sample.seed, stratum, id);
            [stratum.clone(), id.0.clone(), name(id), own]
        }));
    }
    let mut forced = vec![["编号", "名称"].map(str::to_owned)];
    forced.extend(sample.forced.iter().map(|id| [id.0.clone(), name(id)]));
    let mut drawn = vec![["层", "编号", "名称"].map(str::to_owned)];
    let rows = sample.drawn.iter();
    drawn.extend(rows.map(|(id, stratum)| [stratum.clone(), id.0.clone(), name(id)]));
    BTreeMap::from([
        (FRAME.to_owned(), write_csv(&frame)),
        (QUOTAS.to_owned(), write_csv(&quotas)),
        (FORCED.to_owned(), write_csv(&forced)),
        (DRAWN.to_owned(), write_csv(&drawn)),
    ])
}

/// Draws again from the files and compares everything that they say; all differences at once.
pub fn verify_published(
    files: &BTreeMap<String, String>,
) -> Result<Published, Vec<SampleMismatch>> {
    let mut wrong: Vec<SampleMismatch> = Vec::new();
    let published = read(files, &mut wrong);
    if let Some(published) = &published
        && let Err(found) = verify(&published.sample)
    {
        wrong.extend(found);
    }
    wrong.extend(wrong_sums(files));
    match published {
        Some(published) if wrong.is_empty() => Ok(published),
        _ => Err(wrong),
    }
}

fn wrong_sums(files: &BTreeMap<String, String>) -> Vec<SampleMismatch> {
    let sums = files.get(SUMS).map(String::as_str).unwrap_or_default();
    let stated: BTreeMap<&str, &str> = sums
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(sum, name)| (name, sum))
        .collect();
    [ROUND, FRAME, QUOTAS, FORCED, DRAWN]
        .into_iter()
        .filter_map(|name| {
            let own = hex::encode(Sha256::digest(files.get(name)?));
            let is_same = stated.get(name).is_some_and(|sum| *sum == own);
            (!is_same).then(|| SampleMismatch(format!("{name} 与 {SUMS} 中的哈希不符")))
        })
        .collect()
}

/// What the files say; `None` where they cannot be read at all.
fn read(files: &BTreeMap<String, String>, wrong: &mut Vec<SampleMismatch>) -> Option<Published> {
    let round = match round_file(files) {
        Ok(round) => round,
        Err(text) => {
            wrong.push(SampleMismatch(text));
            return None;
        }
    };
    let mut tables = Tables {
        files,
        errors: Vec::new(),
        notes: Vec::new(),
    };
    let mut sample = Sample {
        seed: round.seed.clone(),
        ..Sample::default()
    };
    let names = tables.frame(&mut sample);
    tables.quotas(&mut sample);
    tables.forced(&mut sample, &names);
    tables.drawn(&mut sample, &names);
    let in_frame: usize = sample.frame.values().map(Vec::len).sum();
    tables.count(FRAME, round.frame_count, in_frame);
    tables.count(DRAWN, round.drawn_count, sample.drawn.len());
    let is_readable = tables.errors.is_empty();
    let errors = tables.errors.iter();
    wrong.extend(errors.map(|error| SampleMismatch(error.to_string())));
    wrong.extend(tables.notes);
    is_readable.then_some(Published {
        round: round.round,
        sample,
    })
}

fn round_file(files: &BTreeMap<String, String>) -> Result<RoundFile, String> {
    let text = files
        .get(ROUND)
        .ok_or_else(|| format!("缺少文件 {ROUND}"))?;
    let file: RoundFile =
        serde_json::from_str(text).map_err(|error| format!("{ROUND} 读不懂：{error}"))?;
    if file.algorithm != ALGORITHM {
        return Err(format!(
            "{ROUND} 的抽样方法是“{}”，本程序只认识“{ALGORITHM}”",
            file.algorithm
        ));
    }
    Ok(file)
}

/// The tables at hand, what cannot be read in them, and what does not fit.
struct Tables<'a> {
    files: &'a BTreeMap<String, String>,
    errors: Vec<CellError>,
    notes: Vec<SampleMismatch>,
}

impl Tables<'_> {
    fn note(&mut self, text: String) {
        self.notes.push(SampleMismatch(text));
    }

    fn count(&mut self, file: &str, stated: usize, counted: usize) {
        if stated != counted {
            self.note(format!(
                "{ROUND} 写明 {file} 有 {stated} 个对象，实有 {counted} 个"
            ));
        }
    }

    fn rows(&mut self, name: &str, columns: &[&str], mut read: impl FnMut(&mut Self, &Record<'_>)) {
        let Some(text) = self.files.get(name) else {
            self.errors.push(CellError {
                file: name.to_owned(),
                row: 0,
                column: String::new(),
                problem: "缺少这个文件".to_owned(),
            });
            return;
        };
        let sheet = parse_csv(name, text);
        for record in sheet.records(columns, &mut self.errors) {
            read(self, &record);
        }
    }

    /// Fills the frame; answers with the names.
    fn frame(&mut self, sample: &mut Sample) -> BTreeMap<TargetId, String> {
        let mut names = BTreeMap::new();
        let columns = ["层", "编号", "名称", "抽签号"];
        self.rows(FRAME, &columns, |tables, record| {
            let stratum = record.required("层", &mut tables.errors);
            let id = TargetId::from(record.required("编号", &mut tables.errors));
            if record.text("抽签号") != rank(&sample.seed, stratum, &id) {
                tables.note(format!(
                    "{FRAME}第{}行：“{id}”的抽签号不是由种子、层和编号得出的",
                    record.row
                ));
            }
            names.insert(id.clone(), record.text("名称").to_owned());
            sample.frame.entry(stratum.to_owned()).or_default().push(id);
        });
        names
    }

    fn quotas(&mut self, sample: &mut Sample) {
        let mut listed: BTreeMap<String, usize> = BTreeMap::new();
        self.rows(QUOTAS, &["层", "对象数", "名额"], |tables, record| {
            let stratum = record.required("层", &mut tables.errors).to_owned();
            let size: Option<usize> = record.parsed("对象数", "整数", &mut tables.errors);
            let quota: Option<usize> = record.parsed("名额", "整数", &mut tables.errors);
            let (Some(size), Some(quota)) = (size, quota) else {
                return;
            };
            let counted = sample.frame.get(&stratum).map_or(0, Vec::len);
            if size != counted {
                tables.note(format!(
                    "{QUOTAS}第{}行：层“{stratum}”写明 {size} 个对象，{FRAME} 中有 {counted} 个",
                    record.row
                ));
            }
            if listed.insert(stratum.clone(), quota).is_some() {
                tables.note(format!("{QUOTAS}第{}行：层“{stratum}”重复", record.row));
            }
        });
        sample.quotas = listed;
    }

    fn forced(&mut self, sample: &mut Sample, names: &BTreeMap<TargetId, String>) {
        self.rows(FORCED, &["编号", "名称"], |tables, record| {
            let id = TargetId::from(record.required("编号", &mut tables.errors));
            tables.same_name(FORCED, record, &id, names);
            sample.forced.push(id);
        });
    }

    fn drawn(&mut self, sample: &mut Sample, names: &BTreeMap<TargetId, String>) {
        self.rows(DRAWN, &["层", "编号", "名称"], |tables, record| {
            let stratum = record.required("层", &mut tables.errors).to_owned();
            let id = TargetId::from(record.required("编号", &mut tables.errors));
            tables.same_name(DRAWN, record, &id, names);
            if sample.drawn.insert(id.clone(), stratum).is_some() {
                tables.note(format!("{DRAWN}第{}行：“{id}”重复", record.row));
            }
        });
    }

    fn same_name(
        &mut self,
        file: &str,
        record: &Record<'_>,
        id: &TargetId,
        names: &BTreeMap<TargetId, String>,
    ) {
        let own = record.text("名称");
        if let Some(name) = names.get(id)
            && name != own
        {
            self.note(format!(
                "{file}第{}行：“{id}”的名称是“{own}”，{FRAME} 中是“{name}”",
                record.row
            ));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "published_tests.rs"]
mod tests;
