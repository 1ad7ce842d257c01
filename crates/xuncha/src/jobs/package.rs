//! 证据包任务. One target's score sheet with its evidence as a folder that its unit can keep and verify without this program's database: the
//! sheet as PDF, what it was reckoned from as JSON, the captures as WARC with their index, pictures, and the hash of every file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use xuncha_core::evidence::EvidenceRef;
use xuncha_core::notice::card::CardFile;
use xuncha_core::registry::TargetId;
use xuncha_core::results::TargetResult;
use xuncha_core::score::score_in;
use xuncha_core::sheet::write_csv;
use xuncha_report::{Fonts, pdf};
use xuncha_store::evidence::{Archive, EvidenceFolder};
use xuncha_store::round::RoundRow;

use super::notice::font_folders;
use crate::data::Data;

/// Kind of the job that writes what a target's page offers.
pub const PACKAGE_JOB: &str = "package";
/// Folder of what was written, below the documents of a round.
const KEPT: &str = "packages";
const CARD: &str = "score.json";
const SHEET: &str = "评分表.pdf";
const LIST: &str = "evidence.csv";
const OWN: &str = "evidence";
const SHARED: &str = "outside.warc.gz";
const PICTURES: &str = "pictures";
const SUMS: &str = "SHA256SUMS";
const README: &str = "说明.txt";
/// Looks at addresses outside of the inspected sites stand in an archive that all targets of a round share.
const OUTSIDE: &str = "_outside";
/// Hash of nothing: what a finding states where there was no answer.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const COLUMNS: [&str; 8] = [
    "检查项",
    "问题",
    "网址",
    "取证时间",
    "证据记录",
    "正文SHA-256",
    "存档",
    "图片",
];
/// Where no file of the package holds the body.
const ABSENT: &str = "未随包";

/// 证据包. What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Pieces of evidence that the sheet names.
    pub proofs: usize,
    /// Those whose body no file of the package holds.
    pub absent: usize,
    /// Bytes of the captures.
    pub archive_bytes: u64,
    /// Pictures.
    pub pictures: usize,
}

/// What a target came to, from its own rows.
pub async fn card_of(data: &Data, row: &RoundRow, target: &TargetId) -> Result<CardFile> {
    let round = &row.round;
    let missing = || format!("轮次 {} 没有抽中对象 {target}", round.id);
    let subject = data.store.subject(&round.id, target).await;
    let subject = subject.with_context(missing)?;
    let judgements = data.store.judgements(&round.id, Some(target)).await?;
    let reviews = data.store.review_history(&round.id, target).await?;
    let sheet = score_in(round, &subject, &judgements, &reviews);
    Ok(CardFile {
        round: round.clone(),
        target: TargetResult {
            subject,
            judgements,
            reviews,
            sheet,
        },
    })
}

/// Writes sheet and package of a target where its page finds them.
pub async fn keep(data: &Data, round: &str, target: &TargetId) -> Result<Written> {
    let row = data.store.round(round).await?;
    let card = card_of(data, &row, target).await?;
    let folder = data.documents(round).join(KEPT);
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("无法建立目录 {}", folder.display()))?;
    let work = tempfile::tempdir_in(&data.folder).context("无法建立临时目录")?;
    let out = work.path().join(format!("{round}-{target}"));
    let name = encoded(target);
    tokio::task::block_in_place(|| -> Result<Written> {
        let written = write(data, &card, &out)?;
        std::fs::copy(out.join(SHEET), work.path().join("sheet"))?;
        zipped(&out, &work.path().join("whole"))?;
        for (made, kind) in [("sheet", "pdf"), ("whole", "zip")] {
            let place = folder.join(format!("{name}.{kind}"));
            std::fs::rename(work.path().join(made), &place)
                .with_context(|| format!("无法写入 {}", place.display()))?;
        }
        Ok(written)
    })
}

/// Name of a target's files: letters and digits only, all else as its bytes.
fn encoded(target: &TargetId) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~@".contains(&byte);
    let sign = |byte: u8| match is_plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    target.0.bytes().map(sign).collect()
}

/// All files of a folder in one, below its name.
fn zipped(folder: &Path, place: &Path) -> Result<()> {
    let top = folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut archive = zip::ZipWriter::new(std::fs::File::create(place)?);
    // Archives and pictures are compressed already.
    let plain = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Stored)
        .large_file(true);
    let mut names = files(folder, "")?;
    names.insert(SUMS.to_owned());
    for name in names {
        archive.start_file(format!("{top}/{name}"), plain)?;
        std::io::copy(&mut std::fs::File::open(folder.join(&name))?, &mut archive)?;
    }
    archive.finish()?;
    Ok(())
}

/// Writes the package of a target into a folder that does not exist yet.
pub fn write(data: &Data, card: &CardFile, out: &Path) -> Result<Written> {
    let target = card.target.subject.target.id();
    if out.exists() {
        bail!(
            "{} 已经存在；证据包要写进新的目录，免得混入别的文件",
            out.display()
        );
    }
    std::fs::create_dir_all(out).with_context(|| format!("无法建立目录 {}", out.display()))?;
    let put = |name: &str, bytes: &[u8]| {
        let path = out.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("无法写入 {}", path.display()))
    };
    let fonts = Fonts::find(&font_folders(&data.folder))?;
    put(SHEET, &pdf::pdf(&card.document(), &fonts)?)?;
    put(CARD, &serde_json::to_vec_pretty(card)?)?;
    let mut written = Written::default();
    let round = &card.round.id;
    let archives = archives(&data.evidence, (round, target), card, out, &mut written)?;
    let pictures = pictures(&data.evidence, (round, target), card, out)?;
    written.pictures = pictures.len();
    let proofs = card.evidence();
    written.proofs = proofs.len();
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    for (check, key, proof) in proofs {
        let place = place(&archives, &proof);
        written.absent += usize::from(place == ABSENT);
        let picture = pictures.get(&proof.record).cloned().unwrap_or_default();
        let at = proof.at.to_string();
        rows.push(vec![
            check,
            key,
            proof.url,
            at,
            proof.record,
            proof.sha256,
            place,
            picture,
        ]);
    }
    put(LIST, write_csv(&rows).as_bytes())?;
    put(README, readme(card).as_bytes())?;
    put(SUMS, sums(out)?.as_bytes())?;
    Ok(written)
}

/// Archives of a package by their names.
type Archives = BTreeMap<&'static str, Archive>;

fn archives(
    evidence: &EvidenceFolder,
    (round, target): (&str, &TargetId),
    card: &CardFile,
    out: &Path,
    written: &mut Written,
) -> Result<Archives> {
    let mut all = Archives::new();
    let name = "evidence.warc.gz";
    if evidence.targets(round)?.contains(target) {
        written.archive_bytes += evidence.export_target(round, target, out, OWN)?;
        all.insert(name, Archive::read(&out.join(name))?);
    }
    let missing: BTreeSet<String> = card
        .evidence()
        .into_iter()
        .map(|(_, _, proof)| proof)
        .filter(|proof| !proof.record.is_empty() && place(&all, proof) == ABSENT)
        .map(|proof| proof.record)
        .collect();
    let shared = TargetId::from(OUTSIDE);
    if !missing.is_empty() && evidence.targets(round)?.contains(&shared) {
        let path = out.join(SHARED);
        evidence.export_records(round, &shared, &missing, &path)?;
        written.archive_bytes += path.metadata()?.len();
        all.insert(SHARED, Archive::read(&path)?);
    }
    Ok(all)
}

/// Which archive holds the body of a proof, and where.
fn place(archives: &Archives, proof: &EvidenceRef) -> String {
    if proof.record.is_empty() {
        return "不是网页存档（名录或人工答复）".to_owned();
    }
    if proof.sha256 == NOTHING {
        return "没有应答，无正文".to_owned();
    }
    let found = archives.iter().find_map(|(name, archive)| {
        let (_, at) = archive.bodies.get(&proof.sha256)?;
        Some(format!("{name}@{at}"))
    });
    found.unwrap_or_else(|| ABSENT.to_owned())
}

/// Writes the pictures of the records that the sheet names; their files by record.
fn pictures(
    evidence: &EvidenceFolder,
    (round, target): (&str, &TargetId),
    card: &CardFile,
    out: &Path,
) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let made = evidence.pictured(round, target)?;
    for (_, _, proof) in card.evidence() {
        if made.get(&proof.record) != Some(&proof.sha256) || files.contains_key(&proof.record) {
            continue;
        }
        if let Some(png) = evidence.picture(round, target, &proof.record)? {
            std::fs::create_dir_all(out.join(PICTURES))?;
            let name = format!("{PICTURES}/{}.png", proof.record.replace('@', "-"));
            std::fs::write(out.join(&name), png)?;
            files.insert(proof.record, name);
        }
    }
    Ok(files)
}

fn readme(card: &CardFile) -> String {
    let subject = &card.target.subject;
    format!(
        "{}（{}）{}检查评分表和证据\n\n\
         {SHEET}：评分表，含每个问题的证据编号和正文哈希。\n\
         {CARD}：评分依据（指标体系、判定、复核、评分），可重新计算。\n\
         evidence.warc.gz、evidence.cdxj：本对象的全部存档（WARC 1.1），可用 pywb、ReplayWeb.page 等工具回放。\n\
         {SHARED}：评分表引用的外部链接的存档，没有引用时不存在。\n\
         {PICTURES}/：问题页面的图片，由存档生成，生成过才有。\n\
         {LIST}：每份证据在哪个文件的哪个位置。\n\
         {SUMS}：以上各文件的 SHA-256，可用 sha256sum -c {SUMS} 核对。\n\n\
         全面核验（哈希、存档、证据、重新评分）：xuncha evidence verify --package 本目录，不需要数据库，也不联网。\n",
        subject.target.name(),
        subject.target.id(),
        card.round.title
    )
}

/// Every file below the folder but the list itself, with its hash, as `sha256sum` writes it.
fn sums(folder: &Path) -> Result<String> {
    let mut text = String::new();
    for name in files(folder, "")? {
        let bytes = std::fs::read(folder.join(&name))?;
        let _ = writeln!(text, "{}  {name}", hex::encode(Sha256::digest(&bytes)));
    }
    Ok(text)
}

fn files(folder: &Path, below: &str) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let path = folder.join(below);
    for entry in std::fs::read_dir(&path).with_context(|| format!("无法读取 {}", path.display()))?
    {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            names.extend(files(folder, &format!("{name}/"))?);
        } else if name != SUMS {
            names.insert(name);
        }
    }
    Ok(names)
}

/// 核验结果.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Files whose hash was looked at.
    pub files: usize,
    /// Records of the archives.
    pub records: u64,
    /// Pieces of evidence found in the archives.
    pub proofs: usize,
    /// Pieces of evidence that the package itself says it lacks.
    pub absent: usize,
    /// What is wrong, in Chinese.
    pub problems: Vec<String>,
}

/// Verifies a package with nothing but its own files: hashes, archives, that each proof's body is there, and the score, reckoned anew.
pub fn verify(folder: &Path) -> Result<Verified> {
    let sums = folder.join(SUMS);
    let text = std::fs::read_to_string(&sums)
        .with_context(|| format!("{} 读不了，这里不是证据包", sums.display()))?;
    let mut verified = Verified::default();
    let mut known = BTreeSet::new();
    for line in text.lines() {
        let Some((hash, name)) = line.split_once("  ") else {
            verified
                .problems
                .push(format!("{SUMS} 有读不懂的行：{line}"));
            continue;
        };
        verified.files += 1;
        known.insert(name.to_owned());
        // Names come from a file that anyone may have written: nothing outside of the folder is read.
        let is_inside = !name.starts_with('/') && !name.split(['/', '\\']).any(|part| part == "..");
        if !is_inside {
            verified
                .problems
                .push(format!("{SUMS} 指向本目录以外：{name}"));
            continue;
        }
        match std::fs::read(folder.join(name)) {
            Ok(bytes) if hex::encode(Sha256::digest(&bytes)) == hash => {}
            Ok(_) => verified
                .problems
                .push(format!("{name} 与 {SUMS} 中的哈希不符")),
            Err(_) => verified.problems.push(format!("缺少 {name}")),
        }
    }
    for name in files(folder, "")?.difference(&known) {
        verified
            .problems
            .push(format!("多出 {name}，{SUMS} 里没有"));
    }
    let mut archives = Archives::new();
    for name in ["evidence.warc.gz", SHARED] {
        let path = folder.join(name);
        if path.is_file() {
            let archive = Archive::read(&path)?;
            verified.records += archive.record_count;
            let problems = archive.problems.iter();
            verified
                .problems
                .extend(problems.map(|problem| format!("{name} {problem}")));
            archives.insert(name, archive);
        }
    }
    let path = folder.join(CARD);
    let card = std::fs::read(&path).with_context(|| format!("{} 读不了", path.display()))?;
    let card: CardFile =
        serde_json::from_slice(&card).with_context(|| format!("{CARD} 不是本程序写的评分依据"))?;
    let list = std::fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    for (check, key, proof) in card.evidence() {
        match place(&archives, &proof) {
            place if place == ABSENT => {
                // What a retention policy took out before the package was made is said in its list.
                let is_said = list
                    .lines()
                    .any(|line| line.contains(&proof.sha256) && line.contains(ABSENT));
                match is_said {
                    true => verified.absent += 1,
                    false => verified
                        .problems
                        .push(format!("{check} {key} 的证据 {} 不在存档里", proof.record)),
                }
            }
            _ => verified.proofs += 1,
        }
    }
    let differences = card.differences();
    verified
        .problems
        .extend(differences.into_iter().map(|one| format!("评分：{one}")));
    Ok(verified)
}
