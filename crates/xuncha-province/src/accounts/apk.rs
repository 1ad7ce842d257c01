//! App packages: a real, small APK, and the broken forms of it.

use std::io::{Cursor, Write};

use anyhow::Result;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::axml::{self, Manifest};
use crate::rng::Rng;

/// Builds the package: manifest, code, resources, pictures and the files of a version 1 signature.
///
/// # Errors
/// When the archive cannot be written, which does not happen in memory.
pub fn apk(manifest: &Manifest<'_>, text_manifest: bool) -> Result<Vec<u8>> {
    let xml = if text_manifest {
        manifest_text(manifest)
    } else {
        axml::manifest(manifest)
    };
    let mut files = vec![("AndroidManifest.xml", xml)];
    files.extend(payload(manifest.package));
    files.push(("classes.dex", dex(manifest.package)));
    let signature = signature(&files);
    files.extend(signature);
    archive(&files)
}

/// The same archive without manifest and code: a ZIP that only bears the name of a package.
///
/// # Errors
/// As [`apk`].
pub fn renamed_zip(package: &str) -> Result<Vec<u8>> {
    let readme = format!("{package}\n安装说明：请联系管理员获取安装包。\n");
    archive(&[
        ("说明/安装说明.txt", readme.into_bytes()),
        ("说明/icon.png", noise(package, 3_000)),
    ])
}

/// The first three fifths of the package, so that its directory is missing.
#[must_use]
pub fn truncated(apk: &[u8]) -> &[u8] {
    &apk[..apk.len() * 3 / 5]
}

fn archive(files: &[(&str, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let time = DateTime::from_date_and_time(2026, 1, 8, 10, 30, 0)?;
    for (name, body) in files {
        // Android stores its resource table and its pictures uncompressed.
        let method = if name.ends_with(".arsc") || name.ends_with(".png") {
            CompressionMethod::Stored
        } else {
            CompressionMethod::Deflated
        };
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(time);
        writer.start_file(*name, options)?;
        writer.write_all(body)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// Resources and pictures; what they hold does not matter, that they have some size does.
fn payload(package: &str) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("resources.arsc", resource_table()),
        ("res/mipmap-hdpi/ic_launcher.png", noise(package, 12_000)),
        (
            "res/drawable/splash.png",
            noise(&format!("{package} splash"), 40_000),
        ),
        (
            "assets/config.json",
            br#"{"api":"https://app.platform.example/api","channel":"official"}"#.to_vec(),
        ),
    ]
}

fn noise(key: &str, length: usize) -> Vec<u8> {
    let mut rng = Rng::new(1, key);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend((0..length / 8).flat_map(|_| rng.next_u64().to_le_bytes()));
    bytes
}

/// A resource table with an empty string pool and no package.
fn resource_table() -> Vec<u8> {
    let mut table = Vec::new();
    for word in [0x000c_0002_u32, 40, 0, 0x001c_0001, 28, 0, 0, 0, 28, 0] {
        table.extend(word.to_le_bytes());
    }
    table
}

/// A code file: the head of format 035 with its size and checksum, over an empty body.
fn dex(package: &str) -> Vec<u8> {
    let mut rest = Sha256::digest(package)[..20].to_vec();
    let size = 0x70_u32 + 4_096;
    for word in [size, 0x70, 0x1234_5678] {
        rest.extend(word.to_le_bytes());
    }
    rest.resize(size as usize - 12, 0);
    let mut file = b"dex\n035\0".to_vec();
    file.extend(adler32(&rest).to_le_bytes());
    file.extend(rest);
    file
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1_u32, 0_u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

/// The three files of a version 1 signature; the digests are true, the certificate block is a shell.
fn signature(files: &[(&str, Vec<u8>)]) -> Vec<(&'static str, Vec<u8>)> {
    let mut list = String::from("Manifest-Version: 1.0\r\nCreated-By: 1.0 (Android)\r\n\r\n");
    for (name, body) in files {
        list.push_str(&format!(
            "Name: {name}\r\nSHA-256-Digest: {}\r\n\r\n",
            base64(&Sha256::digest(body))
        ));
    }
    let digest = base64(&Sha256::digest(list.as_bytes()));
    let sf = format!(
        "Signature-Version: 1.0\r\nCreated-By: 1.0 (Android)\r\nSHA-256-Digest-Manifest: {digest}\r\n\r\n"
    );
    let mut rsa = vec![0x30, 0x82, 0x01, 0x00];
    rsa.resize(260, 0);
    vec![
        ("META-INF/MANIFEST.MF", list.into_bytes()),
        ("META-INF/CERT.SF", sf.into_bytes()),
        ("META-INF/CERT.RSA", rsa),
    ]
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in bytes.chunks(3) {
        let word =
            group.iter().fold(0_u32, |w, &b| w << 8 | u32::from(b)) << (8 * (3 - group.len()));
        for nth in 0..4 {
            if nth <= group.len() {
                out.push(LETTERS[(word >> (18 - 6 * nth)) as usize & 63] as char);
            } else {
                out.push('=');
            }
        }
    }
    out
}

fn manifest_text(manifest: &Manifest<'_>) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<manifest xmlns:android=\"http://schemas.android.com/apk/res/android\" \
         package=\"{}\" android:versionCode=\"{}\" android:versionName=\"{}\">\n  <application android:label=\"{}\"/>\n</manifest>\n",
        manifest.package, manifest.version_code, manifest.version, manifest.label
    )
    .into_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Read;

    use super::*;

    fn sample() -> Manifest<'static> {
        Manifest {
            package: "cn.gov.qingshi.app",
            version: "2.1.0",
            version_code: 210,
            label: "掌上青石",
        }
    }

    #[test]
    fn a_package_opens_and_holds_what_android_needs() {
        let bytes = apk(&sample(), false).unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        for name in [
            "AndroidManifest.xml",
            "classes.dex",
            "resources.arsc",
            "META-INF/MANIFEST.MF",
            "META-INF/CERT.RSA",
        ] {
            assert!(zip.by_name(name).is_ok(), "{name}");
        }
        let mut dex = Vec::new();
        zip.by_name("classes.dex")
            .unwrap()
            .read_to_end(&mut dex)
            .unwrap();
        assert_eq!(&dex[..8], b"dex\n035\0");
        assert_eq!(
            u32::from_le_bytes(dex[8..12].try_into().unwrap()),
            adler32(&dex[12..])
        );
        assert_eq!(
            u32::from_le_bytes(dex[32..36].try_into().unwrap()) as usize,
            dex.len()
        );
    }

    #[test]
    fn the_broken_forms_are_broken() {
        let bytes = apk(&sample(), true).unwrap();
        assert!(zip::ZipArchive::new(Cursor::new(truncated(&bytes))).is_err());
        let mut zip = zip::ZipArchive::new(Cursor::new(renamed_zip("cn.gov.a").unwrap())).unwrap();
        assert!(zip.by_name("AndroidManifest.xml").is_err());
    }

    #[test]
    fn base64_and_adler_match_known_values() {
        assert_eq!(
            (base64(b"Man"), base64(b"Ma"), base64(b"M")),
            ("TWFu".into(), "TWE=".into(), "TQ==".into())
        );
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }
}
