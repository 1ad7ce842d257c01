//! 图: draws chart data as SVG, and as PNG for Word. One style for every document and the pages: black and white alone, a pattern for
//! each series, every bar, point and tile with its printed value. Heights are whole lines of an official page, so that what stands
//! below a chart keeps to the grid.

mod canvas;
mod kinds;

use resvg::{tiny_skia, usvg};
use xuncha_core::notice::{ChartData, ChartKind};

use self::canvas::Canvas;
use crate::ReportError;
use crate::fonts::{Fonts, Style};

/// Width of every chart, in units of the drawing.
const WIDTH: f64 = 720.0;
/// Width of a chart on paper.
pub const WIDTH_MM: f64 = 140.0;
/// Height of a line of an official page.
const LINE_MM: f64 = 225.0 / 22.0;

/// Whole lines of an official page that a chart takes, without its caption.
pub fn lines(chart: &ChartData) -> u32 {
    let count = chart.categories.len();
    match chart.kind() {
        ChartKind::Columns | ChartKind::Line => 5,
        // Each bar takes half a line, the scale takes one.
        ChartKind::Bars => u32::try_from(count.div_ceil(2) + 1)
            .unwrap_or(20)
            .clamp(3, 20),
        ChartKind::Tiles => {
            u32::try_from(count.div_ceil(kinds::TILES))
                .unwrap_or(20)
                .clamp(1, 20)
                + 1
        }
    }
}

/// Height of a chart on paper.
pub fn height_mm(chart: &ChartData) -> f64 {
    f64::from(lines(chart)) * LINE_MM - 1.0
}

/// SVG of a chart; `fonts` name the lettering, without them the viewer's own is used.
pub fn svg(chart: &ChartData, fonts: Option<&Fonts>) -> Result<String, ReportError> {
    let family = fonts.map_or_else(
        || "sans-serif".to_owned(),
        |fonts| fonts.families(Style::Hei).join(", "),
    );
    let height = height_mm(chart) * WIDTH / WIDTH_MM;
    let mut canvas = Canvas::new(chart.number, WIDTH, height);
    match chart.kind() {
        ChartKind::Columns => kinds::columns(&mut canvas, chart),
        ChartKind::Bars => kinds::bars(&mut canvas, chart),
        ChartKind::Line => kinds::line(&mut canvas, chart),
        ChartKind::Tiles => kinds::tiles(&mut canvas, chart),
    }
    Ok(canvas.finish(&family))
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
