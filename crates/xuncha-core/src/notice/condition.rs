//! 模板条件: `name`, `!name`, `known name`, `name>2`, `name=word`, joined by `&`.

/// 条件. Terms that must all hold.
#[derive(Clone, Debug)]
pub struct Condition(pub Vec<Term>);

/// 条件项.
#[derive(Clone, Debug)]
pub struct Term {
    /// Name.
    pub name: String,
    /// Test.
    pub test: Test,
}

/// 检验.
#[derive(Clone, Debug)]
pub enum Test {
    /// Not zero, not empty, not missing.
    True,
    /// `!name`.
    False,
    /// `known name`: measured.
    Known,
    /// `name>2`.
    Above(i64),
    /// `name=word`.
    Is(String),
}

/// Reads a condition.
pub fn parse_condition(text: &str) -> Result<Condition, String> {
    let terms: Result<Vec<Term>, String> = text
        .split('&')
        .map(|term| parse_term(term.trim()))
        .collect();
    Ok(Condition(terms?))
}

fn parse_term(term: &str) -> Result<Term, String> {
    let make = |name: &str, test: Test| Term {
        name: name.trim().to_owned(),
        test,
    };
    if term.is_empty() {
        return Err("条件是空的".to_owned());
    }
    if let Some(name) = term.strip_prefix('!') {
        return Ok(make(name, Test::False));
    }
    if let Some(name) = term.strip_prefix("known ") {
        return Ok(make(name, Test::Known));
    }
    if let Some((name, limit)) = term.split_once('>') {
        let limit = limit
            .trim()
            .parse()
            .map_err(|_| format!("条件“{term}”里“>”后面不是整数"))?;
        return Ok(make(name, Test::Above(limit)));
    }
    if let Some((name, word)) = term.split_once('=') {
        return Ok(make(name, Test::Is(word.trim().to_owned())));
    }
    Ok(make(term, Test::True))
}
