//! Signatures of a package: which schemes it carries. Without any Android installs nothing; whether one is right is not judged here.

/// The signing block ends with this, right before the archive's directory.
const MAGIC: &[u8] = b"APK Sig Block 42";
/// Entries of the signing block.
const SCHEMES: [(u32, &str); 3] = [
    (0x7109_871a, "v2"),
    (0xf053_68c0, "v3"),
    (0x1b93_ad61, "v3.1"),
];
/// Most entries of a block that are read.
const MAX_ENTRIES: usize = 64;

/// Schemes by name, `v1` for signed files in `META-INF`. `directory` is where the archive's directory begins.
pub(super) fn schemes(
    body: &[u8],
    directory: u64,
    mut names: impl Iterator<Item = impl AsRef<str>>,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let is_signed_file = |name: &str| {
        let upper = name.to_ascii_uppercase();
        let is_block = [".RSA", ".DSA", ".EC"]
            .iter()
            .any(|end| upper.ends_with(end));
        upper.starts_with("META-INF/") && is_block
    };
    if names.any(|name| is_signed_file(name.as_ref())) {
        found.push("v1".to_owned());
    }
    let ids = usize::try_from(directory)
        .ok()
        .and_then(|directory| block(body, directory))
        .unwrap_or_default();
    for (id, name) in SCHEMES {
        if ids.contains(&id) {
            found.push(name.to_owned());
        }
    }
    found
}

/// Ids of the signing block before the directory: size, entries of (size, id, value), size again, magic.
fn block(body: &[u8], directory: usize) -> Option<Vec<u32>> {
    let before = body.get(..directory)?;
    let rest = before.strip_suffix(MAGIC)?;
    let size = usize::try_from(long(rest, rest.len().checked_sub(8)?)?).ok()?;
    // The size counts the second size and the magic.
    let entries = size.checked_sub(24)?;
    let end = rest.len() - 8;
    let mut rest = &rest[end.checked_sub(entries)?..end];
    let mut ids = Vec::new();
    while ids.len() < MAX_ENTRIES && !rest.is_empty() {
        let size = usize::try_from(long(rest, 0)?).ok()?;
        let entry = rest.get(8..size.checked_add(8)?)?;
        ids.push(u32::from_le_bytes(entry.get(..4)?.try_into().ok()?));
        rest = &rest[8 + size..];
    }
    Some(ids)
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(eight.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_block(ids: &[u32]) -> (Vec<u8>, u64) {
        let mut entries = Vec::new();
        for id in ids {
            entries.extend(12_u64.to_le_bytes());
            entries.extend(id.to_le_bytes());
            entries.extend([7; 8]);
        }
        let size = entries.len() as u64 + 24;
        let mut body = b"files".to_vec();
        body.extend(size.to_le_bytes());
        body.extend(entries);
        body.extend(size.to_le_bytes());
        body.extend(MAGIC);
        let directory = body.len() as u64;
        body.extend(b"directory");
        (body, directory)
    }

    #[test]
    fn schemes_are_told_by_block_and_by_file() {
        let (body, directory) = with_block(&[0x7109_871a, 0x4272_6577, 0xf053_68c0]);
        let names = ["AndroidManifest.xml", "META-INF/CERT.RSA"];
        assert_eq!(
            schemes(&body, directory, names.into_iter()),
            ["v1", "v2", "v3"]
        );
        assert_eq!(schemes(&body, directory, ["a"].into_iter()), ["v2", "v3"]);
        assert_eq!(schemes(&body, directory - 1, ["a"].into_iter()), [""; 0]);
        let manifest_only = ["META-INF/MANIFEST.MF"].into_iter();
        assert_eq!(schemes(b"", 0, manifest_only), [""; 0]);
    }

    #[test]
    fn torn_blocks_say_nothing() {
        let (body, directory) = with_block(&[0x7109_871a]);
        for at in 0..body.len() {
            let mut torn = body.clone();
            torn[at] ^= 0xff;
            schemes(&torn, directory, std::iter::empty::<&str>());
            schemes(&body[..at], directory, std::iter::empty::<&str>());
        }
    }
}
