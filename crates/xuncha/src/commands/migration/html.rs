//! The result as one page that needs nothing else.

use std::fmt::Write;

use xuncha_core::migration::{Loss, LossKind, Migration, SideSummary};

use crate::commands::check::escape;

const STYLE: &str = "body{font:16px/1.7 system-ui,\"Noto Sans CJK SC\",sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#1a1f26}\
    table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #d9dee5;padding:.35rem .6rem;text-align:left;vertical-align:top}\
    details{border-bottom:1px solid #d9dee5;padding:.4rem 0}summary{cursor:pointer}code{font-size:.8em}li,a,td{overflow-wrap:anywhere}";

/// The page.
pub fn page(migration: &Migration) -> String {
    let mut losses = String::new();
    for kind in LossKind::ALL {
        let of_kind: Vec<&Loss> = migration
            .losses
            .iter()
            .filter(|loss| loss.kind == kind)
            .collect();
        if of_kind.is_empty() {
            continue;
        }
        let word = if kind.is_notice() {
            "（提示，由人核对）"
        } else {
            ""
        };
        let _ = write!(
            losses,
            "<h2>{}（{}）{word}</h2>",
            kind.name(),
            of_kind.len()
        );
        of_kind
            .into_iter()
            .for_each(|loss| losses.push_str(&shown(loss)));
    }
    let unclear = migration.unclear.iter().map(|unclear| {
        let cells = [&unclear.about, &unclear.title, &unclear.url, &unclear.why];
        let cells = cells.map(|cell| format!("<td>{}</td>", escape(cell)));
        format!("<tr>{}</tr>", cells.concat())
    });
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>迁移核对：{old_home} → {new_home}</title><style>{STYLE}</style><h1>迁移核对</h1>\
         <table><tr><th><th>网址<th>网页<th>稿件<th>附件<th>栏目<th>其他网页<th>时间</tr>{old}{new}</table>\
         <p>旧网站的 {articles} 篇稿件，迁移过来 {carried} 篇，其中完好 {whole} 篇。</p>{losses}\
         <h2>无法判定（{doubts}）</h2><table>{unclear}</table></html>",
        old_home = escape(&migration.old.home),
        new_home = escape(&migration.new.home),
        old = side("旧网站", &migration.old),
        new = side("新网站", &migration.new),
        articles = migration.old.articles,
        carried = migration.carried,
        whole = migration.carried_whole,
        doubts = migration.unclear.len(),
        unclear = unclear.collect::<String>(),
    )
}

fn side(name: &str, side: &SideSummary) -> String {
    let partial = if side.is_partial {
        "（达到页数上限，没有读完）"
    } else {
        ""
    };
    format!(
        "<tr><th>{name}<td>{}<td>{}{partial}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>",
        escape(&side.home),
        side.pages,
        side.articles,
        side.attachments,
        side.columns,
        side.other_pages,
        crate::commands::shown(side.as_of)
    )
}

fn shown(loss: &Loss) -> String {
    let addresses = [("旧", &loss.old_url), ("新", &loss.new_url)];
    let addresses: String = addresses
        .into_iter()
        .filter_map(|(name, url)| Some((name, url.as_deref()?)))
        .map(|(name, url)| format!("<li>{name}：{}</li>", link(url)))
        .collect();
    let places = loss
        .places
        .iter()
        .map(|place| format!("<li>{}　{}</li>", escape(&place.text), link(&place.url)));
    let proof = loss.evidence.iter().map(|proof| {
        format!(
            "<li>{} {} <code>{}</code> {}</li>",
            escape(&proof.url),
            crate::commands::shown(proof.at),
            escape(&proof.sha256),
            escape(&proof.quote)
        )
    });
    format!(
        "<details><summary>《{}》{}</summary><ul>{addresses}{}</ul><p>证据</p><ul>{}</ul></details>",
        escape(&loss.title),
        escape(&loss.detail),
        places.collect::<String>(),
        proof.collect::<String>()
    )
}

/// A link, where the address is one that a browser may follow.
fn link(url: &str) -> String {
    let shown = escape(url);
    match url.starts_with("http://") || url.starts_with("https://") {
        true => format!("<a href=\"{shown}\" rel=\"noreferrer\">{shown}</a>"),
        false => shown,
    }
}
