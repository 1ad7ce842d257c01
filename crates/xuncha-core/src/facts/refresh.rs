//! `Refresh`, as the HTML standard reads it in a `meta` element and browsers read it in a header: seconds, then perhaps `url=` and quotes.

/// Seconds until the visitor is sent on, and the address as written; an empty address is the page's own. `None` where it is no refresh.
pub fn refresh(content: &[u8]) -> Option<(f32, &[u8])> {
    let content = content.trim_ascii();
    let end = content
        .iter()
        .position(|byte| !byte.is_ascii_digit() && *byte != b'.')
        .unwrap_or(content.len());
    let seconds: f32 = std::str::from_utf8(&content[..end]).ok()?.parse().ok()?;
    let after = content[end..].trim_ascii();
    let rest = after
        .strip_prefix(b";")
        .or_else(|| after.strip_prefix(b","));
    let rest = rest.unwrap_or(after).trim_ascii();
    let named = rest
        .split_at_checked(3)
        .filter(|(name, _)| name.eq_ignore_ascii_case(b"url"))
        .and_then(|(_, rest)| rest.trim_ascii().strip_prefix(b"="));
    let address = named.unwrap_or(rest).trim_ascii();
    let address = match address.first() {
        Some(quote @ (b'"' | b'\'')) => address[1..].split(|byte| byte == quote).next()?,
        _ => address,
    };
    Some((seconds, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_address_as_the_standard_reads_them() {
        for (content, expected) in [
            ("0; url=/home/", Some((0.0, "/home/"))),
            (" 0.5 ;URL = '/a b' x", Some((0.5, "/a b"))),
            ("3,/x", Some((3.0, "/x"))),
            ("0 url=/x", Some((0.0, "/x"))),
            ("0;/url.html", Some((0.0, "/url.html"))),
            ("5", Some((5.0, ""))),
            ("0;url=\"/q", Some((0.0, "/q"))),
            ("; url=/x", None),
            ("x", None),
        ] {
            let expected =
                expected.map(|(seconds, address): (f32, &str)| (seconds, address.as_bytes()));
            assert_eq!(refresh(content.as_bytes()), expected, "{content}");
        }
    }
}
