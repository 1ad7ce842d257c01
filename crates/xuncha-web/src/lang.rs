//! The two languages of the pages. Both wordings stand side by side where they are used.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use crate::cookie;

/// 语言.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

/// Cookie that keeps the choice.
pub(crate) const LANG_COOKIE: &str = "xuncha_lang";

impl Lang {
    /// The wording of this language.
    pub(crate) fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// For the `lang` attribute.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// For the switch and the cookie.
    pub(crate) fn short(&self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    pub(crate) fn of_short(text: &str) -> Option<Lang> {
        match text {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// The choice in the address (`?lang=en`).
    pub(crate) fn of_query(query: &str) -> Option<Lang> {
        let values = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix("lang="));
        values.filter_map(Lang::of_short).next_back()
    }

    /// What a program asks for: English where its first wish is, Chinese otherwise.
    pub(crate) fn of_accepted(headers: &HeaderMap) -> Lang {
        let wish = headers.get(ACCEPT_LANGUAGE);
        let wish = wish.and_then(|value| value.to_str().ok());
        match wish.is_some_and(|wish| wish.trim_start().starts_with("en")) {
            true => Lang::En,
            false => Lang::Zh,
        }
    }

    /// The choice kept in the cookie, Chinese where there is none.
    pub(crate) fn of_cookie(headers: &HeaderMap) -> Lang {
        cookie::read(headers, LANG_COOKIE)
            .and_then(Lang::of_short)
            .unwrap_or_default()
    }
}
