//! Pictures, mark images and attachments: small, real bytes.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::OnceLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::content::Site;
use crate::response::Response;
use crate::rng::Rng;

/// A landscape, or for the last number the site's round emblem.
pub fn picture(site: &Site, n: u8) -> String {
    let mut rng = site.rng(&format!("picture {n}"));
    let colour = site.skin.colour;
    if n == 7 {
        return format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\"><circle cx=\"50\" cy=\"50\" r=\"48\" fill=\"{colour}\"/><circle cx=\"50\" cy=\"50\" r=\"40\" fill=\"#f7d774\"/><path d=\"M12 66 L38 34 L52 52 L66 30 L90 66 Z\" fill=\"{colour}\"/><path d=\"M14 74 q18 -8 36 0 t36 0\" stroke=\"{colour}\" stroke-width=\"4\" fill=\"none\"/></svg>"
        );
    }
    landscape(&mut rng)
}

fn landscape(rng: &mut Rng) -> String {
    let sky = *rng.pick(&["#9cc9ee", "#f3c98b", "#b9d7ea", "#cfe3f5"]);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 600 360\"><rect width=\"600\" height=\"360\" fill=\"{sky}\"/><circle cx=\"{}\" cy=\"80\" r=\"34\" fill=\"#fff4c2\"/>",
        rng.range(80, 520)
    );
    for (layer, colour) in ["#7fa7a0", "#5c8a73", "#3f6d4e"].iter().enumerate() {
        let base = 180 + layer as i64 * 45;
        let _ = write!(out, "<path d=\"M0 360 L0 {base}");
        for step in 1..=8 {
            let _ = write!(out, " L{} {}", step * 75, base + rng.range(-60, 40));
        }
        let _ = write!(out, " L600 360 Z\" fill=\"{colour}\"/>");
    }
    for _ in 0..rng.range(3, 7) {
        let (x, h) = (rng.range(20, 540), rng.range(40, 120));
        let _ = write!(
            out,
            "<rect x=\"{x}\" y=\"{}\" width=\"36\" height=\"{h}\" fill=\"#e8e4da\" stroke=\"#a79\"/>",
            340 - h
        );
    }
    out.push_str("</svg>");
    out
}

/// A small PNG of one colour with a border, as mark images are.
pub fn mark(n: u8) -> Bytes {
    static MARKS: OnceLock<Vec<Bytes>> = OnceLock::new();
    let marks = MARKS.get_or_init(|| {
        (0..4)
            .map(|n| {
                Bytes::from(png([
                    [200, 30, 30],
                    [30, 80, 170],
                    [40, 60, 140],
                    [210, 120, 20],
                ][n]))
            })
            .collect()
    });
    marks[usize::from(n) % marks.len()].clone()
}

fn png(colour: [u8; 3]) -> Vec<u8> {
    let size = 20_u32;
    let mut raw = Vec::new();
    for y in 0..size {
        raw.push(0);
        for x in 0..size {
            let border = x < 2 || y < 2 || x >= size - 2 || y >= size - 2;
            raw.extend_from_slice(&if border { [240, 220, 120] } else { colour });
        }
    }
    packed([size, size, 8 << 8 | 2], &raw)
}

/// A picture from its rows: width, height, depth and kind of colour.
fn packed([width, height, form]: [u32; 3], raw: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let packed = encoder
        .write_all(raw)
        .and_then(|()| encoder.finish())
        .unwrap_or_default();
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[(form >> 8) as u8, form as u8, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, *b"IHDR", &header);
    chunk(&mut out, *b"IDAT", &packed);
    chunk(&mut out, *b"IEND", &[]);
    out
}

/// A code for telephones, in grey.
pub fn code(text: &str) -> Vec<u8> {
    const SCALE: usize = 5;
    const QUIET: usize = 4;
    let Ok(code) = qrcode::QrCode::new(text) else {
        return Vec::new();
    };
    let (width, colours) = (code.width(), code.to_colors());
    let side = (width + 2 * QUIET) * SCALE;
    let is_dark = |x: usize, y: usize| {
        let place = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < width);
        place(x)
            .zip(place(y))
            .is_some_and(|(x, y)| colours[y * width + x] == qrcode::Color::Dark)
    };
    let mut raw = Vec::with_capacity(side * (side + 1));
    for y in 0..side {
        raw.push(0);
        raw.extend((0..side).map(|x| if is_dark(x, y) { 0 } else { 255 }));
    }
    packed([side as u32, side as u32, 8 << 8], &raw)
}

fn chunk(out: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    out.extend_from_slice(&name);
    out.extend_from_slice(data);
    let mut crc = flate2::Crc::new();
    crc.update(&name);
    crc.update(data);
    out.extend_from_slice(&crc.sum().to_be_bytes());
}

/// A small document of its kind: docx, xlsx or pdf.
pub fn attachment(ext: &str) -> Response {
    static FILES: OnceLock<[Bytes; 3]> = OnceLock::new();
    let [docx, xlsx, pdf] =
        FILES.get_or_init(|| [Bytes::from(docx()), Bytes::from(xlsx()), Bytes::from(pdf())]);
    match ext {
        "docx" => Response::ok(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            docx.clone(),
        ),
        "xlsx" => Response::ok(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx.clone(),
        ),
        _ => Response::ok("application/pdf", pdf.clone()),
    }
}

fn docx() -> Vec<u8> {
    let parts = [
        (
            "[Content_Types].xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
        ),
        (
            "_rels/.rels",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>",
        ),
        (
            "word/document.xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>申请表</w:t></w:r></w:p><w:p><w:r><w:t>姓名：　　　　联系电话：</w:t></w:r></w:p></w:body></w:document>",
        ),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        let options = zip::write::SimpleFileOptions::default();
        if zip
            .start_file(name, options)
            .and_then(|()| Ok(zip.write_all(text.as_bytes())?))
            .is_err()
        {
            return Vec::new();
        }
    }
    zip.finish()
        .map(std::io::Cursor::into_inner)
        .unwrap_or_default()
}

fn xlsx() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (column, head) in ["序号", "名称", "备注"].iter().enumerate() {
        let _ = sheet.write(0, column as u16, *head);
    }
    book.save_to_buffer().unwrap_or_default()
}

fn pdf() -> Vec<u8> {
    pdf_of(&[vec!["Application form".to_owned()]])
}

/// A page with these rows, in Latin letters.
pub fn pdf_of(rows: &[Vec<String>]) -> Vec<u8> {
    let mut shown = String::from("BT /F1 14 Tf 90 760 Td");
    for row in rows {
        let _ = write!(shown, " ({}) Tj 0 -24 Td", row.join("  "));
    }
    shown.push_str(" ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{shown}\nendstream", shown.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (nth, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        let _ = writeln!(out, "{} 0 obj{object}endobj", nth + 1);
    }
    let start = out.len();
    let _ = writeln!(out, "xref\n0 6\n0000000000 65535 f ");
    for offset in offsets {
        let _ = writeln!(out, "{offset:010} 00000 n ");
    }
    let _ = writeln!(
        out,
        "trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF"
    );
    out.into_bytes()
}
