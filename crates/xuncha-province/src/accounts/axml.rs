//! A binary `AndroidManifest.xml`, as Android's build tools write it.

/// 清单: what a manifest says of its app.
pub struct Manifest<'a> {
    /// Package such as `cn.gov.qingshi.app`.
    pub package: &'a str,
    /// Version shown to people.
    pub version: &'a str,
    /// Version as a number.
    pub version_code: u32,
    /// Label of the app.
    pub label: &'a str,
}

const STRING_POOL: u16 = 0x0001;
const XML: u16 = 0x0003;
const START_NAMESPACE: u16 = 0x0100;
const END_NAMESPACE: u16 = 0x0101;
const START_ELEMENT: u16 = 0x0102;
const END_ELEMENT: u16 = 0x0103;
const RESOURCE_MAP: u16 = 0x0180;
const NONE: u32 = u32::MAX;
const TYPE_STRING: u8 = 0x03;
const TYPE_INTEGER: u8 = 0x10;

/// Index of the first string that is not an attribute with a resource number.
const URI: u32 = 4;
const PREFIX: u32 = 5;

/// Resource numbers of `versionCode`, `versionName`, `label`, `name`, which open the string pool.
const RESOURCES: [u32; 4] = [0x0101_021b, 0x0101_021c, 0x0101_0001, 0x0101_0003];

/// One attribute: namespace, name, string value or number.
struct Attribute {
    namespace: u32,
    name: u32,
    text: Option<u32>,
    number: u32,
}

/// Writes the manifest.
#[must_use]
pub fn manifest(manifest: &Manifest<'_>) -> Vec<u8> {
    let strings = [
        "versionCode",
        "versionName",
        "label",
        "name",
        "http://schemas.android.com/apk/res/android",
        "android",
        "package",
        "manifest",
        "uses-permission",
        "application",
        manifest.package,
        manifest.version,
        manifest.label,
        "android.permission.INTERNET",
    ];
    let mut body = string_pool(&strings);
    body.extend(resource_map());
    body.extend(namespace(START_NAMESPACE));
    body.extend(start(
        7,
        &[
            Attribute {
                namespace: URI,
                name: 0,
                text: None,
                number: manifest.version_code,
            },
            Attribute {
                namespace: URI,
                name: 1,
                text: Some(11),
                number: 11,
            },
            Attribute {
                namespace: NONE,
                name: 6,
                text: Some(10),
                number: 10,
            },
        ],
    ));
    body.extend(start(
        8,
        &[Attribute {
            namespace: URI,
            name: 3,
            text: Some(13),
            number: 13,
        }],
    ));
    body.extend(end(8));
    body.extend(start(
        9,
        &[Attribute {
            namespace: URI,
            name: 2,
            text: Some(12),
            number: 12,
        }],
    ));
    body.extend(end(9));
    body.extend(end(7));
    body.extend(namespace(END_NAMESPACE));
    chunk(XML, &[], &body)
}

/// A chunk: type, size of its head, size of all, further head, body.
fn chunk(kind: u16, head: &[u8], body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(8 + head.len() + body.len());
    out.extend(kind.to_le_bytes());
    out.extend((8 + head.len() as u16).to_le_bytes());
    out.extend((8 + head.len() as u32 + body.len() as u32).to_le_bytes());
    out.extend(head);
    out.extend(body);
    out
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_le_bytes()).collect()
}

/// The strings in UTF-16, each with its length before and a zero after.
fn string_pool(strings: &[&str]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut offsets = Vec::new();
    for text in strings {
        offsets.push(data.len() as u32);
        let units: Vec<u16> = text.encode_utf16().collect();
        data.extend((units.len() as u16).to_le_bytes());
        data.extend(units.iter().flat_map(|u| u.to_le_bytes()));
        data.extend([0, 0]);
    }
    data.resize(data.len().next_multiple_of(4), 0);
    let count = strings.len() as u32;
    let head = words(&[count, 0, 0, 28 + 4 * count, 0]);
    let mut body = words(&offsets);
    body.extend(data);
    chunk(STRING_POOL, &head, &body)
}

fn resource_map() -> Vec<u8> {
    chunk(RESOURCE_MAP, &[], &words(&RESOURCES))
}

fn namespace(kind: u16) -> Vec<u8> {
    chunk(kind, &words(&[1, NONE]), &words(&[PREFIX, URI]))
}

fn start(name: u32, attributes: &[Attribute]) -> Vec<u8> {
    let mut body = words(&[NONE, name]);
    for half in [20_u16, 20, attributes.len() as u16, 0, 0, 0] {
        body.extend(half.to_le_bytes());
    }
    for attribute in attributes {
        body.extend(words(&[
            attribute.namespace,
            attribute.name,
            attribute.text.unwrap_or(NONE),
        ]));
        body.extend(8_u16.to_le_bytes());
        body.extend([
            0,
            if attribute.text.is_some() {
                TYPE_STRING
            } else {
                TYPE_INTEGER
            },
        ]);
        body.extend(attribute.number.to_le_bytes());
    }
    chunk(START_ELEMENT, &words(&[1, NONE]), &body)
}

fn end(name: u32) -> Vec<u8> {
    chunk(END_ELEMENT, &words(&[1, NONE]), &words(&[NONE, name]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_fill_the_file_exactly() {
        let bytes = manifest(&Manifest {
            package: "cn.gov.a",
            version: "1.2",
            version_code: 12,
            label: "掌上青石",
        });
        let word = |at: usize| {
            u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        assert_eq!((word(0), word(4) as usize), (0x0008_0003, bytes.len()));
        let (mut at, mut kinds) = (8, Vec::new());
        while at < bytes.len() {
            kinds.push(word(at) & 0xffff);
            at += word(at + 4) as usize;
        }
        assert_eq!(at, bytes.len());
        assert_eq!(
            kinds,
            [
                1, 0x180, 0x100, 0x102, 0x102, 0x103, 0x102, 0x103, 0x103, 0x101
            ]
        );
    }
}
