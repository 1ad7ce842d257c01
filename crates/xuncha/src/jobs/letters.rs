//! 整改通知书任务. One Word document for each unit that has problems to put right.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::civil::Date;
use sha2::{Digest, Sha256};
use xuncha_core::rectify::RectifyState;
use xuncha_core::rectify::letter::{LetterInput, LetterProblem, file_name, letter};
use xuncha_core::registry::TargetId;
use xuncha_report::{Fonts, docx};
use xuncha_store::Page;
use xuncha_store::document::Document;
use xuncha_store::judge::FindingFilter;
use xuncha_store::rectify::{CaseFilter, CaseRow};

use super::notice::font_folders;
use crate::commands;
use crate::data::Data;

/// Kind of the job that writes the letters of a round.
pub const LETTERS_JOB: &str = "rectify_letters";

/// 通知书参数. What a letter says beside the problems.
#[derive(Clone, Debug)]
pub struct LetterWords {
    /// Issuing unit.
    pub issuer: String,
    /// 发文字号, may be empty.
    pub number: String,
    /// Mailbox for answers on paper, may be empty.
    pub mail: String,
    /// Date.
    pub date: Date,
    /// Last day of the term where a case has none yet.
    pub deadline: Date,
}

/// Writes the letters of a round, of one unit or of all; answers with unit and file.
pub async fn write(
    data: &Data,
    round: &str,
    unit: Option<&str>,
    words: &LetterWords,
    out: &Path,
) -> Result<Vec<(String, PathBuf)>> {
    let row = data.store.round(round).await?;
    let filter = CaseFilter {
        round: Some(round.to_owned()),
        organization: unit.map(str::to_owned),
        is_open: true,
        ..CaseFilter::default()
    };
    let cases = data.store.cases(&filter, words.date, Page::ALL).await?.rows;
    let every = CaseFilter {
        is_open: false,
        ..filter
    };
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for case in data.store.cases(&every, words.date, Page::ALL).await?.rows {
        if case.progress.state != RectifyState::Withdrawn {
            *found.entry(case.organization).or_default() += 1;
        }
    }
    let mut by_unit: BTreeMap<String, Vec<CaseRow>> = BTreeMap::new();
    for case in cases {
        by_unit
            .entry(case.organization.clone())
            .or_default()
            .push(case);
    }
    std::fs::create_dir_all(out).with_context(|| format!("无法建立目录 {}", out.display()))?;
    let fonts = Fonts::find(&font_folders(&data.folder))?;
    let appeal_until = data.store.appeal_until(round).await?;
    let mut written = Vec::new();
    for (unit, cases) in by_unit {
        let input = LetterInput {
            issuer: words.issuer.clone(),
            number: words.number.clone(),
            unit: cases
                .first()
                .map_or_else(String::new, |case| case.unit_name.clone()),
            round: row.round.title.clone(),
            date: words.date,
            deadline: latest(&cases).unwrap_or(words.deadline),
            appeal_until: appeal_until.filter(|until| *until >= words.date),
            mail: words.mail.clone(),
            problems: problems(data, round, &cases).await?,
            found: found.get(&unit).copied().unwrap_or(0),
        };
        let bytes = docx::docx(&letter(&input), &fonts)?;
        let path = out.join(file_name(&unit));
        std::fs::write(&path, bytes).with_context(|| format!("无法写入 {}", path.display()))?;
        written.push((unit, path));
    }
    Ok(written)
}

/// The latest term that is set for any of them.
fn latest(cases: &[CaseRow]) -> Option<Date> {
    cases.iter().filter_map(|case| case.progress.deadline).max()
}

/// Target, check and key.
type Place = (TargetId, String, String);
/// Address at fault, time and beginning of the hash.
type Proof = (String, String, String);

async fn problems(data: &Data, round: &str, cases: &[CaseRow]) -> Result<Vec<LetterProblem>> {
    let mut evidence: BTreeMap<Place, Proof> = BTreeMap::new();
    let targets: std::collections::BTreeSet<&TargetId> =
        cases.iter().map(|case| &case.problem.target).collect();
    for target in targets {
        let filter = FindingFilter {
            target: Some(target.clone()),
            ..FindingFilter::default()
        };
        for row in data.store.findings(round, &filter, Page::ALL).await?.rows {
            let finding = data.store.finding(&row.id).await?.1;
            let Some(proof) = finding.evidence().first() else {
                continue;
            };
            let at: String = proof
                .at
                .to_string()
                .replace('T', " ")
                .chars()
                .take(16)
                .collect();
            let hash: String = proof.sha256.chars().take(8).collect();
            let url = row.url.clone().unwrap_or_default();
            evidence.insert((row.target, row.check, row.key), (url, at, hash));
        }
    }
    let line = |case: &CaseRow| {
        let problem = &case.problem;
        let place = (
            problem.target.clone(),
            problem.check.clone(),
            problem.key.clone(),
        );
        let (url, seen_at, hash) = evidence.get(&place).cloned().unwrap_or_default();
        LetterProblem {
            target: problem.target.0.clone(),
            target_name: case.target_name.clone(),
            detail: case.detail.clone(),
            url,
            stake: case.stake,
            seen_at,
            evidence: hash,
        }
    };
    let open = |case: &&CaseRow| case.progress.state != RectifyState::Replied;
    Ok(cases.iter().filter(open).map(line).collect())
}

/// Copies letters into the documents of a round, where their units find them.
pub async fn keep(data: &Data, round: &str, written: &[(String, PathBuf)]) -> Result<()> {
    let folder = data.documents(round);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("无法建立目录 {}", folder.display()))?;
    for (unit, path) in written {
        let bytes = std::fs::read(path).with_context(|| format!("无法读取 {}", path.display()))?;
        let name = file_name(unit);
        std::fs::write(folder.join(&name), &bytes)
            .with_context(|| format!("无法写入 {}", folder.display()))?;
        let document = Document {
            round: round.to_owned(),
            path: format!("{round}/{name}"),
            name,
            sha256: hex::encode(Sha256::digest(&bytes)),
            size_bytes: bytes.len() as u64,
            at: commands::now(),
            outcome_sha256: String::new(),
        };
        data.store.put_document(&document).await?;
    }
    Ok(())
}
