//! Shapes of a chart as SVG.

use std::fmt::Write;

use crate::escape::escape;

/// How a surface is filled; each tells itself from the others without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Dark: this round.
    Dark,
    /// Hatched: the round before.
    Hatched,
    /// Dotted: a third series.
    Dotted,
    /// White to dark in five steps, for tiles.
    Step(usize),
}

/// Fills of series in their order.
pub const SERIES: [Fill; 3] = [Fill::Dark, Fill::Hatched, Fill::Dotted];
/// Greys of the steps, light to dark.
const STEPS: [&str; 5] = ["#ffffff", "#dedede", "#b8b8b8", "#787878", "#404040"];

/// Where a text stands about its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// Ends there.
    End,
}

/// A drawing.
pub struct Canvas {
    number: usize,
    /// Width in units.
    pub width: f64,
    /// Height in units.
    pub height: f64,
    body: String,
}

impl Canvas {
    /// An empty drawing; `number` keeps the names of its patterns apart from those of other charts of a page.
    pub fn new(number: usize, width: f64, height: f64) -> Canvas {
        Canvas {
            number,
            width,
            height,
            body: String::new(),
        }
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.body.write_fmt(text);
    }

    fn paint(&self, fill: Fill) -> String {
        match fill {
            Fill::Dark => "#404040".to_owned(),
            Fill::Hatched => format!("url(#c{}-hatched)", self.number),
            Fill::Dotted => format!("url(#c{}-dotted)", self.number),
            Fill::Step(step) => STEPS[step.min(STEPS.len() - 1)].to_owned(),
        }
    }

    /// A rectangle; one without width or height is no shape, and renderers complain of it.
    pub fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, fill: Fill) {
        if width < 0.05 || height < 0.05 {
            return;
        }
        let paint = self.paint(fill);
        self.put(format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{paint}\" stroke=\"#000\" stroke-width=\"1\"/>"
        ));
    }

    /// A line from one point to another; `dash` is empty for a whole line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64, dash: &str) {
        let dash = match dash {
            "" => String::new(),
            dash => format!(" stroke-dasharray=\"{dash}\""),
        };
        self.put(format_args!(
            "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\" stroke-width=\"{width}\"{dash}/>",
            from.0, from.1, to.0, to.1
        ));
    }

    /// A marker of a point: a filled disc, an empty disc, a square.
    pub fn marker(&mut self, at: (f64, f64), series: usize) {
        let (x, y) = at;
        match series {
            0 => self.put(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"#404040\"/>")),
            1 => self.put(format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"#fff\" stroke=\"#000\" stroke-width=\"1.5\"/>")),
            _ => self.put(format_args!("<rect x=\"{:.1}\" y=\"{:.1}\" width=\"9\" height=\"9\" fill=\"#fff\" stroke=\"#000\" stroke-width=\"1.5\"/>", x - 4.5, y - 4.5)),
        }
    }

    /// A text whose baseline is at `y`.
    pub fn text(&mut self, x: f64, y: f64, size: f64, anchor: Anchor, text: &str) {
        self.coloured(x, y, size, anchor, "#000", text);
    }

    /// A text in a colour.
    pub fn coloured(
        &mut self,
        x: f64,
        y: f64,
        size: f64,
        anchor: Anchor,
        colour: &str,
        text: &str,
    ) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escape(text);
        self.put(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{text}</text>"
        ));
    }

    /// The whole drawing.
    pub fn finish(self, family: &str) -> String {
        let (number, width, height) = (self.number, self.width, self.height);
        let family = escape(family);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"{family}\"><defs>\
             <pattern id=\"c{number}-hatched\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\"><rect width=\"7\" height=\"7\" fill=\"#fff\"/><path d=\"M-1,1 l2,-2 M0,7 l7,-7 M6,8 l2,-2\" stroke=\"#555\" stroke-width=\"1.2\"/></pattern>\
             <pattern id=\"c{number}-dotted\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"6\" height=\"6\" fill=\"#fff\"/><circle cx=\"3\" cy=\"3\" r=\"1.2\" fill=\"#333\"/></pattern>\
             </defs>{}</svg>",
            self.body
        )
    }
}

/// Width of a text of size 1.
pub fn text_width(text: &str) -> f64 {
    text.chars()
        .map(|c| if c.is_ascii() { 0.56 } else { 1.0 })
        .sum()
}
