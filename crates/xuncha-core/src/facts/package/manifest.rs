//! AndroidManifest.xml in the binary form that packages carry: a pool of strings, numbers of known attributes, and start tags.
//!
//! Everything is bounds-checked; what does not fit the form is left out, never guessed.

use crate::facts::model::AppManifest;

/// Chunks of the file.
const XML: u16 = 0x0003;
const STRINGS: u16 = 0x0001;
const ATTRIBUTE_NUMBERS: u16 = 0x0180;
const START_TAG: u16 = 0x0102;
/// Flag of a pool whose strings are UTF-8 and not UTF-16.
const IS_UTF8: u32 = 1 << 8;
/// Numbers of attributes; names may be left empty where there is a number.
const NAME: u32 = 0x0101_0003;
const MIN_SDK: u32 = 0x0101_020c;
const VERSION_CODE: u32 = 0x0101_021b;
const VERSION_NAME: u32 = 0x0101_021c;
const TARGET_SDK: u32 = 0x0101_0270;
/// Kinds of values.
const TEXT_VALUE: u8 = 0x03;
const FIRST_INTEGER: u8 = 0x10;
const LAST_INTEGER: u8 = 0x11;
/// More permissions than any app asks for.
const MAX_PERMISSIONS: usize = 500;
/// Longest string that is read.
const MAX_STRING_BYTES: usize = 4_096;

/// What a binary manifest says; `None` where it is none.
pub fn read(bytes: &[u8]) -> Option<AppManifest> {
    let (kind, header, _) = chunk(bytes, 0)?;
    if kind != XML {
        return None;
    }
    let mut at = header;
    let mut file = File::default();
    let mut manifest = AppManifest::default();
    while let Some((kind, header, size)) = chunk(bytes, at) {
        let body = &bytes[at..at + size];
        match kind {
            STRINGS => file.pool = Pool::read(body),
            ATTRIBUTE_NUMBERS => file.numbers = numbers(&body[header..]),
            START_TAG => file.start_tag(&body[header..], &mut manifest),
            _ => {}
        }
        at += size;
    }
    (!manifest.package.is_empty()).then_some(manifest)
}

/// Kind, size of the head and size of the chunk at a place.
fn chunk(bytes: &[u8], at: usize) -> Option<(u16, usize, usize)> {
    let kind = half(bytes, at)?;
    let header = usize::from(half(bytes, at + 2)?);
    let size = word(bytes, at + 4)? as usize;
    let fits = header >= 8 && size >= header && size <= bytes.len() - at;
    fits.then_some((kind, header, size))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn numbers(body: &[u8]) -> Vec<u32> {
    let words = body.chunks_exact(4);
    words.filter_map(|four| word(four, 0)).collect()
}

/// The strings of a manifest, read when they are asked for.
#[derive(Default)]
struct Pool<'a> {
    body: &'a [u8],
    count: usize,
    start: usize,
    is_utf8: bool,
}

impl<'a> Pool<'a> {
    fn read(body: &'a [u8]) -> Pool<'a> {
        let whole = || {
            Some(Pool {
                body,
                count: word(body, 8)? as usize,
                is_utf8: word(body, 16)? & IS_UTF8 != 0,
                start: word(body, 20)? as usize,
            })
        };
        whole().unwrap_or_default()
    }

    fn text(&self, index: u32) -> Option<String> {
        let index = index as usize;
        if index >= self.count {
            return None;
        }
        let offset = word(self.body, 28 + index * 4)? as usize;
        let at = self.start.checked_add(offset)?;
        match self.is_utf8 {
            true => self.narrow(at),
            false => self.wide(at),
        }
    }

    /// UTF-8: its length in characters and in bytes, each in one or two bytes, then the text.
    fn narrow(&self, at: usize) -> Option<String> {
        let (_, after) = self.narrow_length(at)?;
        let (bytes, start) = self.narrow_length(after)?;
        let text = self.body.get(start..start.checked_add(bytes)?)?;
        (bytes <= MAX_STRING_BYTES).then(|| String::from_utf8_lossy(text).into_owned())
    }

    fn narrow_length(&self, at: usize) -> Option<(usize, usize)> {
        let first = usize::from(*self.body.get(at)?);
        if first & 0x80 == 0 {
            return Some((first, at + 1));
        }
        let second = usize::from(*self.body.get(at + 1)?);
        Some(((first & 0x7f) << 8 | second, at + 2))
    }

    /// UTF-16: its length in units, in one or two units, then the text.
    fn wide(&self, at: usize) -> Option<String> {
        let first = usize::from(half(self.body, at)?);
        let (units, start) = match first & 0x8000 {
            0 => (first, at + 2),
            _ => {
                let second = usize::from(half(self.body, at + 2)?);
                ((first & 0x7fff) << 16 | second, at + 4)
            }
        };
        if units > MAX_STRING_BYTES / 2 {
            return None;
        }
        let text = self.body.get(start..start + units * 2)?;
        let units: Vec<u16> = text
            .chunks_exact(2)
            .filter_map(|two| half(two, 0))
            .collect();
        Some(String::from_utf16_lossy(&units))
    }
}

#[derive(Default)]
struct File<'a> {
    pool: Pool<'a>,
    /// Numbers of the attributes that the first strings name.
    numbers: Vec<u32>,
}

/// One attribute: its number or name, and its value as text.
struct Attribute {
    number: u32,
    name: String,
    value: String,
}

impl Attribute {
    fn is(&self, number: u32, name: &str) -> bool {
        self.number == number || self.number == 0 && self.name == name
    }
}

impl File<'_> {
    fn start_tag(&self, body: &[u8], manifest: &mut AppManifest) {
        let Some(name) = word(body, 4).and_then(|index| self.pool.text(index)) else {
            return;
        };
        let find = |attributes: &[Attribute], number, name| {
            let found = attributes.iter().find(|one| one.is(number, name));
            found.map(|one| one.value.clone())
        };
        let attributes = self.attributes(body).unwrap_or_default();
        match name.as_str() {
            "manifest" => {
                let package = attributes.iter().find(|one| one.name == "package");
                manifest.package = package.map_or_else(String::new, |one| one.value.clone());
                manifest.version_name =
                    find(&attributes, VERSION_NAME, "versionName").unwrap_or_default();
                let code = find(&attributes, VERSION_CODE, "versionCode");
                manifest.version_code = code.and_then(|code| code.parse().ok());
            }
            "uses-sdk" => {
                let number = |number, name| find(&attributes, number, name)?.parse().ok();
                manifest.min_sdk = number(MIN_SDK, "minSdkVersion");
                manifest.target_sdk = number(TARGET_SDK, "targetSdkVersion");
            }
            "uses-permission" | "uses-permission-sdk-23" => {
                let asked = find(&attributes, NAME, "name").filter(|name| !name.is_empty());
                let is_new = |name: &String| !manifest.permissions.contains(name);
                if let Some(name) = asked.filter(is_new)
                    && manifest.permissions.len() < MAX_PERMISSIONS
                {
                    manifest.permissions.push(name);
                }
            }
            _ => {}
        }
    }

    fn attributes(&self, body: &[u8]) -> Option<Vec<Attribute>> {
        let start = usize::from(half(body, 8)?);
        let size = usize::from(half(body, 10)?).max(20);
        let count = usize::from(half(body, 12)?);
        let all = (0..count).map_while(|index| self.attribute(body, start + index * size));
        Some(all.collect())
    }

    fn attribute(&self, body: &[u8], at: usize) -> Option<Attribute> {
        let index = word(body, at + 4)?;
        let (kind, data) = (*body.get(at + 15)?, word(body, at + 16)?);
        let value = match kind {
            TEXT_VALUE => self.pool.text(data).unwrap_or_default(),
            // Integers are signed; no number that is read here is negative.
            FIRST_INTEGER..=LAST_INTEGER => data.to_string(),
            _ => String::new(),
        };
        Some(Attribute {
            number: self
                .numbers
                .get(index as usize)
                .copied()
                .unwrap_or_default(),
            name: self.pool.text(index).unwrap_or_default(),
            value,
        })
    }
}
