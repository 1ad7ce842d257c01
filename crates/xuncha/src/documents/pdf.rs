//! Text of a PDF: its glyphs in the order in which they are drawn, parted where the pen jumps.

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache,
    InterpreterSettings, Paint, PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Point, Rect};

use super::text::Read;

/// Pages that are read.
const PAGES_MAX: usize = 300;
/// Text that is read.
const TEXT_BYTES_MAX: usize = 8 << 20;

/// The text of a PDF.
pub(super) fn text(body: &[u8]) -> Read {
    // Bytes before the mark are allowed; the reader does not expect them.
    let start = memchr::memmem::find(body, b"%PDF-").unwrap_or(0);
    // Readers mend a file that ends in the middle and show what is left of it; its end says where everything stands.
    let has = |mark: &[u8]| memchr::memmem::find(body, mark).is_some();
    if !has(b"startxref") && !has(b"%%EOF") {
        return Read::Broken("PDF不完整，缺少结尾");
    }
    let pdf = match Pdf::new(body[start..].to_vec()) {
        Ok(pdf) => pdf,
        Err(error) => {
            let said = format!("{error:?}").to_lowercase();
            return match said.contains("decrypt") || said.contains("password") {
                true => Read::Unread("PDF设有密码"),
                false => Read::Broken("PDF无法打开"),
            };
        }
    };
    let cache = InterpreterCache::new();
    let mut device = Glyphs::default();
    for page in pdf.pages().iter().take(PAGES_MAX) {
        let whole = Rect::new(0.0, 0.0, 1.0, 1.0);
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, whole, &cache, pdf.xref(), settings);
        interpret_page(page, &mut context, &mut device);
        device.text.push('\n');
        device.last = None;
        if device.text.len() > TEXT_BYTES_MAX {
            break;
        }
    }
    let has_letters = device.text.chars().any(char::is_alphanumeric);
    if !has_letters && device.pictures > 0 {
        return Read::Unread("PDF是扫描的图片，没有文字");
    }
    Read::Text(device.text)
}

/// Glyphs as text.
#[derive(Default)]
struct Glyphs {
    text: String,
    pictures: usize,
    /// Where the last glyph stood, and how large it was.
    last: Option<(Point, f64)>,
}

impl Device<'_> for Glyphs {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'_>>) {}

    fn set_blend_mode(&mut self, _: BlendMode) {}

    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'_>, _: &PathDrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'_>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'_>,
        _: &GlyphDrawMode,
    ) {
        const UNITS: f64 = 1000.0;
        if self.text.len() > TEXT_BYTES_MAX {
            return;
        }
        let place = transform * glyph_transform;
        let at = place * Point::ZERO;
        let up = place * Point::new(0.0, UNITS);
        let size = ((up.x - at.x).powi(2) + (up.y - at.y).powi(2))
            .sqrt()
            .max(0.1);
        if let Some((last, last_size)) = self.last {
            let (across, down) = (at.x - last.x, (at.y - last.y).abs());
            let size = size.max(last_size);
            if down > size * 0.5 || across < -size {
                self.text.push('\n');
            } else if across > size * 1.6 {
                self.text.push(' ');
            }
        }
        self.last = Some((at, size));
        match glyph.as_unicode() {
            Some(BfString::Char(c)) => self.text.push(c),
            Some(BfString::String(text)) => self.text.push_str(&text),
            None => self.text.push('\u{fffd}'),
        }
    }

    fn draw_image(&mut self, _: Image<'_, '_>, _: Affine) {
        self.pictures += 1;
    }

    fn pop_clip_path(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
