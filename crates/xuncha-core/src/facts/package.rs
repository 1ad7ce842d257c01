//! Downloads of apps: APK with its manifest and signatures, other archives, truncated ones, and pages in their place.

mod manifest;
mod signature;

use std::io::{Cursor, Read};

use super::model::PackageFacts;
use crate::evidence::Capture;

/// The central directory's end record; an archive without it did not come whole.
const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";
/// Manifests are small; more is not read.
const MANIFEST_LIMIT: u64 = 1_000_000;

/// What a download turned out to be; `None` where the answer is a page or feed that was asked as such.
pub(crate) fn read(capture: &Capture, body: &[u8]) -> Option<PackageFacts> {
    let asked_for_package = {
        let path = capture
            .url
            .split(['?', '#'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        path.ends_with(".apk") || path.ends_with(".zip") || path.contains("download")
    };
    let kind = capture.content_type.to_ascii_lowercase();
    let is_archive_type = ["android.package-archive", "zip", "octet-stream"]
        .iter()
        .any(|sign| kind.contains(sign));
    let is_zip = body.starts_with(b"PK\x03\x04");
    if !(asked_for_package || is_archive_type || is_zip) {
        return None;
    }
    let facts = |kind: &str, package: Option<String>| {
        Some(PackageFacts {
            kind: kind.to_owned(),
            size_bytes: capture.size_bytes.max(body.len() as u64),
            package,
            manifest: None,
            signatures: None,
        })
    };
    if !is_zip {
        let head = String::from_utf8_lossy(&body[..body.len().min(512)]).to_ascii_lowercase();
        let is_html = !body.is_empty()
            && (kind.contains("html") || head.contains("<html") || head.contains("<!doctype"));
        return facts(if is_html { "html" } else { "other" }, None);
    }
    // Reading stopped at our own limit: the part that came looks like an archive, and nothing more can be said.
    if capture.truncated {
        let names_manifest = find(body, b"AndroidManifest.xml").is_some();
        return facts(if names_manifest { "apk" } else { "unread" }, None);
    }
    if body
        .windows(4)
        .rev()
        .take(70_000)
        .all(|four| four != END_OF_DIRECTORY)
    {
        return facts("truncated", None);
    }
    match zip::ZipArchive::new(Cursor::new(body)) {
        Err(_) => facts("truncated", None),
        Ok(mut archive) => {
            let directory = archive.central_directory_start();
            let names = archive.file_names().filter_map(Result::ok);
            let signatures = signature::schemes(body, directory, names);
            let Ok(entry) = archive.by_name("AndroidManifest.xml") else {
                return facts("zip", None);
            };
            let mut bytes = Vec::new();
            let is_whole = entry.take(MANIFEST_LIMIT).read_to_end(&mut bytes).is_ok();
            if !is_whole {
                return facts("truncated", None);
            }
            let manifest = manifest::read(&bytes);
            let package = manifest.as_ref().map(|manifest| manifest.package.clone());
            let package = package.or_else(|| package_name(&bytes));
            facts("apk", package).map(|facts| PackageFacts {
                manifest,
                signatures: Some(signatures),
                ..facts
            })
        }
    }
}

fn find(body: &[u8], needle: &[u8]) -> Option<usize> {
    body.windows(needle.len())
        .position(|window| window == needle)
}

/// The package name: from a plain manifest's attribute, or the first dotted name in a binary one's string pool (UTF-16 or UTF-8).
fn package_name(manifest: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(manifest);
    if let Some((_, rest)) = text.split_once("package=\"") {
        return rest.split('"').next().map(str::to_owned);
    }
    let narrow: Vec<u8> = if find(manifest, b"m\0a\0n\0i\0f\0e\0s\0t\0").is_some() {
        manifest.iter().copied().filter(|byte| *byte != 0).collect()
    } else {
        manifest.to_vec()
    };
    narrow
        .split(|byte| {
            !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_'))
        })
        .filter_map(|word| std::str::from_utf8(word).ok())
        .find(|word| {
            word.matches('.').count() >= 2
                && !word.starts_with("android.")
                && !word.contains("..")
                && !word.starts_with('.')
                && !word.starts_with("schemas.")
                && !word.ends_with(".com")
        })
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::facts::test_capture;
    use std::io::Write;

    fn archive(name: &str) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        writer
            .write_all(b"<manifest package=\"cn.gov.qingshi.app\"></manifest>")
            .unwrap();
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn kinds_of_downloads() {
        let apk = archive("AndroidManifest.xml");
        let zip = archive("readme.txt");
        let half = &apk[..apk.len() / 2];
        for (body, kind) in [
            (apk.as_slice(), "apk"),
            (&zip, "zip"),
            (half, "truncated"),
            (b"<html>gone</html>", "html"),
            (b"", "other"),
        ] {
            let facts = read(&test_capture("http://a.cn/app.apk"), body).unwrap();
            assert_eq!(facts.kind, kind);
        }
        assert_eq!(
            read(&test_capture("http://a.cn/app.apk"), &apk)
                .unwrap()
                .package
                .as_deref(),
            Some("cn.gov.qingshi.app")
        );
        assert_eq!(
            read(&test_capture("http://a.cn/u/1"), b"<html></html>"),
            None
        );
        // What our own limit cut off is not held against the package.
        let mut cut = test_capture("http://a.cn/app.apk");
        cut.truncated = true;
        assert_eq!(read(&cut, &zip[..20]).unwrap().kind, "unread");
        assert_eq!(read(&cut, &apk[..apk.len() / 2]).unwrap().kind, "apk");
    }

    /// A manifest in binary form, with strings in UTF-8 or UTF-16, as the tools of Android write it.
    fn binary_manifest(is_utf8: bool) -> Vec<u8> {
        let strings = [
            "versionCode",
            "versionName",
            "minSdkVersion",
            "name",
            "package",
            "manifest",
            "uses-sdk",
            "uses-permission",
            "cn.gov.qingshi.app",
            "3.2.1",
            "android.permission.CAMERA",
        ];
        let mut data = Vec::new();
        let mut offsets = Vec::new();
        for text in strings {
            offsets.push(data.len() as u32);
            match is_utf8 {
                true => {
                    data.extend([text.len() as u8, text.len() as u8]);
                    data.extend(text.bytes().chain([0]));
                }
                false => {
                    data.extend((text.len() as u16).to_le_bytes());
                    data.extend(text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes));
                }
            }
        }
        data.resize(data.len().next_multiple_of(4), 0);
        let chunk = |kind: u16, header: u16, body: Vec<u8>| {
            let mut out = kind.to_le_bytes().to_vec();
            out.extend(header.to_le_bytes());
            out.extend((body.len() as u32 + 8).to_le_bytes());
            out.extend(body);
            out
        };
        let words = |words: &[u32]| -> Vec<u8> {
            words.iter().flat_map(|word| word.to_le_bytes()).collect()
        };
        let start = 28 + offsets.len() as u32 * 4;
        let flags = if is_utf8 { 1 << 8 } else { 0 };
        let mut pool = words(&[strings.len() as u32, 0, flags, start, 0]);
        pool.extend(words(&offsets));
        pool.extend(data);
        let tag = |name: u32, attributes: &[(u32, u8, u32)]| {
            let mut body = words(&[1, u32::MAX, u32::MAX, name]);
            body.extend([20, 0, 20, 0, attributes.len() as u8, 0, 0, 0, 0, 0, 0, 0]);
            for (name, kind, data) in attributes {
                body.extend(words(&[u32::MAX, *name, u32::MAX]));
                body.extend([8, 0, 0, *kind]);
                body.extend(words(&[*data]));
            }
            chunk(0x0102, 16, body)
        };
        let mut all = chunk(0x0001, 28, pool);
        all.extend(chunk(
            0x0180,
            8,
            words(&[0x0101_021b, 0x0101_021c, 0x0101_020c, 0x0101_0003]),
        ));
        all.extend(tag(5, &[(0, 0x10, 321), (1, 3, 9), (4, 3, 8)]));
        all.extend(tag(6, &[(2, 0x10, 23)]));
        all.extend(tag(7, &[(3, 3, 10)]));
        all.extend(tag(7, &[(3, 3, 10)]));
        chunk(0x0003, 8, all)
    }

    #[test]
    fn binary_manifests_say_version_and_permissions() {
        for is_utf8 in [true, false] {
            let bytes = binary_manifest(is_utf8);
            let read = manifest::read(&bytes).unwrap();
            assert_eq!(read.package, "cn.gov.qingshi.app");
            assert_eq!(
                (read.version_name.as_str(), read.version_code),
                ("3.2.1", Some(321))
            );
            assert_eq!((read.min_sdk, read.target_sdk), (Some(23), None));
            assert_eq!(read.permissions, ["android.permission.CAMERA"]);
            // Torn and bent ones are read as far as they go.
            for at in 0..bytes.len() {
                manifest::read(&bytes[..at]);
                let mut bent = bytes.clone();
                bent[at] ^= 0xff;
                manifest::read(&bent);
            }
        }
        assert_eq!(manifest::read(b"<manifest package=\"a.b.c\"/>"), None);
    }
}
