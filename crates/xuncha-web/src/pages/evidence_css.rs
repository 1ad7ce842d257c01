//! Archived style sheets: every address in them is turned to the archive or taken out; the rest stays as it was.

use super::evidence_html::Archive;

/// Functions whose argument is an address.
const ADDRESS_FUNCTIONS: [&str; 4] = ["url", "src", "url-prefix", "domain"];
/// Functions that take addresses as plain strings.
const STRING_FUNCTIONS: [&str; 3] = ["image-set", "-webkit-image-set", "image"];
/// What stands where an address was taken out.
const NOTHING: &str = "url(\"data:,\")";

/// Rewrites a style sheet or the value of a `style` attribute.
pub(crate) fn rewrite(css: &str, archive: &Archive<'_>) -> String {
    let mut writer = Writer {
        css,
        at: 0,
        out: String::with_capacity(css.len() + css.len() / 8),
        archive,
        import: false,
        string_depths: Vec::new(),
        depth: 0,
    };
    while writer.step() {}
    writer.out
}

struct Writer<'a, 'b> {
    css: &'a str,
    at: usize,
    out: String,
    archive: &'a Archive<'b>,
    /// Behind `@import`, before its `;`.
    import: bool,
    /// Depths of brackets in which a string is an address.
    string_depths: Vec<usize>,
    depth: usize,
}

impl<'a> Writer<'a, '_> {
    fn rest(&self) -> &'a str {
        &self.css[self.at..]
    }

    /// Copies or rewrites one token; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest().chars().next() else {
            return false;
        };
        match first {
            '/' if self.rest().starts_with("/*") => self.skip_comment(),
            '"' | '\'' => self.string(first),
            '@' => {
                self.push(1);
                let name = self.identifier();
                self.import = name == "import" || name == "namespace";
            }
            '(' | '{' | '[' => {
                self.depth += 1;
                self.push(1);
            }
            ')' | '}' | ']' => self.close(),
            ';' => {
                self.import = false;
                self.push(1);
            }
            // The end of a style element must not come from a style sheet.
            '<' => {
                self.out.push_str("\\3c ");
                self.at += 1;
            }
            c if is_name(c) || c == '\\' => self.word(),
            c => self.push(c.len_utf8()),
        }
        true
    }

    fn push(&mut self, length: usize) {
        let end = self.at + length;
        self.out.push_str(&self.css[self.at..end]);
        self.at = end;
    }

    fn close(&mut self) {
        if self.string_depths.last() == Some(&self.depth) {
            self.string_depths.pop();
        }
        self.depth = self.depth.saturating_sub(1);
        self.push(1);
    }

    fn skip_comment(&mut self) {
        let end = self.rest()[2..].find("*/");
        self.at = end.map_or(self.css.len(), |end| self.at + 2 + end + 2);
        self.out.push(' ');
    }

    /// Copies a name and answers with what it says, in lower case with escapes undone.
    fn identifier(&mut self) -> String {
        let (name, end) = read_name(self.css, self.at);
        let raw = self.css[self.at..end].replace('<', "\\3c ");
        self.out.push_str(&raw);
        self.at = end;
        name
    }

    fn word(&mut self) {
        let start = self.out.len();
        let name = self.identifier();
        if !self.rest().starts_with('(') {
            return;
        }
        if ADDRESS_FUNCTIONS.contains(&name.as_str()) {
            self.out.truncate(start);
            self.at += 1;
            let address = self.argument();
            let turned = self.turn(&address);
            self.out.push_str(&turned);
            return;
        }
        if name == "expression" {
            // Old browsers ran what stood in it.
            self.out.truncate(start);
            self.out.push_str("none-");
            self.out.push_str(&name);
        }
        if STRING_FUNCTIONS.contains(&name.as_str()) {
            self.string_depths.push(self.depth + 1);
        }
    }

    /// The argument of `url(`, up to and with its bracket.
    fn argument(&mut self) -> String {
        let trimmed = self.rest().trim_start();
        self.at = self.css.len() - trimmed.len();
        if let Some(quote) = trimmed.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            let (text, end) = read_string(self.css, self.at, quote);
            self.at = end;
            let close = self.rest().find(')');
            self.at = close.map_or(self.css.len(), |close| self.at + close + 1);
            return text;
        }
        let mut text = String::new();
        while let Some(c) = self.rest().chars().next() {
            if c == ')' {
                self.at += 1;
                break;
            }
            if c == '\\' {
                let (escaped, end) = read_escape(self.css, self.at);
                text.push(escaped);
                self.at = end;
                continue;
            }
            text.push(c);
            self.at += c.len_utf8();
        }
        text.trim().to_owned()
    }

    fn string(&mut self, quote: char) {
        let start = self.at;
        let (text, end) = read_string(self.css, self.at, quote);
        self.at = end;
        let is_address = self.import || self.string_depths.last() == Some(&self.depth);
        if is_address {
            let turned = self.turn(&text);
            self.out.push_str(&turned);
            return;
        }
        let raw = &self.css[start..end];
        self.out.push_str(&raw.replace('<', "\\3c "));
        if !raw[1..].ends_with(quote) {
            self.out.push(quote);
        }
    }

    fn turn(&self, address: &str) -> String {
        let turned = if self.import {
            self.archive.style(address)
        } else {
            self.archive.asset(address)
        };
        // What comes back is percent-encoded: no quote, bracket or line end stands in it.
        turned.map_or_else(|| NOTHING.to_owned(), |href| format!("url(\"{href}\")"))
    }
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_' || !c.is_ascii()
}

/// A name from `at` on, escapes undone, in lower case; with where it ends.
fn read_name(css: &str, mut at: usize) -> (String, usize) {
    let mut name = String::new();
    while let Some(c) = css[at..].chars().next() {
        if c == '\\' && !css[at + 1..].starts_with(['\n', '\r']) {
            let (escaped, end) = read_escape(css, at);
            name.push(escaped);
            at = end;
        } else if is_name(c) {
            name.push(c);
            at += c.len_utf8();
        } else {
            // A backslash before a line end belongs to no name; it is passed over, so that reading goes on.
            at += if c == '\\' && name.is_empty() { 1 } else { 0 };
            break;
        }
    }
    (name.to_lowercase(), at)
}

/// The character that a backslash at `at` stands for; with where the escape ends.
fn read_escape(css: &str, at: usize) -> (char, usize) {
    let rest = &css[at + 1..];
    let digits = rest
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    if digits == 0 {
        let c = rest.chars().next().unwrap_or('\u{fffd}');
        return (c, (at + 1 + c.len_utf8()).min(css.len()));
    }
    let number = u32::from_str_radix(&rest[..digits], 16).unwrap_or(0);
    let mut end = at + 1 + digits;
    if css[end..].starts_with([' ', '\n', '\t', '\r']) {
        end += 1;
    }
    (char::from_u32(number).unwrap_or('\u{fffd}'), end)
}

/// The text of a string that begins with its quote at `at`; with where it ends.
fn read_string(css: &str, at: usize, quote: char) -> (String, usize) {
    let mut text = String::new();
    let mut at = at + 1;
    while let Some(c) = css[at..].chars().next() {
        if c == quote {
            return (text, at + 1);
        }
        if c == '\n' {
            // A string that does not end on its line is a mistake, and ends there.
            return (text, at);
        }
        if c == '\\' {
            if css[at + 1..].starts_with('\n') {
                at += 2;
                continue;
            }
            let (escaped, end) = read_escape(css, at);
            text.push(escaped);
            at = end;
            continue;
        }
        text.push(c);
        at += c.len_utf8();
    }
    (text, css.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use url::Url;

    use super::*;

    fn rewritten(css: &str) -> String {
        let base = Url::parse("http://a.cn/css/x.css").unwrap();
        rewrite(css, &Archive::new(&base, "/r"))
    }

    #[test]
    fn addresses_go_to_the_archive() {
        for (css, wanted) in [
            (
                "a{background:url(../i/b.png) no-repeat}",
                "a{background:url(\"/r/asset?u=http%3A%2F%2Fa.cn%2Fi%2Fb.png\") no-repeat}",
            ),
            (
                "@import 'b.css';p{color:red}",
                "@import url(\"/r/style?u=http%3A%2F%2Fa.cn%2Fcss%2Fb.css\");p{color:red}",
            ),
            (
                "@import url( \"http://evil.cn/b.css\" ) screen;",
                "@import url(\"/r/style?u=http%3A%2F%2Fevil.cn%2Fb.css\") screen;",
            ),
            (
                "a{background:\\75 rl(b.png)}",
                "a{background:url(\"/r/asset?u=http%3A%2F%2Fa.cn%2Fcss%2Fb.png\")}",
            ),
            (
                "a{background:image-set('b.png' 1x, \"c.png\" 2x)}",
                "a{background:image-set(url(\"/r/asset?u=http%3A%2F%2Fa.cn%2Fcss%2Fb.png\") 1x, url(\"/r/asset?u=http%3A%2F%2Fa.cn%2Fcss%2Fc.png\") 2x)}",
            ),
            (
                "a{background:url(javascript:alert(1))}",
                "a{background:url(\"data:,\"))}",
            ),
            (
                "a{font-family:\\5FAE\\8F6F\\96C5\\9ED1,'宋体';content:'url(x)'}",
                "a{font-family:\\5FAE\\8F6F\\96C5\\9ED1,'宋体';content:'url(x)'}",
            ),
            ("/* url(http://evil/) */a{}", " a{}"),
            (
                "a{content:'</style><b>'}",
                "a{content:'\\3c /style>\\3c b>'}",
            ),
            (
                "a{background:url(data:image/png;base64,AA==)}",
                "a{background:url(\"data:image/png;base64,AA==\")}",
            ),
        ] {
            assert_eq!(rewritten(css), wanted, "{css}");
        }
    }

    #[test]
    fn broken_sheets_end() {
        for css in [
            "url(", "url('", "@import", "a{b:\"c", "/*", "\\", "a\\", "'\\", "@\\", "url(\\",
            "\\\n", "}}))", "<",
        ] {
            let out = rewritten(css);
            assert!(!out.contains('<'), "{css} {out}");
        }
    }
}
