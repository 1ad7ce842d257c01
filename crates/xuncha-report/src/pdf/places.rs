//! 图与署名的位置: where a chart that the rest of its page cannot hold goes, and what keeps the signature from standing on a page alone
//! (GB/T 9704-2012, 7.3.5). The text is laid out without its annexes, and what it shows decides.

use serde_json::{Value, json};
use typst::foundations::{Label, Selector};
use typst::introspection::Introspector;
use typst::utils::PicoStr;
use typst_layout::PagedDocument;

use super::Compile;
use crate::ReportError;
use crate::layout::PITCH_PT;

/// Lines of a page, and where the first of them begins.
const LINES: usize = 22;
const TOP_PT: f64 = 37.0 / 25.4 * 72.0;
/// Height of a line in millimetres, as charts take lines.
const LINE_MM: f64 = 225.0 / 22.0;
/// A chart of fewer lines is not pressed together any further.
const LEAST_LINES: usize = 4;
/// Lines of the last paragraph that go along with the signature, where it has as many again.
const KEPT_LINES: usize = 2;

/// A place in the laid out text: page and line, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    page: usize,
    line: usize,
}

/// Moves charts behind the paragraph that fills their page, or makes them a line lower, and keeps text beside the signature.
pub(super) fn settle(data: &mut Value, compile: &Compile<'_>) -> Result<(), ReportError> {
    if data["form"] == "plain" {
        return Ok(());
    }
    data["text-only"] = json!(true);
    let mut document = compile(data)?;
    let charts = blocks(data).filter(|(_, kind)| kind == "chart").count();
    let mut settled = Vec::new();
    for _ in 0..charts {
        match next_misfit(data, &document, &settled) {
            None => break,
            Some((index, free)) => {
                settled.push(data["blocks"][index]["caption"].clone());
                if place_chart(data, index, free) {
                    document = compile(data)?;
                }
            }
        }
    }
    data["foot-lines"] = json!(foot_lines(data, &document));
    data["text-only"] = json!(false);
    Ok(())
}

fn blocks(data: &Value) -> impl Iterator<Item = (usize, String)> {
    let all = data["blocks"].as_array().map_or(&[][..], Vec::as_slice);
    let kind = |block: &Value| block["kind"].as_str().unwrap_or_default().to_owned();
    all.iter()
        .enumerate()
        .map(move |(index, block)| (index, kind(block)))
}

/// Where a mark of the layout stands.
fn place(document: &PagedDocument, name: &str, index: usize) -> Option<Place> {
    let label = Label::new(PicoStr::intern(&format!("{name}-{index}")))?;
    let introspector = document.introspector();
    let marked = introspector.query_first(&Selector::Label(label))?;
    let at = introspector.position(marked.location()?)?;
    let line = (at.point.y.to_pt() - TOP_PT + 1.0) / PITCH_PT;
    Some(Place {
        page: at.page.get() - 1,
        line: line.max(0.0).floor() as usize,
    })
}

/// The first chart that went to the next page although lines were left below what stands before it, with the number of these lines.
fn next_misfit(
    data: &Value,
    document: &PagedDocument,
    settled: &[Value],
) -> Option<(usize, usize)> {
    let mut before: Option<Place> = None;
    for (index, kind) in blocks(data) {
        if kind == "chart" && !settled.contains(&data["blocks"][index]["caption"]) {
            let own = place(document, "start", index)?;
            if let Some(end) = before.filter(|end| end.page < own.page) {
                let free = LINES.saturating_sub(end.line + 1);
                if free > 0 {
                    return Some((index, free));
                }
            }
        }
        before = place(document, "end", index).or(before);
    }
    None
}

/// Finds a better place for a chart; whether anything was changed.
fn place_chart(data: &mut Value, index: usize, free: usize) -> bool {
    let is = |at: usize, kind: &str| data["blocks"][at]["kind"] == kind;
    let lines = data["blocks"][index]["lines"].as_u64().unwrap_or(0) as usize;
    let has_note = is(index + 1, "note");
    let needed = lines + 1 + usize::from(has_note);
    let lacking = needed.saturating_sub(free);
    // One line in five is not missed.
    if lacking <= lines / 5 && lines - lacking >= LEAST_LINES {
        let lines = lines - lacking;
        let chart = &mut data["blocks"][index];
        chart["lines"] = json!(lines);
        chart["height"] = json!(lines as f64 * LINE_MM - 1.0);
        return true;
    }
    let count = 1 + usize::from(has_note);
    if !is(index + count, "paragraph") {
        return false;
    }
    if let Some(all) = data["blocks"].as_array_mut() {
        all[index..=index + count].rotate_right(1);
    }
    true
}

/// Lines at the foot of the last page of text that stay empty, so that the last paragraph goes along with the signature; 0 where text
/// stands beside it anyway.
fn foot_lines(data: &Value, document: &PagedDocument) -> usize {
    let Some((last, _)) = blocks(data).last().filter(|(_, kind)| kind == "paragraph") else {
        return 0;
    };
    let at = |name: &str, index: usize| place(document, name, index);
    let (Some(start), Some(end), Some(closing)) =
        (at("start", last), at("end", last), at("closing", 0))
    else {
        return 0;
    };
    // A paragraph that began a page earlier leaves its empty lines there.
    if closing.page == end.page || start.page < end.page {
        return 0;
    }
    let lines = end.line + 1 - start.line;
    let moved = if lines >= 2 * KEPT_LINES {
        KEPT_LINES
    } else {
        lines
    };
    LINES.saturating_sub(end.line + 1) + moved
}
