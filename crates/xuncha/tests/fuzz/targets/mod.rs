//! The readers that are fuzzed, and what each of them promises.

mod archive;
mod pages;
mod tables;
mod wire;
mod words;

use xuncha_core::facts::Lexicons;

use crate::grammar::{pages as html, texts};
use crate::mutate::Rng;

/// A reader that is fuzzed.
pub struct Target {
    pub name: &'static str,
    /// Words of its language.
    pub words: &'static [&'static str],
    /// Draws an input by its grammar.
    pub draw: Option<fn(&mut Rng) -> Vec<u8>>,
    pub prepare: fn() -> Box<dyn Runner>,
}

/// A target made ready.
pub trait Runner {
    /// What to begin with, beside the files under `seeds/`.
    fn corpus(&self) -> Vec<Vec<u8>>;
    /// Reads one input; panics where a promise is broken.
    fn run(&mut self, input: &[u8]);
}

pub static ALL: [Target; 14] = [
    Target {
        name: "html",
        words: words::HTML,
        draw: Some(html::page),
        prepare: || Box::new(pages::Html(Lexicons::builtin())),
    },
    Target {
        name: "readers",
        words: words::HTML,
        draw: Some(html::soup),
        prepare: || Box::new(pages::Readers),
    },
    Target {
        name: "skim",
        words: words::HTML,
        draw: Some(html::page),
        prepare: || Box::new(pages::Skim(Lexicons::builtin())),
    },
    Target {
        name: "links",
        words: words::REFERENCES,
        draw: Some(texts::references),
        prepare: || Box::new(pages::Links(Lexicons::builtin())),
    },
    Target {
        name: "replay",
        words: words::HTML,
        draw: Some(html::page),
        prepare: || Box::new(pages::Replay),
    },
    Target {
        name: "feed",
        words: words::FEED,
        draw: None,
        prepare: || Box::new(tables::Feed(Lexicons::builtin())),
    },
    Target {
        name: "package",
        words: words::PACKAGE,
        draw: None,
        prepare: || Box::new(tables::Package(Lexicons::builtin())),
    },
    Target {
        name: "robots",
        words: words::ROBOTS,
        draw: Some(texts::robots),
        prepare: || Box::new(wire::RobotsTxt),
    },
    Target {
        name: "sitemap",
        words: words::SITEMAP,
        draw: Some(texts::sitemap),
        prepare: || Box::new(wire::Sitemap(Lexicons::builtin())),
    },
    Target {
        name: "http",
        words: words::HTTP,
        draw: Some(texts::answer),
        prepare: || Box::new(wire::Answer),
    },
    Target {
        name: "warc",
        words: words::WARC,
        draw: Some(texts::warc),
        prepare: || Box::new(archive::Warc::new()),
    },
    Target {
        name: "facts",
        words: words::FACTS,
        draw: None,
        prepare: || Box::new(archive::Facts::new()),
    },
    Target {
        name: "cdxj",
        words: words::CDXJ,
        draw: Some(texts::cdxj),
        prepare: || Box::new(archive::Cdxj),
    },
    Target {
        name: "xlsx",
        words: words::XLSX,
        draw: None,
        prepare: || Box::new(tables::Xlsx::new()),
    },
];
