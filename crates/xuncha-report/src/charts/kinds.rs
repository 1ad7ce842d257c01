//! The kinds of charts: standing columns, lying bars, lines over rounds, tiles of regions.

use xuncha_core::notice::{ChartData, Series};

use super::canvas::{Anchor, Canvas, Fill, SERIES, text_width};

/// Size of letters: 9 pt on paper.
const LETTER: f64 = 16.5;
const GREY: &str = "#cccccc";
/// Tiles in a row.
pub const TILES: usize = 6;

/// The values of a series; `None` where nothing was measured.
fn values(series: &Series) -> Vec<Option<f64>> {
    let value = |text: &str| text.parse::<f64>().ok().filter(|value| value.is_finite());
    series
        .points
        .iter()
        .map(|point| value(&point.text))
        .collect()
}

/// Series with any value: one without (no round before) would only put an empty name into the legend.
fn measured(chart: &ChartData) -> Vec<(&Series, Vec<Option<f64>>)> {
    let with_values = chart.series.iter().map(|series| (series, values(series)));
    with_values
        .filter(|(_, values)| values.iter().any(Option::is_some))
        .collect()
}

/// Lower end, upper end and step of the scale.
fn scale(chart: &ChartData, from_zero: bool) -> (f64, f64, f64) {
    let all: Vec<f64> = measured(chart)
        .into_iter()
        .flat_map(|(_, values)| values.into_iter().flatten())
        .collect();
    let most = all.iter().copied().fold(0.0, f64::max);
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    if most <= 1.0 && from_zero {
        return (0.0, 1.0, 0.2);
    }
    let low = if from_zero || !least.is_finite() {
        0.0
    } else {
        least
    };
    let rough = ((most - low) / 4.0).max(most.abs() / 200.0).max(0.01);
    let magnitude = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .iter()
        .map(|factor| factor * magnitude)
        .find(|step| *step >= rough)
        .unwrap_or(10.0 * magnitude);
    let step = if from_zero { step.max(1.0) } else { step };
    let low = if from_zero {
        0.0
    } else {
        ((low / step).floor() - 1.0).max(0.0) * step
    };
    let high = ((most / step).ceil().max(1.0) * step).max(low + step);
    (low, high, step)
}

fn ticks(low: f64, high: f64, step: f64) -> Vec<f64> {
    let count = ((high - low) / step).round() as usize;
    (0..=count).map(|index| low + index as f64 * step).collect()
}

fn tick_text(value: f64, step: f64) -> String {
    let places = if step >= 1.0 {
        0
    } else if step >= 0.1 {
        1
    } else {
        2
    };
    format!("{value:.places$}")
}

/// The names of the series with their fills; nothing where there is one series only, whose name the caption says.
fn legend(canvas: &mut Canvas, all: &[(&Series, Vec<Option<f64>>)], is_line: bool) -> f64 {
    if all.len() < 2 {
        return 8.0;
    }
    let width: f64 = all
        .iter()
        .map(|(series, _)| 34.0 + text_width(&series.name) * LETTER + 26.0)
        .sum();
    let mut x = (canvas.width - width) / 2.0;
    for (index, (series, _)) in all.iter().enumerate() {
        if is_line {
            canvas.marker((x + 13.0, 12.0), index);
        } else {
            canvas.rect(x, 4.0, 26.0, 15.0, SERIES[index % SERIES.len()]);
        }
        canvas.text(x + 34.0, 17.5, LETTER, Anchor::Start, &series.name);
        x += 34.0 + text_width(&series.name) * LETTER + 26.0;
    }
    34.0
}

/// The frame with its horizontal scale lines; gives the place of the drawing: left, right, top, bottom.
fn frame(canvas: &mut Canvas, top: f64, range: (f64, f64, f64)) -> (f64, f64, f64, f64) {
    let (low, high, step) = range;
    let widest = text_width(&tick_text(high, step)) * LETTER;
    let (left, right) = (widest + 14.0, canvas.width - 6.0);
    let bottom = canvas.height - 26.0;
    let top = top + 16.0;
    for tick in ticks(low, high, step) {
        let y = bottom - (tick - low) / (high - low) * (bottom - top);
        canvas.line((left, y), (right, y), GREY, 1.0, "");
        canvas.text(
            left - 6.0,
            y + 5.5,
            LETTER - 1.0,
            Anchor::End,
            &tick_text(tick, step),
        );
    }
    canvas.line((left, bottom), (right, bottom), "#000", 1.2, "");
    (left, right, top, bottom)
}

/// A name under its place, smaller where it would not fit.
fn category(canvas: &mut Canvas, x: f64, y: f64, room: f64, name: &str) {
    let size = (room / text_width(name).max(1.0)).clamp(9.0, LETTER);
    canvas.text(x, y, size, Anchor::Middle, name);
}

/// Standing columns: some categories, one or more series beside each other.
pub fn columns(canvas: &mut Canvas, chart: &ChartData) {
    let all = measured(chart);
    let range = scale(chart, true);
    let top = legend(canvas, &all, false);
    let (left, right, top, bottom) = frame(canvas, top, range);
    let group = (right - left) / chart.categories.len().max(1) as f64;
    let column = (group * 0.72 / all.len().max(1) as f64).min(64.0);
    for (index, name) in chart.categories.iter().enumerate() {
        let middle = left + group * (index as f64 + 0.5);
        let first = middle - column * all.len() as f64 / 2.0;
        for (place, (series, values)) in all.iter().enumerate() {
            let Some(value) = values.get(index).copied().flatten() else {
                continue;
            };
            let height = (value / range.1).clamp(0.0, 1.0) * (bottom - top);
            let x = first + column * place as f64;
            canvas.rect(
                x,
                bottom - height,
                column,
                height,
                SERIES[place % SERIES.len()],
            );
            let text = chart.label(&series.points[index]);
            canvas.text(
                x + column / 2.0,
                bottom - height - 5.0,
                LETTER,
                Anchor::Middle,
                &text,
            );
        }
        category(canvas, middle, canvas.height - 6.0, group - 4.0, name);
    }
}

/// Lying bars of one series, the first category on top.
pub fn bars(canvas: &mut Canvas, chart: &ChartData) {
    let all = measured(chart);
    let Some((series, values)) = all.first() else {
        return;
    };
    let (low, high, step) = scale(chart, true);
    let widest = chart
        .categories
        .iter()
        .map(|name| text_width(name))
        .fold(0.0, f64::max);
    let left = (widest * LETTER + 14.0).min(canvas.width * 0.45);
    let (right, top, bottom) = (canvas.width - 60.0, 4.0, canvas.height - 24.0);
    for tick in ticks(low, high, step) {
        let x = left + (tick - low) / (high - low) * (right - left);
        canvas.line((x, top), (x, bottom), GREY, 1.0, "");
        canvas.text(
            x,
            canvas.height - 6.0,
            LETTER - 1.0,
            Anchor::Middle,
            &tick_text(tick, step),
        );
    }
    let row = (bottom - top) / chart.categories.len().max(1) as f64;
    for (index, name) in chart.categories.iter().enumerate() {
        let middle = top + row * (index as f64 + 0.5);
        let size = ((left - 12.0) / text_width(name).max(1.0)).min(LETTER);
        canvas.text(left - 8.0, middle + size * 0.36, size, Anchor::End, name);
        let Some(value) = values.get(index).copied().flatten() else {
            continue;
        };
        let width = (value / high).clamp(0.0, 1.0) * (right - left);
        let thick = (row * 0.66).min(20.0);
        canvas.rect(left, middle - thick / 2.0, width, thick, Fill::Dark);
        canvas.text(
            left + width + 7.0,
            middle + 6.0,
            LETTER,
            Anchor::Start,
            &chart.label(&series.points[index]),
        );
    }
    canvas.line((left, top), (left, bottom), "#000", 1.2, "");
}

/// Lines over rounds. What was not measured leaves a gap.
pub fn line(canvas: &mut Canvas, chart: &ChartData) {
    let all = measured(chart);
    let range = scale(chart, false);
    let top = legend(canvas, &all, true);
    let (left, right, top, bottom) = frame(canvas, top, range);
    let group = (right - left) / chart.categories.len().max(1) as f64;
    let place = |index: usize, value: f64| {
        let share = (value - range.0) / (range.1 - range.0);
        (
            left + group * (index as f64 + 0.5),
            bottom - share * (bottom - top),
        )
    };
    for (number, (series, values)) in all.iter().enumerate() {
        let dash = ["", "8 5", "3 4"][number % 3];
        let points: Vec<Option<(f64, f64)>> = values
            .iter()
            .enumerate()
            .map(|(index, value)| value.map(|value| place(index, value)))
            .collect();
        for pair in points.windows(2) {
            if let [Some(from), Some(to)] = pair {
                canvas.line(*from, *to, "#000", 1.8, dash);
            }
        }
        for (index, at) in points.iter().enumerate() {
            let Some(at) = at else { continue };
            canvas.marker(*at, number);
            canvas.text(
                at.0,
                at.1 - 10.0,
                LETTER,
                Anchor::Middle,
                &chart.label(&series.points[index]),
            );
        }
    }
    for (index, name) in chart.categories.iter().enumerate() {
        let middle = left + group * (index as f64 + 0.5);
        category(canvas, middle, canvas.height - 6.0, group - 4.0, name);
    }
}

/// A tile for each region, the darker the lower its value; the key under them says from where to where.
pub fn tiles(canvas: &mut Canvas, chart: &ChartData) {
    let all = measured(chart);
    let series = all.first();
    let known: Vec<f64> = series
        .map(|(_, values)| values.iter().copied().flatten().collect())
        .unwrap_or_default();
    let (least, most) = known.iter().fold(
        (f64::INFINITY, f64::NEG_INFINITY),
        |(least, most), value| (least.min(*value), most.max(*value)),
    );
    let step_of = |value: f64| match most > least {
        true => (((most - value) / (most - least)) * 4.99) as usize,
        false => 0,
    };
    let rows = chart.categories.len().div_ceil(TILES).max(1);
    let (width, height) = (
        canvas.width / TILES as f64,
        (canvas.height - 30.0) / rows as f64,
    );
    // A row that is not full stands over the middle of the caption.
    let in_row = |row: usize| (chart.categories.len() - row * TILES).min(TILES);
    for (index, name) in chart.categories.iter().enumerate() {
        let left = (TILES - in_row(index / TILES)) as f64 * width / 2.0;
        let (x, y) = (
            left + (index % TILES) as f64 * width + 2.0,
            (index / TILES) as f64 * height + 2.0,
        );
        let value = series.and_then(|(_, values)| values.get(index).copied().flatten());
        let step = value.map_or(0, step_of);
        canvas.rect(x, y, width - 4.0, height - 4.0, Fill::Step(step));
        let colour = if step >= 3 { "#fff" } else { "#000" };
        let middle = x + width / 2.0 - 2.0;
        let size = ((width - 10.0) / text_width(name).max(1.0)).min(LETTER);
        canvas.coloured(
            middle,
            y + height * 0.40,
            size,
            Anchor::Middle,
            colour,
            name,
        );
        let text = match (value, series) {
            (Some(_), Some((series, _))) => chart.label(&series.points[index]),
            _ => "无数据".to_owned(),
        };
        canvas.coloured(
            middle,
            y + height * 0.40 + 18.0,
            LETTER,
            Anchor::Middle,
            colour,
            &text,
        );
    }
    key(canvas, least, most);
}

/// Steps of the tiles with the values at their ends.
fn key(canvas: &mut Canvas, least: f64, most: f64) {
    if !(least.is_finite() && most > least) {
        return;
    }
    let y = canvas.height - 20.0;
    let mut x = canvas.width / 2.0 - 100.0;
    canvas.text(
        x - 8.0,
        y + 13.0,
        LETTER - 1.0,
        Anchor::End,
        &format!("高 {most}"),
    );
    for step in 0..5 {
        canvas.rect(x, y, 40.0, 15.0, Fill::Step(step));
        x += 40.0;
    }
    canvas.text(
        x + 8.0,
        y + 13.0,
        LETTER - 1.0,
        Anchor::Start,
        &format!("低 {least}"),
    );
}
