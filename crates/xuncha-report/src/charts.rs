//! 图: draws chart data as SVG, and as PNG for Word. Dark and light grey, every bar with its printed value, so that it reads the same
//! in black and white.

use std::sync::OnceLock;

use charts_rs::{BarChart, HorizontalBarChart};
use resvg::{tiny_skia, usvg};
use serde_json::{Value, json};
use xuncha_core::notice::{ChartData, Series};

use crate::ReportError;
use crate::fonts::{Fonts, Style};

/// Dark for this round, light for the last.
const GREYS: [&str; 2] = ["#404040", "#bdbdbd"];

/// SVG of a chart; `fonts` measure and name the lettering, without them the viewer's own are used.
pub fn svg(chart: &ChartData, fonts: Option<&Fonts>) -> Result<String, ReportError> {
    let family = fonts.map_or_else(
        || "sans-serif".to_owned(),
        |fonts| fonts.families(Style::Hei).remove(0),
    );
    if let Some(fonts) = fonts {
        register(fonts);
    }
    let svg = if chart.series.len() > 1 {
        BarChart::from_json(&columns(chart, &family).to_string()).and_then(|chart| chart.svg())
    } else {
        HorizontalBarChart::from_json(&bars(chart, &family).to_string())
            .and_then(|chart| chart.svg())
    };
    svg.map(|svg| without_empty_bars(&svg))
        .map_err(|error| ReportError::document("图", error))
}

/// Leaves out the bars of the value 0: a rectangle without width or height is no shape, and renderers complain of it.
fn without_empty_bars(svg: &str) -> String {
    let mut out = String::with_capacity(svg.len());
    let mut rest = svg;
    while let Some(start) = rest.find("<rect ") {
        let (before, from) = rest.split_at(start);
        let end = from.find('>').map_or(from.len(), |end| end + 1);
        let (tag, after) = from.split_at(end);
        let is_empty = tag.contains(" width=\"0\"") || tag.contains(" height=\"0\"");
        out.push_str(before);
        // One with a title inside is closed by a tag of its own; the library writes those for pages only.
        if !is_empty || !tag.ends_with("/>") {
            out.push_str(tag);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// PNG of an SVG, `scale` times its size.
pub fn png(svg: &str, fonts: &Fonts, scale: f32) -> Result<(Vec<u8>, u32, u32), ReportError> {
    let failed = |problem: String| ReportError::document("图", problem);
    let options = usvg::Options {
        fontdb: fonts.database(),
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| failed(error.to_string()))?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(scale)
        .ok_or_else(|| failed("尺寸为零".to_owned()))?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height())
        .ok_or_else(|| failed("尺寸过大".to_owned()))?;
    pixels.fill(tiny_skia::Color::WHITE);
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(scale, scale),
        &mut pixels.as_mut(),
    );
    let bytes = pixels
        .encode_png()
        .map_err(|error| failed(error.to_string()))?;
    Ok((bytes, size.width(), size.height()))
}

/// The chart library measures text with faces of its own list; the one for charts is put there once.
fn register(fonts: &Fonts) {
    static REGISTERED: OnceLock<()> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        let wanted = fonts.families(Style::Hei);
        let database = fonts.database();
        let is_wanted = |face: &&usvg::fontdb::FaceInfo| {
            face.families
                .iter()
                .any(|(name, _)| Some(name) == wanted.first())
        };
        if let Some(face) = database.faces().find(is_wanted) {
            // A font that cannot be measured only makes the spacing coarser, so a failure is let pass.
            let _ =
                database.with_face_data(face.id, |data, _| charts_rs::add_fonts(&[data]).is_ok());
        }
    });
}

fn data(series: &Series, is_reversed: bool) -> Vec<Value> {
    let number = |text: &str| {
        text.parse::<f64>()
            .map_or(Value::Null, |number| json!(number))
    };
    let mut numbers: Vec<Value> = series
        .points
        .iter()
        .map(|point| number(&point.text))
        .collect();
    if is_reversed {
        numbers.reverse();
    }
    numbers
}

fn series_list(chart: &ChartData, is_reversed: bool) -> Vec<Value> {
    // A series without any value (no round before) would only put an empty name into the legend.
    let is_measured = |series: &&Series| series.points.iter().any(|point| !point.text.is_empty());
    let one = |series: &Series| json!({"name": series.name, "label_show": true, "data": data(series, is_reversed)});
    chart.series.iter().filter(is_measured).map(one).collect()
}

fn columns(chart: &ChartData, family: &str) -> Value {
    json!({
        "width": 720, "height": 290, "theme": "light", "font_family": family,
        "margin": {"left": 10, "top": 10, "right": 20, "bottom": 10},
        "legend_font_size": 18, "legend_font_color": "#000", "legend_align": "center", "legend_category": "rect",
        "legend_margin": {"bottom": 14},
        "series_list": series_list(chart, false), "series_colors": GREYS,
        "series_label_font_size": 17, "series_label_font_color": "#000", "radius": 0,
        "x_axis_data": chart.categories, "x_axis_font_size": 18, "x_axis_font_color": "#000", "x_axis_height": 36,
        "x_axis_stroke_color": "#000",
        "grid_stroke_color": "#dddddd",
        "y_axis_configs": [{"axis_min": 0, "axis_max": 1, "axis_split_number": 5, "axis_font_size": 16, "axis_font_color": "#000"}],
    })
}

/// Lying bars are drawn from the bottom up; the first category is to stand on top.
fn bars(chart: &ChartData, family: &str) -> Value {
    let categories: Vec<&String> = chart.categories.iter().rev().collect();
    json!({
        "width": 720, "height": 50 + 30 * chart.categories.len(), "theme": "light", "font_family": family,
        "margin": {"left": 10, "top": 10, "right": 60, "bottom": 10},
        "legend_show": false,
        "series_list": series_list(chart, true), "series_colors": GREYS,
        "series_label_font_size": 17, "series_label_font_color": "#000",
        "x_axis_data": categories, "x_axis_font_size": 16, "x_axis_font_color": "#000", "x_axis_stroke_color": "#000",
        "grid_stroke_color": "#dddddd",
        "y_axis_configs": [{"axis_min": 0, "axis_max": 1, "axis_split_number": 5, "axis_font_size": 17, "axis_font_color": "#000"}],
    })
}
