//! What each token does, by insertion mode: the loop over the page, and the modes around the body.

use super::GaveUp;
use super::flat::{MAX_TAG_ATTRS, Span};
use super::names::{HEAD_ELEMENTS, Tag};
use super::tokenizer::Token;
use super::tree::{Builder, Mode, Step};

/// Reads the page to its end.
pub(crate) fn run(builder: &mut Builder<'_>) -> Step {
    let page = builder.tokens.page;
    let bytes = page.as_bytes();
    while builder.tokens.at < bytes.len() && !builder.is_full() {
        let start = builder.tokens.at;
        let end = builder.tokens.text_end();
        if end > start {
            builder.tokens.at = end;
            builder.text(start, end)?;
        }
        if end == bytes.len() {
            break;
        }
        builder.tokens.at = end + 2;
        match bytes[end + 1] {
            b'/' => match bytes[end + 2] {
                b'>' => {
                    builder.ignores_line_feed = false;
                    builder.tokens.at = end + 3;
                }
                byte if byte.is_ascii_alphabetic() => {
                    let token = builder.tokens.tag(end + 2, &mut builder.flat, true);
                    let Some(token) = token else { break };
                    builder.end_tag(&token)?;
                }
                _ => {
                    builder.tokens.declaration();
                    builder.comment()?;
                }
            },
            b'!' => builder.markup_declaration()?,
            b'?' => {
                builder.tokens.declaration();
                builder.comment()?;
            }
            _ => {
                let token = builder.tokens.tag(end + 1, &mut builder.flat, false);
                let Some(token) = token else { break };
                builder.start_tag(token)?;
            }
        }
    }
    builder.end_of_page()
}

/// Bytes of leading white space.
fn space_len(text: &str) -> usize {
    text.bytes()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

impl Builder<'_> {
    pub fn span_text(&self, span: Span) -> &str {
        span.of(self.tokens.page, &self.flat.decoded)
    }

    fn text(&mut self, start: usize, end: usize) -> Step {
        let mut text = self.tokens.read(start, end, false, &mut self.flat);
        if std::mem::take(&mut self.ignores_line_feed) && self.span_text(text).starts_with('\n') {
            if self.tokens.page.as_bytes()[start] == b'&' {
                return Err(GaveUp("line feed as a reference"));
            }
            text = text.skip(1);
        }
        if text.is_empty() {
            return Ok(());
        }
        self.characters(text)
    }

    fn characters(&mut self, text: Span) -> Step {
        match self.mode {
            Mode::InBody | Mode::InCell | Mode::InCaption => {
                self.reconstruct();
                self.append_text(text);
                Ok(())
            }
            Mode::InTable | Mode::InTableBody | Mode::InRow => self.table_text(text),
            _ => self.split_characters(text),
        }
    }

    /// Modes in which white space and other text part.
    fn split_characters(&mut self, text: Span) -> Step {
        let spaces = space_len(self.span_text(text));
        let (space, rest) = (text.take(spaces), text.skip(spaces));
        match self.mode {
            Mode::InHead | Mode::AfterHead | Mode::InColumnGroup => self.append_text(space),
            Mode::AfterBody | Mode::AfterAfterBody if !space.is_empty() => {
                self.reconstruct();
                self.append_text(space);
            }
            _ => {}
        }
        if rest.is_empty() {
            return Ok(());
        }
        match self.mode {
            Mode::InColumnGroup => {
                if self.current().tag != Tag::Colgroup {
                    return Ok(());
                }
                self.pop();
                self.mode = Mode::InTable;
            }
            Mode::AfterBody | Mode::AfterAfterBody => self.mode = Mode::InBody,
            _ => self.open_body(),
        }
        self.characters(rest)
    }

    /// Opens what is missing of `html`, `head` and `body`.
    fn open_body(&mut self) {
        self.begin_head();
        if self.mode == Mode::InHead {
            self.pop();
        }
        if matches!(self.mode, Mode::InHead | Mode::AfterHead) {
            self.insert(&Token::phantom(Tag::Body));
            self.mode = Mode::InBody;
        }
    }

    /// Opens what is missing of `html` and `head`.
    fn begin_head(&mut self) {
        self.begin_html(&Token::phantom(Tag::Html));
        if self.mode == Mode::BeforeHead {
            self.head = self.insert(&Token::phantom(Tag::Head));
            self.mode = Mode::InHead;
        }
    }

    fn begin_html(&mut self, token: &Token) {
        if self.mode == Mode::Initial {
            self.quirks = Some(true);
            self.mode = Mode::BeforeHtml;
        }
        if self.mode == Mode::BeforeHtml {
            self.insert(token);
            self.mode = Mode::BeforeHead;
        }
    }

    fn end_of_page(&mut self) -> Step {
        self.place_pending()?;
        self.open_body();
        Ok(())
    }

    fn comment(&mut self) -> Step {
        self.place_pending()?;
        self.ignores_line_feed = false;
        match self.mode {
            // In these it stands in the document or in `html`, where no text is beside it.
            Mode::Initial | Mode::BeforeHtml | Mode::AfterBody | Mode::AfterAfterBody => {}
            _ => self.part_text(),
        }
        Ok(())
    }

    fn markup_declaration(&mut self) -> Step {
        let page = self.tokens.page;
        let rest = &page.as_bytes()[self.tokens.at..];
        if rest.starts_with(b"--") {
            self.tokens.at += 2;
            self.tokens.comment();
            return self.comment();
        }
        let is_doctype = rest.len() >= 7 && rest[..7].eq_ignore_ascii_case(b"doctype");
        if !is_doctype {
            self.tokens.declaration();
            return self.comment();
        }
        self.tokens.at += 7;
        let quirks = quirks_of(self.tokens.declaration());
        self.ignores_line_feed = false;
        if self.mode == Mode::Initial {
            self.quirks = quirks;
            self.mode = Mode::BeforeHtml;
        }
        Ok(())
    }

    fn start_tag(&mut self, token: Token) -> Step {
        self.place_pending()?;
        self.ignores_line_feed = false;
        if token.tag == Tag::Html {
            return self.html_tag(&token);
        }
        match self.mode {
            Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead if token.tag == Tag::Head => {
                self.begin_html(&Token::phantom(Tag::Html));
                self.head = self.insert(&token);
                self.mode = Mode::InHead;
                Ok(())
            }
            Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead => {
                self.begin_head();
                self.start_in_head(&token)
            }
            Mode::InHead => self.start_in_head(&token),
            Mode::AfterHead => self.start_after_head(&token),
            Mode::AfterBody | Mode::AfterAfterBody => {
                self.mode = Mode::InBody;
                self.start_in_body(&token)
            }
            Mode::InBody => self.start_in_body(&token),
            _ => self.start_in_table_parts(&token),
        }
    }

    fn html_tag(&mut self, token: &Token) -> Step {
        if matches!(self.mode, Mode::Initial | Mode::BeforeHtml) {
            self.begin_html(token);
            return Ok(());
        }
        if matches!(self.mode, Mode::InTable | Mode::InTableBody | Mode::InRow) {
            return Err(GaveUp("html in a table"));
        }
        if self.mode == Mode::InColumnGroup || self.open.is_empty() {
            return Err(GaveUp("html in a table"));
        }
        self.add_attributes(0, token)
    }

    /// A second `html` or `body` adds the attributes that the first did not have.
    pub fn add_attributes(&mut self, open_at: usize, token: &Token) -> Step {
        let node = self.open[open_at].node;
        let old: Vec<_> = self.flat.attrs[self.flat.nodes[node].attr_range()].to_vec();
        let mut all = old.clone();
        for attr in &self.flat.attrs[token.attrs.0..token.attrs.1] {
            let name = self.span_text(attr.name);
            if old.iter().any(|before| self.span_text(before.name) == name) {
                continue;
            }
            if matches!(name, "style" | "hidden") {
                return Err(GaveUp("visibility of a second body"));
            }
            all.push(*attr);
        }
        all.truncate(MAX_TAG_ATTRS);
        if all.len() == old.len() {
            return Ok(());
        }
        let first = self.flat.attrs.len();
        self.flat.attrs.extend_from_slice(&all);
        let range = first..self.flat.attrs.len();
        let tokens = self.flat.tokens(self.tokens.page, range.clone());
        let changed = &mut self.flat.nodes[node];
        changed.attr_start = first as u32;
        changed.attr_count = range.len() as u8;
        changed.words = tokens;
        Ok(())
    }

    pub fn start_in_head(&mut self, token: &Token) -> Step {
        match token.tag {
            Tag::Head => Ok(()),
            Tag::Noscript => Err(GaveUp("noscript in the head")),
            tag if HEAD_ELEMENTS.has(tag) => self.head_element(token),
            _ => {
                self.pop();
                self.mode = Mode::AfterHead;
                self.start_after_head(token)
            }
        }
    }

    fn start_after_head(&mut self, token: &Token) -> Step {
        match token.tag {
            Tag::Body => {
                self.insert(token);
                self.mode = Mode::InBody;
                Ok(())
            }
            Tag::Head => Ok(()),
            Tag::Frameset => Err(GaveUp("frameset")),
            tag if HEAD_ELEMENTS.has(tag) => {
                let token = *token;
                self.in_closed_head(|builder| builder.head_element(&token))
            }
            _ => {
                self.insert(&Token::phantom(Tag::Body));
                self.mode = Mode::InBody;
                self.start_in_body(token)
            }
        }
    }

    /// `meta`, `link`, `title`, `style`, `script` and their like, wherever they stand.
    pub fn head_element(&mut self, token: &Token) -> Step {
        match token.tag {
            Tag::Base | Tag::Basefont | Tag::Bgsound | Tag::Link | Tag::Meta => {
                self.insert_void(token);
                // html5ever stops at a charset and drops a byte order mark that follows.
                if self.tokens.page[self.tokens.at..].starts_with('\u{feff}') {
                    return Err(GaveUp("byte order mark after meta"));
                }
                Ok(())
            }
            Tag::Template => Err(GaveUp("template")),
            _ => self.raw_element(token),
        }
    }

    /// An element that holds only text, up to its end tag.
    pub fn raw_element(&mut self, token: &Token) -> Step {
        self.insert(token);
        let start = self.tokens.at;
        let (end, is_closed) = match token.tag {
            Tag::Script => self.tokens.script(&mut self.flat),
            tag => self.tokens.raw_text(tag, &mut self.flat),
        };
        if !is_closed {
            self.tokens.at = self.tokens.page.len();
        }
        let mut text = if matches!(token.tag, Tag::Title | Tag::Textarea) {
            self.tokens.read(start, end, false, &mut self.flat)
        } else {
            Span::page(start, end)
        };
        if token.tag == Tag::Textarea && self.span_text(text).starts_with('\n') {
            if self.tokens.page.as_bytes()[start] == b'&' {
                return Err(GaveUp("line feed as a reference"));
            }
            text = text.skip(1);
        }
        self.append_text(text);
        self.pop();
        if token.tag == Tag::Script && is_closed {
            // html5ever stops at a script and drops a byte order mark that follows.
            let rest = &self.tokens.page[self.tokens.at..];
            if rest.starts_with('\u{feff}') {
                self.tokens.at += '\u{feff}'.len_utf8();
            }
        }
        Ok(())
    }

    fn end_tag(&mut self, token: &Token) -> Step {
        self.place_pending()?;
        self.ignores_line_feed = false;
        let opens_body = matches!(token.tag, Tag::Body | Tag::Html | Tag::Br);
        match self.mode {
            Mode::Initial | Mode::BeforeHtml | Mode::BeforeHead | Mode::InHead
                if token.tag == Tag::Head =>
            {
                self.begin_head();
                self.pop();
                self.mode = Mode::AfterHead;
                Ok(())
            }
            Mode::Initial
            | Mode::BeforeHtml
            | Mode::BeforeHead
            | Mode::InHead
            | Mode::AfterHead => {
                if self.mode == Mode::Initial {
                    self.quirks = Some(true);
                    self.mode = Mode::BeforeHtml;
                }
                if !opens_body {
                    return Ok(());
                }
                self.open_body();
                self.end_in_body(token)
            }
            Mode::AfterBody if token.tag == Tag::Html => {
                self.mode = Mode::AfterAfterBody;
                Ok(())
            }
            Mode::AfterBody | Mode::AfterAfterBody => {
                self.mode = Mode::InBody;
                self.end_in_body(token)
            }
            Mode::InBody => self.end_in_body(token),
            _ => self.end_in_table_parts(token),
        }
    }
}

/// Quirks mode by what a doctype says after its keyword; `None` for those that are not told apart here.
fn quirks_of(doctype: &str) -> Option<bool> {
    let text = doctype.trim_ascii().to_ascii_lowercase();
    let rest = text.strip_prefix("html")?;
    if rest.is_empty() {
        return Some(false);
    }
    let public = rest
        .trim_ascii_start()
        .strip_prefix("public")?
        .trim_ascii_start();
    let quote = public.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (id, system) = public[1..].split_once(quote)?;
    let system = system.trim_ascii();
    let is_whole = system.len() >= 2
        && system.starts_with(['"', '\''])
        && system.ends_with(system.chars().next()?)
        && !system[1..system.len() - 1].contains(['"', '\'']);
    let is_plain = !system.contains("ibmxhtml1");
    match id {
        "-//w3c//dtd xhtml 1.0 transitional//en"
        | "-//w3c//dtd xhtml 1.0 strict//en"
        | "-//w3c//dtd html 4.01 transitional//en"
        | "-//w3c//dtd html 4.01//en"
        | "-//w3c//dtd xhtml 1.1//en"
            if is_whole && is_plain =>
        {
            Some(false)
        }
        "-//w3c//dtd html 4.01 transitional//en" | "-//w3c//dtd html 4.0 transitional//en"
            if system.is_empty() =>
        {
            Some(true)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doctypes() {
        for (doctype, quirks) in [
            (" html", Some(false)),
            (
                " HTML PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\"",
                Some(false),
            ),
            (
                " HTML PUBLIC '-//W3C//DTD HTML 4.01 Transitional//EN'",
                Some(true),
            ),
            (" HTML PUBLIC \"-//W3C//DTD HTML 3.2//EN\"", None),
            (" html SYSTEM \"about:legacy-compat\"", None),
            ("", None),
        ] {
            assert_eq!(quirks_of(doctype), quirks, "{doctype}");
        }
    }
}
