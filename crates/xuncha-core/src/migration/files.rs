//! Attachments and pictures of a pair of articles.

use std::collections::BTreeSet;

use super::holdings::{Article, Attachment, FileState, Picture};
use super::judging::Found;
use super::{Loss, LossKind};

/// Every file that the old article offered and that opened there.
pub(super) fn attachments(before: &Article, after: &Article, found: &mut Found) {
    let wanted: Vec<&Attachment> = before
        .attachments
        .iter()
        .filter(|file| !matches!(file.state, FileState::Dead { .. } | FileState::IsPage))
        .collect();
    let mut offered: Vec<&Attachment> = after.attachments.iter().collect();
    let mut open = Vec::new();
    for file in wanted {
        match best(file, &offered) {
            Some(at) => opened(before, after, file, offered.remove(at), true, found),
            None => open.push(file),
        }
    }
    // Systems rename files and word links anew: what is left on both sides belongs together as far as it is of one kind.
    for file in open {
        let alike = offered
            .iter()
            .position(|other| extension(&other.name) == extension(&file.name));
        match alike {
            Some(at) => opened(before, after, file, offered.remove(at), false, found),
            None => lost(before, after, file, found),
        }
    }
}

/// The file offered that is the same: by its bytes, its name, or the words that lead to it.
fn best(file: &Attachment, offered: &[&Attachment]) -> Option<usize> {
    let is_same_content = |other: &&Attachment| {
        file.size_bytes > 0 && file.sha256 == other.sha256 && file.size_bytes == other.size_bytes
    };
    let is_same_name = |other: &&Attachment| other.name == file.name;
    let is_same_text = |other: &&Attachment| !file.text.is_empty() && other.text == file.text;
    let position = |wanted: &dyn Fn(&&Attachment) -> bool| offered.iter().position(wanted);
    position(&|other| is_same_content(other) && (is_same_name(other) || is_same_text(other)))
        .or_else(|| position(&is_same_content))
        .or_else(|| position(&is_same_name))
        .or_else(|| position(&is_same_text))
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn loss(
    kind: LossKind,
    before: &Article,
    after: &Article,
    file: &Attachment,
    detail: String,
) -> Loss {
    let evidence = file
        .evidence
        .clone()
        .unwrap_or_else(|| before.evidence.clone());
    Loss::of(kind, &before.title, detail, evidence.quoting(&file.shown))
        .on_old(before.url())
        .on_new(after.url())
}

fn lost(before: &Article, after: &Article, file: &Attachment, found: &mut Found) {
    let detail = format!("旧稿件的附件“{}”（{}）在新稿件里没有", file.shown, file.url);
    let loss = loss(LossKind::AttachmentLost, before, after, file, detail);
    found.losses.push(loss.and_evidence(&after.evidence));
}

fn opened(
    before: &Article,
    after: &Article,
    file: &Attachment,
    other: &Attachment,
    is_known: bool,
    found: &mut Found,
) {
    let seen = other.evidence.as_ref().unwrap_or(&after.evidence);
    let mut report = |kind, detail| {
        found
            .losses
            .push(loss(kind, before, after, file, detail).and_evidence(seen));
    };
    match &other.state {
        FileState::Dead { why } => report(
            LossKind::AttachmentDead,
            format!("附件“{}”在新网站{why}：{}", file.shown, other.url),
        ),
        FileState::IsPage => report(
            LossKind::AttachmentIsPage,
            format!(
                "附件“{}”在新网站打开的是网页，不是文件：{}",
                file.shown, other.url
            ),
        ),
        FileState::Opens if is_known && differs(file, other) => report(
            LossKind::AttachmentDiffers,
            format!(
                "附件“{}”与原文件不同：原 {} 字节，现 {} 字节（只读开头）",
                file.shown, file.size_bytes, other.size_bytes
            ),
        ),
        FileState::Opens => {}
        // A file at a third place, to which both sites lead.
        FileState::Unknown { .. } if file.url == other.url => {}
        FileState::Unknown { why } => {
            found.unclear(LossKind::AttachmentDead, &before.title, &other.url, why);
        }
    }
}

fn differs(file: &Attachment, other: &Attachment) -> bool {
    let both_opened = file.state == FileState::Opens && file.size_bytes > 0;
    both_opened && file.sha256 != other.sha256
}

/// Pictures are counted: systems rename and resize them.
pub(super) fn pictures(before: &Article, after: &Article, found: &mut Found) {
    let names = |pictures: &[Picture]| -> BTreeSet<String> {
        let shown = pictures
            .iter()
            .filter(|picture| picture.opens != Some(false));
        shown.map(|picture| picture.name.clone()).collect()
    };
    let (was, is) = (names(&before.pictures), names(&after.pictures));
    if is.len() >= was.len() {
        return;
    }
    let gone: Vec<&str> = was.difference(&is).map(String::as_str).take(3).collect();
    let dead = after
        .pictures
        .iter()
        .filter(|picture| picture.opens == Some(false))
        .count();
    let cause = match dead {
        0 => String::new(),
        count => format!("，另有 {count} 张打不开"),
    };
    let detail = format!(
        "原有 {} 张图片，现有 {} 张{cause}；如 {}",
        was.len(),
        is.len(),
        gone.join("、")
    );
    let loss = Loss::of(
        LossKind::PicturesLost,
        &before.title,
        detail,
        before.evidence.clone(),
    );
    found.losses.push(
        loss.on_old(before.url())
            .on_new(after.url())
            .and_evidence(&after.evidence),
    );
}
