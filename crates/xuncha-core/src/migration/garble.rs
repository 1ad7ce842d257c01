//! 乱码: text that came in the characters of another charset, and what it was.

use encoding_rs::{Encoding, GBK, UTF_8, WINDOWS_1252};

use super::prose::{comparable, likeness};

/// Ways in which Chinese text goes wrong: written in the first charset's bytes, it was meant as the second.
const WAYS: [(&Encoding, &Encoding); 3] =
    [(GBK, UTF_8), (WINDOWS_1252, UTF_8), (WINDOWS_1252, GBK)];
/// Hundredths from which on a text is like the text that it was, and nothing is wrong with its characters.
const SOUND: usize = 50;
/// The same for a mended text: on the way bytes were lost that looked like spaces, and text of another kind mends to nothing.
const MENDED: usize = 20;
/// Hundredths of a mended text that may be lost; a sound text, mended, is lost to the most part.
const LOST: usize = 35;
/// Hundredths of a text's characters that are no text, from which on it counts as garbled beyond mending.
const BROKEN: usize = 20;

/// What a text may have been, for each way.
pub(super) fn mended(text: &str) -> impl Iterator<Item = String> + '_ {
    WAYS.iter().map(|(written, meant)| {
        let mut bytes = Vec::with_capacity(text.len());
        let mut buffer = [0; 4];
        for c in text.chars() {
            let (encoded, _, is_lost) = written.encode(c.encode_utf8(&mut buffer));
            match (c, is_lost) {
                // Pages show a no-break space as any other, and Latin-1 has controls where its successor has signs.
                (' ', _) if *written == WINDOWS_1252 => bytes.push(0xa0),
                ('\u{80}'..='\u{9f}', true) if *written == WINDOWS_1252 => bytes.push(c as u8),
                (_, true) => bytes.push(b'?'),
                (_, false) => bytes.extend_from_slice(&encoded),
            }
        }
        let (read, _) = meant.decode_without_bom_handling(&bytes);
        read.into_owned()
    })
}

/// Whether a mended text reads like one: it is another text, of four characters at least, and not too many hundredths of it are lost.
pub(super) fn is_plausible(mended: &str, text: &str, lost: usize) -> bool {
    mended != text && mended.chars().count() >= 4 && broken(mended) <= lost
}

/// Whether a text is another one in the characters of another charset, or is broken where the other is not.
pub(super) fn is_garbled(text: &str, original: &str) -> bool {
    let wanted = comparable(original);
    if text.trim().is_empty() || wanted.is_empty() || likeness(&comparable(text), &wanted) >= SOUND
    {
        return false;
    }
    if broken(text) >= BROKEN && broken(original) * 4 < BROKEN {
        return true;
    }
    mended(text)
        .filter(|read| is_plausible(read, text, LOST))
        .any(|read| likeness(&comparable(&read), &wanted) >= MENDED)
}

/// Hundredths of a text that are marks of loss.
fn broken(text: &str) -> usize {
    let visible = text.chars().filter(|c| !c.is_whitespace());
    let (mut all, mut lost) = (0_usize, 0_usize);
    for c in visible {
        all += 1;
        lost += usize::from(matches!(
            c,
            '\u{fffd}' | '?' | '锟' | '斤' | '拷' | '\u{e000}'..='\u{f8ff}'
        ));
    }
    lost * 100 / all.max(1)
}

/// Whether a title that lost characters may be another one: what is left of it stands there in the same order, and it is something.
pub(super) fn is_remains(title: &str, original: &str) -> bool {
    let is_lost = |c: char| matches!(c, '\u{fffd}' | '?' | '锟' | '斤' | '拷');
    if broken(title) < BROKEN {
        return false;
    }
    let parts = title.split(is_lost).map(comparable);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    let wanted = comparable(original);
    let mut from = 0;
    for part in &parts {
        let Some(at) = wanted[from..].find(part.as_str()) else {
            return false;
        };
        from += at + part.len();
    }
    !parts.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_the_wrong_charset_is_known() {
        let original = "关于做好二〇二六年春耕备耕工作的通知，各县区人民政府、市直有关单位";
        let (bytes, _, _) = UTF_8.encode(original);
        let read_as_gbk = GBK.decode_without_bom_handling(&bytes).0;
        let read_as_latin = WINDOWS_1252.decode_without_bom_handling(&bytes).0;
        let (bytes, _, _) = GBK.encode(original);
        let read_as_utf8 = UTF_8.decode_without_bom_handling(&bytes).0;
        let as_latin_1: String = original.bytes().map(char::from).collect();
        let as_shown = as_latin_1.replace(['\u{a0}', '\u{85}'], " ").into();
        for garbled in [read_as_gbk, read_as_latin, read_as_utf8, as_shown] {
            assert!(is_garbled(&garbled, original), "{garbled}");
        }
        assert!(!is_garbled(original, original));
        assert!(!is_garbled(
            "另一篇通知的正文，与原文毫无关系，请各单位遵照执行。",
            original
        ));
        assert!(!is_garbled("怎么办?找谁办?", "怎么办？找谁办？"));
    }

    #[test]
    fn remains_of_a_title_are_known() {
        assert!(is_remains("??2026?????", "关于2026年春耕的通知"));
        assert!(!is_remains("??2025?????", "关于2026年春耕的通知"));
        assert!(!is_remains("关于2026年春耕的通知", "关于2026年春耕的通知"));
    }
}
