//! 网址写法: addresses as people read them on paper.

use percent_encoding::percent_decode_str;

/// An address with its percent-encoded letters as letters. What stands for a sign of the address itself, a blank or no letter at all
/// stays as it is, so that the address still leads to the same page.
pub fn readable(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        let run = &rest[at..at + run_length(&rest[at..])];
        if run.is_empty() {
            out.push('%');
            rest = &rest[at + 1..];
            continue;
        }
        match percent_decode_str(run).decode_utf8() {
            Ok(text) => text.chars().for_each(|c| put(&mut out, c)),
            Err(_) => out.push_str(run),
        }
        rest = &rest[at + run.len()..];
    }
    out.push_str(rest);
    out
}

/// Bytes of the `%XX` that stand one after the other at the beginning.
fn run_length(text: &str) -> usize {
    let is_code = |bytes: &[u8]| matches!(bytes, [b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    let codes = text.as_bytes().chunks(3).take_while(|bytes| is_code(bytes));
    codes.count() * 3
}

fn put(out: &mut String, c: char) {
    if c.is_alphanumeric() && !c.is_ascii() || "，。、：；？！“”《》（）—…·".contains(c)
    {
        out.push(c);
        return;
    }
    let mut bytes = [0; 4];
    for byte in c.encode_utf8(&mut bytes).bytes() {
        out.push_str(&format!("%{byte:02X}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_read_and_signs_stay() {
        for (url, read) in [
            (
                "https://www.yl.gov.cn/search?query=%E6%B2%B3%E9%95%BF%E5%88%B6&p=1",
                "https://www.yl.gov.cn/search?query=河长制&p=1",
            ),
            (
                "http://a.cn/%E6%B2%B3%20%26x%2Fy",
                "http://a.cn/河%20%26x%2Fy",
            ),
            ("http://a.cn/%D6%D0", "http://a.cn/%D6%D0"),
            ("http://a.cn/100%", "http://a.cn/100%"),
            ("http://a.cn/%zz%E6", "http://a.cn/%zz%E6"),
            ("http://a.cn/河", "http://a.cn/河"),
            ("", ""),
        ] {
            assert_eq!(readable(url), read);
        }
    }
}
