//! Codes for telephones in pictures.

use std::io::Cursor;

use image::{ImageReader, Limits};

/// Longer sides are no code that a telephone is held to.
const SIDE_MAX: u32 = 3000;
/// Codes of one picture that are read.
const CODES_MAX: usize = 8;

/// What the codes in a picture say; nothing where it cannot be decoded.
pub(super) fn codes(body: &[u8]) -> Vec<String> {
    let Ok(mut reader) = ImageReader::new(Cursor::new(body)).with_guessed_format() else {
        return Vec::new();
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    reader.limits(limits);
    let Ok(picture) = reader.decode() else {
        return Vec::new();
    };
    let grey = over_white(&picture.to_luma_alpha8());
    let (width, height) = picture_size(&picture);
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| grey[y * width + x]);
    let grids = prepared.detect_grids();
    let decoded = grids
        .iter()
        .take(CODES_MAX)
        .filter_map(|grid| grid.decode().ok());
    decoded.map(|(_, text)| text).collect()
}

fn picture_size(picture: &image::DynamicImage) -> (usize, usize) {
    (picture.width() as usize, picture.height() as usize)
}

/// Grey values as they look on a white page.
fn over_white(picture: &image::GrayAlphaImage) -> Vec<u8> {
    let over = |pixel: &image::LumaA<u8>| {
        let [grey, alpha] = pixel.0.map(u16::from);
        ((grey * alpha + 255 * (255 - alpha)) / 255) as u8
    };
    picture.pixels().map(over).collect()
}
