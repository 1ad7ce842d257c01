//! 网页版: the notice as one file of HTML without outside parts. Every figure links to its definition at the end, and from there to the
//! rows that it was reckoned from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use xuncha_core::notice::trace::{TraceBook, TraceRows, is_public};
use xuncha_core::notice::{Annex, Block, Form, Notice, Span, caption};

use crate::escape::escape;
use crate::fonts::Fonts;
use crate::{ReportError, charts};

/// Rows behind a figure that the page holds at most.
const MOST_ROWS: usize = 1_000;

/// A wide table and a chart scroll in frames of their own, so that the page never does.
const FRAME: &str = "<div class=\"scroll\" tabindex=\"0\">";
const CHART_FRAME: &str = "<div class=\"scroll chart\" tabindex=\"0\">";

const STYLE: &str = include_str!("layout/notice.css");

/// The page; `book` has the rows behind its figures. The page may be published, so it holds the rows only that name no problem of a
/// target ([`is_public`]).
pub fn html(
    notice: &Notice,
    fonts: Option<&Fonts>,
    book: Option<&TraceBook>,
) -> Result<String, ReportError> {
    let mut out = String::new();
    let title = escape(&notice.title);
    out.push_str("<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    put(
        &mut out,
        format_args!(
            "<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<p class=\"issuer\">{}</p>\n",
            escape(&notice.issuer)
        ),
    );
    if !notice.number.is_empty() {
        put(
            &mut out,
            format_args!("<p class=\"number\">{}</p>\n", escape(&notice.number)),
        );
    }
    put(&mut out, format_args!("<h1>{title}</h1>\n"));
    if notice.form != Form::Plain {
        put(
            &mut out,
            format_args!(
                "<p class=\"recipients\">{}：</p>\n",
                escape(&notice.recipients)
            ),
        );
    }
    for block in &notice.blocks {
        put_block(&mut out, notice, block, fonts)?;
    }
    if notice.form != Form::Plain {
        put_closing(&mut out, notice);
    }
    notice
        .annexes
        .iter()
        .for_each(|annex| put_annex(&mut out, notice, annex));
    put_imprint(&mut out, notice);
    put_definitions(&mut out, notice, book);
    out.push_str("</main>\n</body>\n</html>\n");
    Ok(out)
}

/// Writing to a string cannot fail.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

fn anchor(name: &str) -> String {
    format!("figure-{}", escape(name))
}

fn spans(notice: &Notice, spans: &[Span]) -> String {
    let mut out = String::new();
    for span in spans {
        match span {
            Span::Text(text) => out.push_str(&escape(text)),
            Span::Figure { name, text } => {
                let definition = notice
                    .figures
                    .get(name)
                    .map_or("", |figure| &figure.definition);
                put(
                    &mut out,
                    format_args!(
                        "<a class=\"figure\" href=\"#{}\" title=\"{}\">{}</a>",
                        anchor(name),
                        escape(definition),
                        escape(text)
                    ),
                );
            }
        }
    }
    out
}

fn put_block(
    out: &mut String,
    notice: &Notice,
    block: &Block,
    fonts: Option<&Fonts>,
) -> Result<(), ReportError> {
    match block {
        Block::Heading {
            level,
            number,
            text,
        } => {
            let tag = level + 1;
            put(
                out,
                format_args!(
                    "<h{tag}>{}{}</h{tag}>\n",
                    escape(number),
                    spans(notice, text)
                ),
            );
        }
        Block::Paragraph(text) => put(out, format_args!("<p>{}</p>\n", spans(notice, text))),
        Block::Note(text) => put(
            out,
            format_args!("<p class=\"note\">{}</p>\n", spans(notice, text)),
        ),
        Block::Chart(index) => {
            if let Some(chart) = notice.charts.get(*index) {
                let svg = charts::svg(chart, fonts)?;
                let title = escape(&caption(chart));
                put(
                    out,
                    format_args!(
                        "<figure role=\"img\" aria-label=\"{title}\">\n{CHART_FRAME}{svg}</div>\n<figcaption>{title}</figcaption>\n"
                    ),
                );
                put_chart_table(out, notice, chart);
                out.push_str("</figure>\n");
            }
        }
    }
    Ok(())
}

/// The data behind a chart, for those who cannot see it and those who want to copy it.
fn put_chart_table(out: &mut String, notice: &Notice, chart: &xuncha_core::notice::ChartData) {
    put(
        out,
        format_args!("<details><summary>图中数据</summary>{FRAME}<table><thead><tr><th>指标</th>"),
    );
    chart
        .series
        .iter()
        .for_each(|series| put(out, format_args!("<th>{}</th>", escape(&series.name))));
    out.push_str("</tr></thead><tbody>\n");
    for (index, category) in chart.categories.iter().enumerate() {
        put(out, format_args!("<tr><td>{}</td>", escape(category)));
        for point in chart
            .series
            .iter()
            .filter_map(|series| series.points.get(index))
        {
            let known = Span::Figure {
                name: point.figure.clone(),
                text: chart.label(point),
            };
            let missing = Span::Text("缺上期数据".to_owned());
            let cell = if point.text.is_empty() {
                missing
            } else {
                known
            };
            put(out, format_args!("<td>{}</td>", spans(notice, &[cell])));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div></details>\n");
}

fn put_closing(out: &mut String, notice: &Notice) {
    if !notice.annexes.is_empty() {
        for (index, annex) in notice.annexes.iter().enumerate() {
            let prefix = if index == 0 { "附件：" } else { "" };
            put(
                out,
                format_args!(
                    "<p class=\"entry\">{prefix}<a href=\"#annex-{}\">{}</a></p>\n",
                    annex.number,
                    escape(&notice.annex_entry(annex))
                ),
            );
        }
    }
    let date = xuncha_core::notice::figures::chinese_date(notice.date);
    put(
        out,
        format_args!(
            "<p class=\"signature\">{}<br>{date}</p>\n",
            escape(&notice.issuer)
        ),
    );
}

fn put_annex(out: &mut String, notice: &Notice, annex: &Annex) {
    put(
        out,
        format_args!(
            "<section class=\"annex\" id=\"annex-{}\">\n{}",
            annex.number,
            match notice.annex_mark(annex) {
                mark if mark.is_empty() => String::new(),
                mark => format!("<p class=\"annex-head\">{mark}</p>\n"),
            }
        ),
    );
    put(
        out,
        format_args!(
            "<h2 class=\"annex-title\">{}</h2>\n{FRAME}<table>\n<thead><tr>",
            escape(&annex.title)
        ),
    );
    annex
        .columns
        .iter()
        .for_each(|head| put(out, format_args!("<th>{}</th>", escape(head))));
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &annex.rows {
        out.push_str("<tr>");
        row.iter()
            .for_each(|cell| put(out, format_args!("<td>{}</td>", escape(cell))));
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n</section>\n");
}

/// 版记; a letter has only 抄送.
fn put_imprint(out: &mut String, notice: &Notice) {
    if !notice.copies_to.is_empty() {
        let copies = escape(&notice.copies_to);
        put(
            out,
            format_args!("<p class=\"imprint\">抄送：{copies}。</p>\n"),
        );
    }
    if notice.form == Form::Circular {
        let office = match notice.printed_by.as_str() {
            "" => &notice.issuer,
            _ => &notice.printed_by,
        };
        let date = xuncha_core::notice::figures::chinese_date(notice.date);
        put(
            out,
            format_args!(
                "<p class=\"imprint\">{} <span>{date}印发</span></p>\n",
                escape(office)
            ),
        );
    }
}

/// 文中数字的定义: folded, and only of what the page prints and of what that is made of. Names of the program stand in no cell: the page
/// is read by the public.
fn put_definitions(out: &mut String, notice: &Notice, book: Option<&TraceBook>) {
    let names = explained(notice, book);
    if names.is_empty() {
        return;
    }
    let rows = book.map_or_else(Vec::new, |book| shown_rows(&names, book));
    let places: BTreeMap<&str, usize> = rows
        .iter()
        .enumerate()
        .map(|(place, (query, _))| (*query, place))
        .collect();
    put(
        out,
        format_args!(
            "<section class=\"definitions\">\n<details><summary>文中数字的定义（{}项）</summary>\n{FRAME}<table>\n<thead><tr><th>数值</th><th>定义</th>",
            names.len()
        ),
    );
    out.push_str(match book {
        Some(_) => "<th>来源与算法</th><th>明细</th></tr></thead>\n<tbody>\n",
        None => "</tr></thead>\n<tbody>\n",
    });
    for name in &names {
        let Some(figure) = notice.figures.get(name) else {
            continue;
        };
        put(
            out,
            format_args!(
                "<tr id=\"{}\"><td>{}{}</td><td>{}</td>",
                anchor(name),
                escape(&figure.printed),
                escape(figure.printed_unit()),
                escape(&figure.definition)
            ),
        );
        if let Some(book) = book {
            put_origin(out, name, (notice, book), &places);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div></details>\n</section>\n");
    if let Some(book) = book.filter(|_| !rows.is_empty()) {
        put_rows(out, book, &rows);
    }
}

/// Where a figure comes from, with the way to its rows.
fn put_origin(
    out: &mut String,
    name: &str,
    (notice, book): (&Notice, &TraceBook),
    places: &BTreeMap<&str, usize>,
) {
    let Some(trace) = book.figures.get(name) else {
        out.push_str("<td></td><td></td>");
        return;
    };
    put(
        out,
        format_args!("<td>{}；{}", escape(&trace.source), escape(&trace.method)),
    );
    for part in &trace.parts {
        let Some(figure) = notice.figures.get(part) else {
            continue;
        };
        put(
            out,
            format_args!(
                " <a href=\"#{}\" title=\"{}\">{}{}</a>",
                anchor(part),
                escape(&figure.definition),
                escape(&figure.printed),
                escape(figure.printed_unit())
            ),
        );
    }
    match places.get(trace.query.as_str()) {
        Some(place) => {
            let rows = book
                .queries
                .get(&trace.query)
                .map_or(0, |own| own.rows.len());
            put(
                out,
                format_args!("</td><td><a href=\"#rows-{place}\">{rows}行</a></td>"),
            );
        }
        None => out.push_str("</td><td></td>"),
    }
}

/// Names of the figures that text, charts and annexes print, and of what these are made of, in the order of their names.
fn explained(notice: &Notice, book: Option<&TraceBook>) -> BTreeSet<String> {
    let printed = notice.printed_figures().into_iter().map(|(name, _)| name);
    let series = notice.charts.iter().flat_map(|chart| &chart.series);
    let charted = series
        .flat_map(|series| &series.points)
        .map(|point| point.figure.clone());
    let counted = notice.annexes.iter().map(|one| one.count_figure.clone());
    let mut open: Vec<String> = printed.chain(charted).chain(counted).collect();
    let mut names = BTreeSet::new();
    while let Some(name) = open.pop() {
        if !notice.figures.contains_key(&name) || !names.insert(name.clone()) {
            continue;
        }
        if let Some(trace) = book.and_then(|book| book.figures.get(&name)) {
            open.extend(trace.parts.iter().cloned());
        }
    }
    names
}

/// The rows that the page holds: those of the figures that it explains.
fn shown_rows<'a>(names: &BTreeSet<String>, book: &'a TraceBook) -> Vec<(&'a str, &'a TraceRows)> {
    let mut rows: BTreeMap<&str, &TraceRows> = BTreeMap::new();
    for trace in names.iter().filter_map(|name| book.figures.get(name)) {
        if let Some((query, found)) = book.queries.get_key_value(&trace.query)
            && is_public(query)
            && !found.rows.is_empty()
        {
            rows.insert(query, found);
        }
    }
    rows.into_iter().collect()
}

/// What rows are called: the definition of the figure that they are all of.
fn title_of<'a>(book: &'a TraceBook, query: &'a str) -> &'a str {
    let own = book.figures.get(query);
    let any = || book.figures.values().find(|trace| trace.query == query);
    own.or_else(any)
        .map_or("明细", |trace| trace.definition.as_str())
}

fn put_rows(out: &mut String, book: &TraceBook, all: &[(&str, &TraceRows)]) {
    out.push_str("<section class=\"definitions\">\n<h2>明细</h2>\n");
    for (place, (query, rows)) in all.iter().enumerate() {
        let count = rows.rows.len();
        let note = match count > MOST_ROWS {
            true => format!("，此处列出前{MOST_ROWS}行"),
            false => String::new(),
        };
        // The mark stands inside: a browser opens what is folded when it goes there.
        put(
            out,
            format_args!(
                "<details><summary>{}（{count}行{note}）</summary>{FRAME}<table id=\"rows-{place}\" data-rows=\"{}\"><thead><tr>",
                escape(title_of(book, query)),
                escape(query)
            ),
        );
        let cells = |out: &mut String, tag: &str, cells: &[String]| {
            for cell in cells {
                put(out, format_args!("<{tag}>{}</{tag}>", escape(cell)));
            }
        };
        cells(out, "th", &rows.columns);
        out.push_str("</tr></thead>\n<tbody>\n");
        for row in rows.rows.iter().take(MOST_ROWS) {
            out.push_str("<tr>");
            cells(out, "td", &row.cells);
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody></table></div></details>\n");
    }
    out.push_str("</section>\n");
}
