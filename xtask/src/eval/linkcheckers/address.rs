//! Addresses as all three can be compared by: whole, and with escapes undone.

/// Resolves a reference against the page that has it, as far as these sites need: http only.
pub fn resolve(page: &str, reference: &str) -> String {
    let reference = reference.trim().replace('\\', "/");
    let whole = page.split('#').next().unwrap_or_default();
    let (scheme, rest) = whole.split_once("://").unwrap_or(("http", whole));
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.split('?').next().unwrap_or_default();
    if has_scheme(&reference) {
        return reference;
    }
    if let Some(other) = reference.strip_prefix("//") {
        return format!("{scheme}://{other}");
    }
    let resolved = match reference.chars().next() {
        None => whole[scheme.len() + 3 + host.len()..].to_owned(),
        Some('#') => format!("{}{reference}", &whole[scheme.len() + 3 + host.len()..]),
        Some('?') => format!("{path}{reference}"),
        Some('/') => plain(&reference),
        Some(_) => {
            let folder = &path[..path.rfind('/').map_or(0, |at| at + 1)];
            plain(&format!("/{}{reference}", folder.trim_start_matches('/')))
        }
    };
    format!("{scheme}://{host}{resolved}")
}

fn has_scheme(reference: &str) -> bool {
    let scheme = reference.split(':').next().unwrap_or_default();
    scheme.len() < reference.len()
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// A path without `.` and `..`; what follows it stays.
fn plain(reference: &str) -> String {
    let end = reference.find(['?', '#']).unwrap_or(reference.len());
    let (path, rest) = reference.split_at(end);
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').skip(1) {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    if path.ends_with("/.") || path.ends_with("/..") {
        parts.push("");
    }
    format!("/{}{rest}", parts.join("/"))
}

/// An address with its escapes undone, as the list shows it.
pub fn shown(url: &str) -> String {
    let mut bytes = Vec::with_capacity(url.len());
    let mut rest = url.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() {
            &after[2..]
        } else {
            after
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_in_a_browser() {
        let page = "http://a:1/b/c/d.php?x=1#y";
        for (reference, expected) in [
            ("http://b/", "http://b/"),
            ("//b/x", "http://b/x"),
            ("/x?y", "http://a:1/x?y"),
            ("e", "http://a:1/b/c/e"),
            ("../e/./f", "http://a:1/b/e/f"),
            ("?z", "http://a:1/b/c/d.php?z"),
            ("#z", "http://a:1/b/c/d.php?x=1#z"),
            ("", "http://a:1/b/c/d.php?x=1"),
            ("\\x\\", "http://a:1/x/"),
            (" /x ", "http://a:1/x"),
            ("..", "http://a:1/b/"),
            ("mailto:a@b", "mailto:a@b"),
        ] {
            assert_eq!(resolve(page, reference), expected, "{reference}");
        }
        assert_eq!(resolve("http://a:1", "x"), "http://a:1/x");
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(shown("/%E9%A6%96?a=%2f#%zz%4"), "/首?a=/#%zz%4");
    }
}
