//! Which encoding an answer is in: BOM, `Content-Type`, meta prescan, then a guess on the first 4 KB.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED,
};

/// Bytes that the prescan looks at. The standard asks for 1,024; real pages put long comments before their meta.
const PRESCAN_BYTES: usize = 32_768;
/// Bytes that a guess is made on.
const GUESS_BYTES: usize = 4096;

/// The encoding of an HTML body. GB2312 and GBK are read as GB18030, which contains both. A declaration that the bytes plainly
/// contradict is not believed: servers declare one encoding for all pages, and pages keep the head of their template.
pub fn detect(body: &[u8], content_type: &str) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(body) {
        return encoding;
    }
    let declared = from_content_type(content_type).or_else(|| prescan(body));
    let found = match declared {
        Some(declared) => corrected(declared, body),
        None => bare_utf16(body).unwrap_or_else(|| guess(body)),
    };
    if found == GBK { GB18030 } else { found }
}

/// The declared encoding, or the one that the bytes prove.
fn corrected(declared: &'static Encoding, body: &[u8]) -> &'static Encoding {
    if declared == UTF_8 {
        // Nearly every body is what it says, which is seen several times as fast as where it is not.
        if simdutf8::basic::from_utf8(body).is_ok() {
            return UTF_8;
        }
        let Err(error) = std::str::from_utf8(body) else {
            return UTF_8;
        };
        // A body cut inside of a letter, or one bad byte, proves nothing.
        let is_cut = error.valid_up_to() + 4 > body.len();
        return if !is_cut && reads_as_chinese(body) {
            GB18030
        } else {
            UTF_8
        };
    }
    let is_chinese = declared == GBK || declared == GB18030 || declared == BIG5;
    if is_chinese && is_plainly_utf8(body) {
        return UTF_8;
    }
    declared
}

/// Valid UTF-8 with several Han characters: no text in GBK or Big5 looks so by chance.
fn is_plainly_utf8(body: &[u8]) -> bool {
    let Ok(text) = simdutf8::basic::from_utf8(body) else {
        return false;
    };
    let han = text
        .chars()
        .filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}'));
    han.take(4).count() == 4
}

/// No UTF-8 at all: GB18030 without a single error where UTF-8 has many.
fn reads_as_chinese(body: &[u8]) -> bool {
    let mut rest = body;
    let mut errors = 0;
    while let Err(error) = std::str::from_utf8(rest) {
        errors += 1;
        if errors == 8 {
            break;
        }
        let step = error.valid_up_to() + error.error_len().unwrap_or(rest.len()).max(1);
        rest = &rest[step.min(rest.len())..];
    }
    errors == 8 && !GB18030.decode_without_bom_handling(body).1
}

/// UTF-16 without BOM and declaration: ASCII markup with every other byte zero.
fn bare_utf16(body: &[u8]) -> Option<&'static Encoding> {
    match body.get(..4)? {
        [b'<', 0, next, 0] if next.is_ascii() => Some(UTF_16LE),
        [0, b'<', 0, next] if next.is_ascii() => Some(UTF_16BE),
        _ => None,
    }
}

/// Decodes a body; malformed bytes become U+FFFD. NULs are dropped, as a browser drops them from text: a parser notes an error for
/// each, so that a body of nothing else would take a hundred times its size.
pub fn decode<'b>(body: &'b [u8], encoding: &'static Encoding) -> Cow<'b, str> {
    let text = encoding.decode(body).0;
    if memchr::memchr(0, text.as_bytes()).is_some() {
        return Cow::Owned(text.replace('\0', ""));
    }
    text
}

fn from_content_type(content_type: &str) -> Option<&'static Encoding> {
    let label = charset_in(content_type.as_bytes())?;
    Encoding::for_label(&label)
}

fn guess(body: &[u8]) -> &'static Encoding {
    // Pages open with ASCII markup; a window without any high byte says nothing, so it starts at the first one.
    let start = body.iter().position(|byte| *byte >= 0x80).unwrap_or(0);
    let window = &body[start..body.len().min(start + GUESS_BYTES)];
    if is_nearly_utf8(body) {
        return UTF_8;
    }
    // The detector is slow, and nearly all pages that declare nothing are plain Chinese.
    let simplified = Simplified::of(window);
    if simplified.is_plain() {
        return GB18030;
    }
    if simplified.is_none() && reads_as_korean(window) {
        return EUC_KR;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // The window may end inside of a letter.
    detector.feed(window, start + window.len() == body.len());
    let found = detector.guess(Some(b"cn"), Utf8Detection::Allow);
    if found == GBK && is_rather_big5(window) {
        return BIG5;
    }
    found
}

/// UTF-8 but for a cut at its end or a bad byte among many good letters; nothing else looks so by chance.
fn is_nearly_utf8(body: &[u8]) -> bool {
    let (mut letters, mut errors) = (0, 0);
    for chunk in body.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        errors += usize::from(!chunk.invalid().is_empty());
    }
    errors == 0 || letters >= 8 && letters >= errors * 16
}

/// How bytes read as GB18030: Han in all, the commonest of simplified text among them, and other letters.
struct Simplified {
    han: usize,
    common: usize,
    other: usize,
}

impl Simplified {
    fn of(window: &[u8]) -> Simplified {
        const COMMON: &str = "的一是不了在人有和为政府市县区工作务会国中发年月日公信息开关于通知机";
        let text = GB18030.decode_without_bom_handling(window).0;
        let (mut han, mut common, mut other) = (0, 0, 0);
        for letter in text.chars().filter(|letter| !letter.is_ascii()) {
            match letter {
                '\u{4e00}'..='\u{9fff}' => {
                    han += 1;
                    common += usize::from(COMMON.contains(letter));
                }
                '\u{3000}'..='\u{303f}'
                | '\u{ff00}'..='\u{ff5e}'
                | '\u{2010}'..='\u{2026}'
                | '\u{b7}' => {}
                _ => other += 1,
            }
        }
        Simplified { han, common, other }
    }

    /// Nothing but simplified Chinese shows its commonest characters so often among Han alone: other encodings share the rows of
    /// GB2312, not the characters.
    fn is_plain(&self) -> bool {
        self.han >= 24 && self.common * 8 >= self.han && self.other * 16 <= self.han
    }

    /// Chinese of some length without a single common character is none.
    fn is_none(&self) -> bool {
        self.han >= 24 && self.common * 50 < self.han
    }
}

/// Korean, as the sites of Korean autonomous places publish it: syllables without an error.
fn reads_as_korean(window: &[u8]) -> bool {
    let text = EUC_KR.decode_without_bom_handling(window).0;
    let is_syllable = |letter: &char| matches!(letter, '\u{ac00}'..='\u{d7a3}');
    let letters = text.chars().filter(|letter| !letter.is_ascii()).count();
    let syllables = text.chars().filter(is_syllable).count();
    syllables >= 16 && syllables * 10 >= letters * 9
}

/// Big5 and GBK share their bytes; only one of them gives Chinese. The commonest characters of both scripts decide.
fn is_rather_big5(window: &[u8]) -> bool {
    const COMMON: &str = "的一是不了在人有我他中大上以和會來國這政府之為其者於可此無而";
    let common = |encoding: &'static Encoding| {
        let text = encoding.decode_without_bom_handling(window).0;
        text.chars().filter(|c| COMMON.contains(*c)).count()
    };
    let (big5, gbk) = (common(BIG5), common(GBK));
    big5 >= 4 && big5 > gbk * 4
}

/// The standard's "prescan a byte stream to determine its encoding".
pub fn prescan(body: &[u8]) -> Option<&'static Encoding> {
    let bytes = &body[..body.len().min(PRESCAN_BYTES)];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"<!--") {
            at = rest
                .windows(3)
                .skip(2)
                .position(|three| three == b"-->")
                .map_or(bytes.len(), |found| at + 2 + found + 3);
            continue;
        }
        if is_meta(rest) {
            let (next, found) = read_meta(bytes, at + 5);
            if let Some(encoding) = found {
                return Some(encoding);
            }
            at = next;
            continue;
        }
        let is_tag = rest.len() > 1
            && rest[0] == b'<'
            && (rest[1].is_ascii_alphabetic()
                || rest[1] == b'/' && rest.get(2).is_some_and(u8::is_ascii_alphabetic));
        if is_tag {
            at += rest
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || *byte == b'>')
                .unwrap_or(rest.len());
            while let (next, Some(_)) = attribute(bytes, at) {
                at = next;
            }
            at = skip_past_gt(bytes, at);
            continue;
        }
        if rest.starts_with(b"<!") || rest.starts_with(b"</") || rest.starts_with(b"<?") {
            at = skip_past_gt(bytes, at);
            continue;
        }
        at += 1;
    }
    None
}

fn skip_past_gt(bytes: &[u8], at: usize) -> usize {
    bytes[at.min(bytes.len())..]
        .iter()
        .position(|byte| *byte == b'>')
        .map_or(bytes.len(), |found| at + found + 1)
}

fn is_meta(rest: &[u8]) -> bool {
    rest.len() > 5
        && rest[..5].eq_ignore_ascii_case(b"<meta")
        && (rest[5].is_ascii_whitespace() || rest[5] == b'/')
}

fn read_meta(bytes: &[u8], mut at: usize) -> (usize, Option<&'static Encoding>) {
    let mut seen: Vec<Vec<u8>> = Vec::new();
    let mut got_pragma = false;
    let mut need_pragma: Option<bool> = None;
    let mut charset: Option<&'static Encoding> = None;
    while let (next, Some((name, value))) = attribute(bytes, at) {
        at = next;
        if seen.contains(&name) {
            continue;
        }
        match name.as_slice() {
            b"http-equiv" => got_pragma |= value.eq_ignore_ascii_case(b"content-type"),
            b"content" if charset.is_none() => {
                if let Some(found) =
                    charset_in(&value).and_then(|label| Encoding::for_label(&label))
                {
                    charset = Some(found);
                    need_pragma = Some(true);
                }
            }
            b"charset" => {
                charset = Encoding::for_label(&value);
                need_pragma = Some(false);
            }
            _ => {}
        }
        seen.push(name);
    }
    let at = attribute(bytes, at).0;
    let usable = match need_pragma {
        None => false,
        Some(true) => got_pragma,
        Some(false) => true,
    };
    // A tag that never closes is no tag.
    let found = charset
        .filter(|_| usable && bytes.get(at) == Some(&b'>'))
        .map(|encoding| {
            if encoding == UTF_16BE || encoding == UTF_16LE {
                UTF_8
            } else if encoding == X_USER_DEFINED {
                WINDOWS_1252
            } else {
                encoding
            }
        });
    (at, found)
}

type Pair = (Vec<u8>, Vec<u8>);

/// The standard's "get an attribute"; names and values in lower case.
fn attribute(bytes: &[u8], mut at: usize) -> (usize, Option<Pair>) {
    while bytes
        .get(at)
        .is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b'/')
    {
        at += 1;
    }
    if bytes.get(at).is_none_or(|byte| *byte == b'>') {
        return (at, None);
    }
    let mut name = Vec::new();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'=' if !name.is_empty() => break,
            b'/' | b'>' => return (at, Some((name, Vec::new()))),
            byte if byte.is_ascii_whitespace() => break,
            byte => name.push(byte.to_ascii_lowercase()),
        }
        at += 1;
    }
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    if bytes.get(at) != Some(&b'=') {
        return (at, Some((name, Vec::new())));
    }
    at += 1;
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    let mut value = Vec::new();
    match bytes.get(at) {
        Some(quote @ (b'"' | b'\'')) => {
            at += 1;
            while let Some(byte) = bytes.get(at) {
                at += 1;
                if byte == quote {
                    return (at, Some((name, value)));
                }
                value.push(byte.to_ascii_lowercase());
            }
            (at, None)
        }
        Some(b'>') | None => (at, Some((name, value))),
        Some(_) => {
            while let Some(byte) = bytes.get(at) {
                if byte.is_ascii_whitespace() || *byte == b'>' {
                    break;
                }
                value.push(byte.to_ascii_lowercase());
                at += 1;
            }
            (at, Some((name, value)))
        }
    }
}

/// The label after `charset=` in a content string.
fn charset_in(content: &[u8]) -> Option<Vec<u8>> {
    let lower = content.to_ascii_lowercase();
    let mut at = 0;
    loop {
        let found = lower[at..]
            .windows(7)
            .position(|seven| seven == b"charset")?;
        at += found + 7;
        let mut next = at;
        while lower.get(next).is_some_and(u8::is_ascii_whitespace) {
            next += 1;
        }
        if lower.get(next) != Some(&b'=') {
            continue;
        }
        next += 1;
        while lower.get(next).is_some_and(u8::is_ascii_whitespace) {
            next += 1;
        }
        let rest = &lower[next..];
        return match rest.first() {
            Some(quote @ (b'"' | b'\'')) => {
                let end = rest[1..].iter().position(|byte| byte == quote)?;
                Some(rest[1..=end].to_vec())
            }
            Some(_) => {
                let end = rest
                    .iter()
                    .position(|byte| byte.is_ascii_whitespace() || *byte == b';')
                    .unwrap_or(rest.len());
                Some(rest[..end].to_vec())
            }
            None => None,
        };
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn order_of_sources() {
        let gbk_body = b"<p>\xd5\xfe\xb8\xae\xcd\xf8\xd5\xbe\xb7\xa2\xb2\xbc\xd0\xc5\xcf\xa2\xb9\xab\xbf\xaa\xce\xc4\xbc\xfe</p>";
        let table: [(&[u8], &str, &str); 11] = [
            (
                b"\xef\xbb\xbf<meta charset=gbk>",
                "text/html; charset=gbk",
                "UTF-8",
            ),
            (
                b"<meta charset=utf-8>",
                "text/html; charset=GB2312",
                "gb18030",
            ),
            (b"<meta charset='gb2312'>", "text/html", "gb18030"),
            (
                b"<meta http-equiv=Content-Type content='text/html; charset=gbk'>",
                "",
                "gb18030",
            ),
            (
                b"<!-- <meta charset=gbk> --><p>\xe6\x94\xbf</p>",
                "",
                "UTF-8",
            ),
            (
                b"<meta content='text/html; charset=gbk'><p>a</p>",
                "",
                "UTF-8",
            ),
            (gbk_body, "", "gb18030"),
            (gbk_body, "text/html; charset=utf-8", "gb18030"),
            (
                "<meta charset=gbk><p>政府信息公开</p>".as_bytes(),
                "text/html; charset=gb2312",
                "UTF-8",
            ),
            (b"<meta charset=utf-8><p>one bad \xff byte</p>", "", "UTF-8"),
            (b"<\0h\0t\0m\0l\0>\0", "", "UTF-16LE"),
        ];
        for (body, header, expected) in table {
            assert_eq!(
                detect(body, header).name(),
                expected,
                "{}",
                String::from_utf8_lossy(body)
            );
        }
    }

    #[test]
    fn undeclared_text_is_told_by_its_bytes() {
        let table = [
            (
                "gb18030",
                "关于印发全市政务公开工作要点的通知。各县区人民政府，市政府有关部门：现将工作要点印发给你们，请认真贯彻执行。",
            ),
            (
                "Big5",
                "關於印發政務公開工作要點的通知。這是為了在政府與人民之間建立會議制度，其中的工作不可以有所延誤，我們和他們都來了。",
            ),
            (
                "EUC-KR",
                "연변조선족자치주 인민정부는 오늘 회의를 열고 올해의 사업을 배치하였다. 각 현과 시의 책임자들이 회의에 참가하였다.",
            ),
        ];
        for (name, text) in table {
            let encoding = Encoding::for_label(name.as_bytes()).unwrap();
            let body = format!("<html><body><p>{text}</p></body></html>");
            let bytes = encoding.encode(&body).0;
            assert_eq!(detect(&bytes, "text/html").name(), name, "{text}");
        }
        let long = "页面的内容".repeat(900);
        for padding in ["", "a", "bc"] {
            let mut body = format!("{padding}{long}").into_bytes();
            body.push(0xff);
            assert_eq!(detect(&body, "text/html"), UTF_8);
            body.truncate(8_000);
            assert_eq!(detect(&body, "text/html"), UTF_8);
        }
        let simplified = GB18030.encode(table[0].1).0;
        assert!(Simplified::of(&simplified).is_plain());
    }
}
