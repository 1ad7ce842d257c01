//! The date of one item of a list: on a line of its own, in pieces, or without a year under a heading that is one.

use std::ops::Range;

use jiff::civil::Date;

use crate::facts::dates;
use crate::facts::dom::Dom;
use crate::facts::text::{collapse, is_at_most};

/// What stands around a link within its item.
pub(super) fn sides(dom: &Dom, item: Range<usize>, anchor: usize) -> [Range<usize>; 2] {
    [item.start..anchor, dom.nodes[anchor].end()..item.end]
}

pub(super) fn lines_of(dom: &Dom, sides: &[Range<usize>; 2]) -> Vec<String> {
    let lines = sides.iter().flat_map(|range| dom.lines(range.clone()));
    lines.map(|line| line.text).collect()
}

/// The date of an item that stands apart, as the records of a data store do.
pub(crate) fn date_of_item(dom: &Dom, anchor: usize, today: Date) -> Option<Date> {
    let day = Years::of(dom).at(anchor, today);
    let sides = sides(dom, 0..dom.nodes.len(), anchor);
    let inside = || {
        inline_pieces(dom, anchor)
            .iter()
            .rev()
            .find_map(|piece| day.list_date(piece))
    };
    date_beside(dom, &lines_of(dom, &sides), &sides, &day).or_else(inside)
}

/// The date in what stands around the link of an item: on a line that is no sentence, best on one that says what it is, and else in
/// pieces (day in one box, year and month in another).
pub(super) fn date_beside(
    dom: &Dom,
    lines: &[String],
    sides: &[Range<usize>; 2],
    today: &Day,
) -> Option<Date> {
    let is_named = |line: &&String| DATE_NAMES.iter().any(|word| line.contains(word));
    // A summary tells of dates: 根据2019年5月1日起施行的条例，……
    let is_sentence =
        |line: &&String| line.contains('。') || line.contains('，') && !is_at_most(line, 24);
    let named = lines.iter().filter(is_named);
    let others = lines.iter().filter(|line| !is_named(line));
    let on_a_line = named
        .chain(others)
        .filter(|line| !is_sentence(line))
        .find_map(|line| named_date(line, today).or_else(|| today.list_date(line)));
    if on_a_line.is_some_and(|_| lines.len() == 1) {
        return on_a_line;
    }
    let pieces: Vec<String> = sides
        .iter()
        .flat_map(|range| pieces_of(dom, range.clone()))
        .filter(|piece| is_at_most(piece, 12))
        .collect();
    dates::split_date(&pieces.join(" "))
        .or(on_a_line)
        .or_else(|| {
            let joined = lines.iter().filter(|line| !is_sentence(line));
            today.list_date(&joined.map(String::as_str).collect::<Vec<_>>().join(" "))
        })
}

/// What names the day of an item, best first.
const DATE_NAMES: [&str; 3] = ["发布", "日期", "时间"];

/// The date that stands behind its name: a source may give the day of a newspaper before it.
fn named_date(line: &str, today: &Day) -> Option<Date> {
    let behind = |word: &&str| line.find(*word).map(|at| &line[at..]);
    let mut named = DATE_NAMES.iter().filter_map(behind);
    named.find_map(|text| today.list_date(text))
}

/// What heads the column of a table with the days of publication, best first; days of signing or of coming into force stand beside it.
const DATE_HEADS: [&str; 4] = ["发布", "公布", "公开", "上网"];

/// The date in the cell below a head that says that it is the publication's, where a row of a table holds several days.
pub(super) fn date_below_its_head(
    dom: &Dom,
    row: usize,
    lines: &[String],
    today: &Day,
) -> Option<Date> {
    let dated = lines
        .iter()
        .filter(|line| dates::may_hold_list_date(line) && today.list_date(line).is_some());
    if dom.name(row) != "tr" || dated.take(2).count() < 2 {
        return None;
    }
    let table = dom.closest(row, &["table"])?;
    let head = dom.inside(table).find(|index| dom.name(*index) == "tr")?;
    if head == row {
        return None;
    }
    let cells = |row: usize| {
        let children = dom.children(row);
        children.filter(|cell| matches!(dom.name(*cell), "td" | "th"))
    };
    let heads: Vec<String> = cells(head).map(|cell| dom.text(cell)).collect();
    DATE_HEADS.iter().find_map(|name| {
        let at = heads.iter().position(|head| head.contains(name))?;
        today.list_date(&dom.text(cells(row).nth(at)?))
    })
}

/// The day of the page, and the year that a heading above gives to days without one.
pub(super) struct Day {
    today: Date,
    year: Option<i16>,
}

impl Day {
    pub(super) fn list_date(&self, text: &str) -> Option<Date> {
        let found = dates::list_date(text, self.today)?;
        match self.year {
            Some(year) if !dates::holds_year(text) => Date::new(year, found.month(), found.day())
                .ok()
                .or(Some(found)),
            _ => Some(found),
        }
    }

    /// Day and month in pieces of their own before a title: `15`, `03月`.
    pub(super) fn in_pieces(&self, pieces: &[String]) -> Option<Date> {
        let number = |piece: &str, max: i8| {
            let number: i8 = piece.parse().ok()?;
            (1..=max).contains(&number).then_some(number)
        };
        pieces.windows(2).find_map(|pair| {
            let month = |piece: &str| number(piece.strip_suffix('月')?, 12);
            let day = |piece: &str| number(piece.trim_end_matches('日'), 31);
            let (one, other) = (pair[0].as_str(), pair[1].as_str());
            let (month, day) = match (month(one), month(other)) {
                (Some(month), _) => (month, day(other)?),
                (_, Some(month)) => (month, day(one)?),
                _ => return None,
            };
            self.list_date(&format!("{month}-{day}"))
        })
    }
}

/// Headings that are a year: 2025年 above a list of months and days. The walk that finds them also learns where days may stand.
pub(super) struct Years {
    headings: Vec<(usize, i16)>,
    /// Texts with the digits of a day.
    with_digits: Vec<u32>,
}

/// `3-1` has two digits, but a list of such days alone is too rare to be looked for in every number of clicks.
const DAY_DIGITS_MIN: usize = 3;

impl Years {
    pub(super) fn of(dom: &Dom) -> Years {
        let mut found: Vec<(usize, i16)> = Vec::new();
        let mut with_digits: Vec<u32> = Vec::new();
        // Years side by side are a choice of years, not headings.
        let mut row = 0;
        for index in 0..dom.nodes.len() {
            let Some(text) = dom.text_of(index).filter(|_| !dom.nodes[index].is_hidden()) else {
                continue;
            };
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            let mut digits = text.bytes().filter(u8::is_ascii_digit);
            if digits.nth(DAY_DIGITS_MIN - 1).is_some() {
                with_digits.push(index as u32);
            }
            let year = (text.len() <= 8).then(|| text.trim_end_matches('年'));
            let year = year
                .filter(|year| year.len() == 4 && year.starts_with("20"))
                .and_then(|year| year.parse::<i16>().ok());
            match year {
                Some(year) => {
                    found.push((index, year));
                    row += 1;
                }
                None => {
                    if row > 1 {
                        found.truncate(found.len() - row);
                    }
                    row = 0;
                }
            }
        }
        Years {
            headings: found,
            with_digits,
        }
    }

    /// Whether a day may stand in a range of nodes.
    pub(super) fn may_be_dated(&self, nodes: &Range<usize>) -> bool {
        let next = self
            .with_digits
            .partition_point(|node| (*node as usize) < nodes.start);
        let next = self.with_digits.get(next);
        next.is_some_and(|node| (*node as usize) < nodes.end)
    }

    /// The day of the page with the year of the heading above a node.
    pub(super) fn at(&self, node: usize, today: Date) -> Day {
        let next = self
            .headings
            .partition_point(|(heading, _)| *heading < node);
        let year = next.checked_sub(1).map(|at| self.headings[at].1);
        Day { today, year }
    }
}

/// Text runs of an element, each inline element on its own.
pub(super) fn inline_pieces(dom: &Dom, index: usize) -> Vec<String> {
    pieces_of(dom, dom.inside(index))
}

fn pieces_of(dom: &Dom, nodes: Range<usize>) -> Vec<String> {
    nodes
        .filter(|inner| !dom.nodes[*inner].is_hidden())
        .filter_map(|inner| dom.text_of(inner))
        .map(collapse)
        .filter(|piece| !piece.is_empty())
        .collect()
}
