//! 模板: reads the template's plain text into a tree. Knows nothing of figures; names are checked by `render`.

use super::condition::{Condition, parse_condition};
use super::{Form, NoticeError};

/// 模板. Parsed.
#[derive(Clone, Debug)]
pub struct Template {
    /// Form.
    pub form: Form,
    /// Title.
    pub title: Vec<Node>,
    /// Recipients.
    pub recipients: Vec<Node>,
    /// Lines of the text.
    pub lines: Vec<Line>,
}

/// 模板行.
#[derive(Clone, Debug)]
pub struct Line {
    /// Number in the file, from 1.
    pub number: usize,
    /// Condition; the line is left out where it does not hold.
    pub condition: Option<Condition>,
    /// What it is.
    pub kind: LineKind,
    /// Its text.
    pub nodes: Vec<Node>,
}

/// 行的种类.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// `# `, `## `, `### `.
    Heading(u8),
    /// Plain.
    Paragraph,
    /// `- `: neighbours make one paragraph, numbered 一是、二是.
    Clause,
    /// `> `.
    Note,
    /// `[[chart ID]] caption`.
    Chart(String),
    /// `[[annex ID]] title`.
    Annex(String),
    /// Empty; ends a run of clauses.
    Blank,
}

/// 节点.
#[derive(Clone, Debug)]
pub enum Node {
    /// Words.
    Text(String),
    /// `{{'5'}}`: words that are meant as they stand, digits included.
    Literal(String),
    /// `{{name}}` or `{{name|和}}`.
    Figure {
        /// Name.
        name: String,
        /// Separator before the last element of a list; 、 where absent.
        last: Option<String>,
    },
    /// `{{?condition}} … {{else}} … {{/?}}`.
    If {
        /// Condition.
        condition: Condition,
        /// Where it holds.
        then: Vec<Node>,
        /// Where not.
        otherwise: Vec<Node>,
    },
    /// `{{each name …}} … {{/each}}`.
    Each {
        /// Name of the records.
        name: String,
        /// Layout.
        layout: Layout,
        /// Per record.
        body: Vec<Node>,
    },
    /// `{{join …}} … {{|}} … {{/join}}`: empty parts leave no separator.
    Join {
        /// Layout.
        layout: Layout,
        /// Parts.
        parts: Vec<Vec<Node>>,
    },
}

/// 列举方式. How elements are strung together.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// At most so many.
    pub max: Option<usize>,
    /// Between elements.
    pub sep: String,
    /// Before the first, where there is one.
    pub before: String,
    /// After the last, where there is one.
    pub after: String,
    /// After the last where elements were left out.
    pub more: String,
}

/// Reads a template; all errors at once.
pub fn parse(text: &str) -> Result<Template, Vec<NoticeError>> {
    let mut template = Template {
        form: Form::Circular,
        title: Vec::new(),
        recipients: Vec::new(),
        lines: Vec::new(),
    };
    let mut errors = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let number = index + 1;
        if let Err(problem) = parse_line(raw.trim_end(), number, &mut template) {
            errors.push(NoticeError::new(place(number), problem));
        }
    }
    if template.title.is_empty() {
        errors.push(NoticeError::new("模板", "缺少标题行“@title …”"));
    }
    if errors.is_empty() {
        Ok(template)
    } else {
        Err(errors)
    }
}

/// 位置. How errors name a line.
pub fn place(line: usize) -> String {
    format!("模板第{line}行")
}

fn parse_line(raw: &str, number: usize, template: &mut Template) -> Result<(), String> {
    if raw.starts_with("//") {
        return Ok(());
    }
    if let Some(directive) = raw.strip_prefix('@') {
        return parse_directive(directive, template);
    }
    let (kind, rest, condition) = split_kind(raw)?;
    let nodes = parse_nodes(rest)?;
    template.lines.push(Line {
        number,
        condition,
        kind,
        nodes,
    });
    Ok(())
}

fn parse_directive(directive: &str, template: &mut Template) -> Result<(), String> {
    let (name, rest) = directive.split_once(' ').unwrap_or((directive, ""));
    match (name, rest.trim()) {
        ("form", "letter") => template.form = Form::Letter,
        ("form", "circular") => template.form = Form::Circular,
        ("title", text) => template.title = parse_nodes(text)?,
        ("to", text) => template.recipients = parse_nodes(text)?,
        _ => {
            return Err(format!(
                "不认识“@{directive}”；可用 @form letter|circular、@title、@to"
            ));
        }
    }
    Ok(())
}

type SplitLine<'a> = (LineKind, &'a str, Option<Condition>);

fn split_kind(raw: &str) -> Result<SplitLine<'_>, String> {
    let (is_clause, rest) = match raw.strip_prefix("- ") {
        Some(rest) => (true, rest),
        None => (false, raw),
    };
    let (condition, rest) = split_condition(rest)?;
    if is_clause {
        return Ok((LineKind::Clause, rest, condition));
    }
    if rest.trim().is_empty() {
        return Ok((LineKind::Blank, "", None));
    }
    for (prefix, level) in [("# ", 1), ("## ", 2), ("### ", 3)] {
        if let Some(text) = rest.strip_prefix(prefix) {
            return Ok((LineKind::Heading(level), text, condition));
        }
    }
    if let Some(text) = rest.strip_prefix("> ") {
        return Ok((LineKind::Note, text, condition));
    }
    let Some(special) = rest.strip_prefix("[[") else {
        return Ok((LineKind::Paragraph, rest, condition));
    };
    let (head, text) = special.split_once("]]").ok_or("“[[”没有对应的“]]”")?;
    match head.split_once(' ') {
        Some(("chart", id)) => Ok((
            LineKind::Chart(id.trim().to_owned()),
            text.trim(),
            condition,
        )),
        Some(("annex", id)) => Ok((
            LineKind::Annex(id.trim().to_owned()),
            text.trim(),
            condition,
        )),
        _ => Err(format!(
            "不认识“[[{head}]]”；可用 [[chart 名]]、[[annex 名]]"
        )),
    }
}

fn split_condition(text: &str) -> Result<(Option<Condition>, &str), String> {
    if !text.starts_with('[') || text.starts_with("[[") {
        return Ok((None, text));
    }
    let (condition, rest) = text[1..]
        .split_once(']')
        .ok_or("行首条件“[”没有对应的“]”")?;
    Ok((Some(parse_condition(condition)?), rest.trim_start()))
}

enum Token<'a> {
    Text(&'a str),
    Tag(&'a str),
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        if start > 0 {
            out.push(Token::Text(&rest[..start]));
        }
        let after = &rest[start + 2..];
        let end = after.find("}}").ok_or("“{{”没有对应的“}}”")?;
        out.push(Token::Tag(after[..end].trim()));
        rest = &after[end + 2..];
    }
    if !rest.is_empty() {
        out.push(Token::Text(rest));
    }
    Ok(out)
}

fn parse_nodes(text: &str) -> Result<Vec<Node>, String> {
    let tokens = tokens(text)?;
    let mut at = 0;
    let nodes = parse_until(&tokens, &mut at, &[])?;
    Ok(nodes)
}

fn parse_until(tokens: &[Token<'_>], at: &mut usize, stops: &[&str]) -> Result<Vec<Node>, String> {
    let mut nodes = Vec::new();
    while let Some(token) = tokens.get(*at) {
        let tag = match token {
            Token::Text(text) => {
                nodes.push(Node::Text((*text).to_owned()));
                *at += 1;
                continue;
            }
            Token::Tag(tag) => *tag,
        };
        if stops.contains(&tag) {
            return Ok(nodes);
        }
        *at += 1;
        nodes.push(parse_tag(tag, tokens, at)?);
    }
    match stops.last() {
        None => Ok(nodes),
        Some(stop) => Err(format!("缺少“{{{{{stop}}}}}”")),
    }
}

fn parse_tag(tag: &str, tokens: &[Token<'_>], at: &mut usize) -> Result<Node, String> {
    if let Some(condition) = tag.strip_prefix('?') {
        return parse_if(parse_condition(condition)?, tokens, at);
    }
    if let Some(rest) = tag.strip_prefix("each ") {
        let (name, options) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
        let body = parse_until(tokens, at, &["/each"])?;
        *at += 1;
        return Ok(Node::Each {
            name: name.to_owned(),
            layout: parse_layout(options)?,
            body,
        });
    }
    if let Some(options) = tag.strip_prefix("join") {
        return parse_join(parse_layout(options.trim())?, tokens, at);
    }
    if let Some(literal) = tag
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return Ok(Node::Literal(literal.to_owned()));
    }
    if tag.is_empty() || tag.starts_with('/') || tag == "else" || tag == "|" {
        return Err(format!("“{{{{{tag}}}}}”不在它所属的段里"));
    }
    let (name, last) = match tag.split_once('|') {
        Some((name, last)) => (name.trim(), Some(last.trim().to_owned())),
        None => (tag, None),
    };
    Ok(Node::Figure {
        name: name.to_owned(),
        last,
    })
}

fn parse_if(condition: Condition, tokens: &[Token<'_>], at: &mut usize) -> Result<Node, String> {
    let then = parse_until(tokens, at, &["else", "/?"])?;
    let mut otherwise = Vec::new();
    if matches!(tokens.get(*at), Some(Token::Tag("else"))) {
        *at += 1;
        otherwise = parse_until(tokens, at, &["/?"])?;
    }
    *at += 1;
    Ok(Node::If {
        condition,
        then,
        otherwise,
    })
}

fn parse_join(layout: Layout, tokens: &[Token<'_>], at: &mut usize) -> Result<Node, String> {
    let mut parts = Vec::new();
    loop {
        parts.push(parse_until(tokens, at, &["|", "/join"])?);
        let ended = matches!(tokens.get(*at), Some(Token::Tag("/join")));
        *at += 1;
        if ended {
            return Ok(Node::Join { layout, parts });
        }
    }
}

fn parse_layout(options: &str) -> Result<Layout, String> {
    let mut layout = Layout {
        sep: "、".to_owned(),
        ..Layout::default()
    };
    for option in options.split_whitespace() {
        let (key, value) = option
            .split_once('=')
            .ok_or_else(|| format!("不认识“{option}”"))?;
        let value = value.to_owned();
        match key {
            "max" => layout.max = Some(value.parse().map_err(|_| format!("“{option}”不是整数"))?),
            "sep" => layout.sep = value,
            "before" => layout.before = value,
            "after" => layout.after = value,
            "more" => layout.more = value,
            _ => {
                return Err(format!(
                    "不认识“{option}”；可用 max= sep= before= after= more="
                ));
            }
        }
    }
    Ok(layout)
}
