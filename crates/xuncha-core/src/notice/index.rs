//! 数字索引: every number that a notice prints, in the order of its text, with what it is and where it comes from; a document of its own
//! beside the notice, for Word and PDF, where a number cannot be clicked.

use std::collections::BTreeMap;

use super::trace::TraceBook;
use super::{Annex, Block, Form, Notice, Span, caption, plain};
use crate::stats::{Figure, FigureValue};

/// Figure that counts the rows of the index.
const COUNT: &str = "index.figures";

/// The index of a notice.
pub fn index(notice: &Notice, book: &TraceBook) -> Notice {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (place, name, printed) in printed(notice) {
        let key = format!("{name} {printed}");
        if let Some(at) = places.get(&key) {
            let cell = &mut rows[*at][2];
            if !cell.split('、').any(|one| one == place) {
                cell.push('、');
                cell.push_str(&place);
            }
            continue;
        }
        let Some(trace) = book.figures.get(&name) else {
            continue;
        };
        let behind = book.rows_of(&name).map_or(0, |rows| rows.rows.len());
        places.insert(key, rows.len());
        rows.push(vec![
            (rows.len() + 1).to_string(),
            printed,
            place,
            trace.definition.clone(),
            format!("{}；{}", trace.source, trace.method),
            if behind == 0 {
                String::new()
            } else {
                behind.to_string()
            },
            name,
        ]);
    }
    let count = Figure {
        value: FigureValue::Count(rows.len() as i64),
        printed: rows.len().to_string(),
        unit: "个".to_owned(),
        definition: "通报印出的数字和用词".to_owned(),
    };
    let said = |text: &str| Span::Text(text.to_owned());
    Notice {
        form: Form::Plain,
        title: "数字索引".to_owned(),
        issuer: notice.issuer.clone(),
        number: String::new(),
        recipients: String::new(),
        date: notice.date,
        blocks: vec![Block::Paragraph(vec![
            said(&format!("《{}》印出的", notice.title)),
            Span::Figure {
                name: COUNT.to_owned(),
                text: count.printed.clone(),
            },
            said(
                "个数字和用词，按出现的先后列出；逐个对象的明细见系统内“数字溯源”，或用“指标”一栏的名称运行 xuncha explain figure。",
            ),
        ])],
        charts: Vec::new(),
        annexes: vec![Annex {
            id: "index".to_owned(),
            number: 1,
            title: "通报中的数字".to_owned(),
            columns: [
                "序号",
                "印作",
                "所在位置",
                "含义",
                "来源与算法",
                "明细行数",
                "指标",
            ]
            .map(str::to_owned)
            .to_vec(),
            rows,
            count_figure: COUNT.to_owned(),
        }],
        figures: BTreeMap::from([(COUNT.to_owned(), count)]),
        copies_to: String::new(),
        printed_by: String::new(),
        tables: Vec::new(),
    }
}

/// Place, name and print of every number, in the order of the text. A place is the heading above it with the paragraph under it, or a chart.
fn printed(notice: &Notice) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    let (mut heading, mut paragraph) = ("开头".to_owned(), 0);
    for block in &notice.blocks {
        let spans = match block {
            Block::Heading { number, text, .. } => {
                let text = plain(text);
                heading = format!("{number}{}", text.trim_end_matches('。'));
                paragraph = 0;
                continue;
            }
            Block::Chart(at) => {
                let Some(chart) = notice.charts.get(*at) else {
                    continue;
                };
                let points = chart.series.iter().flat_map(|series| &series.points);
                for point in points.filter(|point| !point.text.is_empty()) {
                    all.push((caption(chart), point.figure.clone(), point.text.clone()));
                }
                continue;
            }
            Block::Paragraph(spans) => spans,
            Block::Note(_) => continue,
        };
        paragraph += 1;
        for span in spans {
            if let Span::Figure { name, text } = span {
                // Names of the round are no numbers; they would fill the index.
                if !name.starts_with("names.") && !text.is_empty() {
                    let place = format!("{heading} 第{paragraph}段");
                    all.push((place, name.clone(), text.clone()));
                }
            }
        }
    }
    for annex in &notice.annexes {
        if let Some(figure) = notice.figures.get(&annex.count_figure) {
            let place = format!("{}行数", notice.annex_mark(annex));
            all.push((place, annex.count_figure.clone(), figure.printed.clone()));
        }
    }
    all
}
