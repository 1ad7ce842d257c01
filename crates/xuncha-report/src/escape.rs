//! Text for XML and HTML alike.

/// Text as the content or the quoted attribute of an element. Characters that XML does not know are left out; a break of a line is a space.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_written_out_and_unknown_characters_left_out() {
        let text = "a<b>&\"c\"\u{1}\u{fffe}\n埇";
        assert_eq!(escape(text), "a&lt;b&gt;&amp;&quot;c&quot; 埇");
    }
}
