//! Files and pictures of an article. What the template shows on many pages is `common` and left out.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::holdings::{Attachment, Picture};
use super::prose::comparable;
use super::reading::Read;
use crate::facts::model::{Area, LinkKind, LinkState, PageFacts};
use crate::facts::{attachment_name, canonical};

/// Files that an article offers.
pub(super) fn attachments(
    read: &Read<'_>,
    page: &PageFacts,
    common: &BTreeSet<String>,
) -> Vec<Attachment> {
    let links = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor && link.area == Area::Body);
    let files = links
        .filter(|link| !common.contains(&canonical(&link.url)))
        .filter_map(|link| {
            let name = attachment_name(&Url::parse(&link.url).ok()?)?;
            let (stem, extension) = name.rsplit_once('.')?;
            let seen = read.files.get(&canonical(&link.url));
            let shown = if link.text.trim().is_empty() {
                &name
            } else {
                &link.text
            };
            Some(Attachment {
                url: link.url.clone(),
                name: format!("{}.{}", comparable(stem), extension.to_ascii_lowercase()),
                text: comparable(&link.text),
                shown: shown.trim().to_owned(),
                state: read.file_state(&link.url),
                sha256: seen.map(|file| file.sha256.clone()).unwrap_or_default(),
                size_bytes: seen.map_or(0, |file| file.size_bytes),
                evidence: read
                    .looks
                    .get(&canonical(&link.url))
                    .or(seen.map(|file| &file.evidence))
                    .cloned(),
            })
        });
    files.collect()
}

/// Pictures that an article shows.
pub(super) fn pictures(
    read: &Read<'_>,
    page: &PageFacts,
    common: &BTreeSet<String>,
) -> Vec<Picture> {
    let links = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Image && link.area == Area::Body);
    let own = links.filter(|link| !common.contains(&canonical(&link.url)));
    let pictures = own.filter_map(|link| {
        let name = picture_name(&link.url)?;
        let opens = opens(read, &link.url);
        Some(Picture { name, opens })
    });
    // The same picture in several sizes is one, and opens where one of them does.
    let mut known: BTreeMap<String, Option<bool>> = BTreeMap::new();
    for picture in pictures {
        let opens = known.entry(picture.name).or_insert(picture.opens);
        *opens = (*opens).max(picture.opens);
    }
    known
        .into_iter()
        .map(|(name, opens)| Picture { name, opens })
        .collect()
}

fn opens(read: &Read<'_>, url: &str) -> Option<bool> {
    let key = canonical(url);
    match read.states.get(&key) {
        Some(LinkState::Dead { .. }) => Some(false),
        Some(_) => None,
        None => read.files.contains_key(&key).then_some(true),
    }
}

/// The name of a picture's file without extension and size (`banner-300x200.png`), also where the query names it. What names no file
/// counts visitors or runs tasks.
pub(super) fn picture_name(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    let is_picture = |name: &str| {
        let extension = name
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_ascii_lowercase());
        extension.is_some_and(|e| {
            matches!(
                e.as_str(),
                "jpg" | "jpeg" | "png" | "gif" | "bmp" | "webp" | "svg" | "avif"
            )
        })
    };
    let path = percent_encoding::percent_decode_str(parsed.path())
        .decode_utf8_lossy()
        .into_owned();
    let asked = parsed.query_pairs().map(|(_, value)| value.into_owned());
    let name = std::iter::once(path)
        .chain(asked)
        .filter_map(|text| text.rsplit(['/', ':']).next().map(str::to_owned))
        .find(|name| is_picture(name))?;
    let stem = name
        .rsplit_once('.')
        .map_or(name.as_str(), |(stem, _)| stem);
    let is_size = |tail: &str| {
        let sides: Vec<&str> = tail.split('x').collect();
        sides.len() == 2
            && sides
                .iter()
                .all(|side| !side.is_empty() && side.bytes().all(|b| b.is_ascii_digit()))
    };
    let stem = match stem.rsplit_once(['-', '_']) {
        Some((head, tail)) if is_size(tail) || tail == "scaled" || tail == "thumb" => head,
        _ => stem,
    };
    Some(comparable(stem))
}
