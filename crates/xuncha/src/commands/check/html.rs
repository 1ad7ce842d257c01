//! The result as one page that needs nothing else.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::CheckOutput;

/// Pictures inside the page itself, so that it needs nothing else.
fn shown(pictures: &[(String, Vec<u8>)]) -> String {
    let mut figures = String::new();
    for (url, png) in pictures {
        let _ = write!(
            figures,
            "<figure><figcaption>{}</figcaption><img alt=\"\" loading=\"lazy\" style=\"width:100%;border:1px solid #d9dee5\" src=\"data:image/png;base64,{}\"></figure>",
            escape(url),
            STANDARD.encode(png)
        );
    }
    match figures.is_empty() {
        true => figures,
        false => {
            format!("<h2>页面图片</h2><p>由浏览器按存档重现；存档中没有的图片不显示。</p>{figures}")
        }
    }
}

/// Pages that need their scripts and were not read after they had run.
fn unrendered(output: &CheckOutput) -> String {
    let lines = output
        .unrendered
        .iter()
        .map(|page| format!("<li>{}（{}）</li>", escape(&page.url), escape(&page.why)));
    match output.unrendered.len() {
        0 => String::new(),
        count => format!(
            "<h2>未渲染的页面（{count}）</h2><ul>{}</ul>",
            lines.collect::<String>()
        ),
    }
}

/// The page.
pub fn page(output: &CheckOutput, pictures: &[(String, Vec<u8>)]) -> String {
    let mut rows = String::new();
    for verdict in &output.verdicts {
        let _ = write!(
            rows,
            "<tr class=\"{0}\"><td>{1}</td><td>{2}</td><td>{3}</td><td>{4}</td></tr>",
            verdict.verdict,
            escape(&verdict.indicator),
            escape(&verdict.level2),
            word(verdict.verdict),
            escape(&verdict.detail)
        );
    }
    let mut findings = String::new();
    for finding in &output.findings {
        let places: String = finding
            .found_on
            .iter()
            .take(10)
            .map(|page| format!("<li>{}</li>", escape(page)))
            .collect();
        let proof: String = finding
            .evidence
            .iter()
            .map(|proof| {
                format!(
                    "<li>{} {} <code>{}</code> {}</li>",
                    escape(&proof.url),
                    proof.at,
                    escape(&proof.sha256),
                    escape(&proof.quote)
                )
            })
            .collect();
        let _ = write!(
            findings,
            "<details><summary>{}（{}，{} 处{}）{}</summary><ul>{places}</ul><p>证据</p><ul>{proof}</ul></details>",
            escape(&finding.detail),
            escape(&finding.check),
            finding.found_on_count.max(1),
            if finding.counted { "" } else { "，仅列出" },
            finding
                .url
                .as_deref()
                .map(|url| format!("<br><code>{}</code>", escape(url)))
                .unwrap_or_default()
        );
    }
    let network: String = output
        .network
        .iter()
        .flat_map(crate::commands::network_lines::lines)
        .map(|(name, text)| format!("<tr><th>{name}</th><td>{}</td></tr>", escape(&text)))
        .collect();
    let warnings: String = output
        .warnings
        .iter()
        .map(|warning| format!("<p>预警：{}</p>", escape(warning)))
        .collect();
    let doubts: String = output
        .undetermined
        .iter()
        .map(|doubt| {
            format!(
                "<li>{}：{} {}</li>",
                escape(&doubt.check),
                escape(doubt.key.as_deref().unwrap_or("")),
                escape(&doubt.detail)
            )
        })
        .collect();
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>巡查：{target}</title>\
         <style>body{{font:16px/1.7 system-ui,\"Noto Sans CJK SC\",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1f26}}\
         table{{border-collapse:collapse;width:100%}}td,th{{border-bottom:1px solid #d9dee5;padding:.35rem .6rem;text-align:left;vertical-align:top}}\
         .fail td:nth-child(3){{color:#a4161a;font-weight:600}}.pass td:nth-child(3){{color:#1b6e3c}}code{{font-size:.8em;overflow-wrap:anywhere}}li{{overflow-wrap:anywhere}}\
         details{{border-bottom:1px solid #d9dee5;padding:.4rem 0}}summary{{cursor:pointer}}</style>\
         <h1>{target}</h1><p>{started}　网页 {pages}　链接 {links}　指标体系 {set}</p>\
         <h2>判定</h2><table><tr><th>指标<th>名称<th>结果<th>说明</tr>{rows}</table>\
         <h2>网络</h2><table>{network}</table>{warnings}<h2>问题（{count}）</h2>{findings}<h2>无法判定（{doubt_count}）</h2><ul>{doubts}</ul>{unrendered}{shown}</html>",
        unrendered = unrendered(output),
        shown = shown(pictures),
        target = escape(&output.target),
        started = output.started_at,
        pages = output.pages,
        links = output.links_checked,
        set = escape(&output.set),
        count = output.findings.len(),
        doubt_count = output.undetermined.len(),
    )
}

fn word(verdict: &str) -> &'static str {
    match verdict {
        "pass" => "通过",
        "fail" => "存在问题",
        "not_applicable" => "不适用",
        "needs_review" => "待人工",
        _ => "无法判定",
    }
}

/// Text that is no markup.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
