//! QR codes as pictures of the page itself: squares in one SVG path, so that no other file is asked for.

use qrcode::{Color, EcLevel, QrCode};

/// A text as a QR code: its width, and its dark squares as the path of an SVG; `None` for a text that is too long for one.
pub(crate) fn picture(address: &str) -> Option<(usize, String)> {
    let code = QrCode::with_error_correction_level(address, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            path.push_str(&format!("M{} {}h1v1h-1z", place % width, place / width));
        }
    }
    Some((width, path))
}
