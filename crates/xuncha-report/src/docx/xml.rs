//! Small pieces of WordprocessingML.

pub(super) use crate::escape::escape;

/// Declaration before every part.
pub const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// Namespaces of document, headers and footers.
pub const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\" \
    xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\"";

/// A run of text.
pub fn run(text: &str) -> String {
    run_with("", text)
}

/// A run of text with properties of its own.
pub fn run_with(properties: &str, text: &str) -> String {
    let properties = match properties {
        "" => String::new(),
        own => format!("<w:rPr>{own}</w:rPr>"),
    };
    format!(
        "<w:r>{properties}<w:t xml:space=\"preserve\">{}</w:t></w:r>",
        escape(text)
    )
}

/// A paragraph of a style; `properties` follow the style in the order of the schema.
pub fn paragraph(style: &str, properties: &str, runs: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/>{properties}</w:pPr>{runs}</w:p>")
}

/// An empty paragraph of an exact height.
pub fn gap(height: i32) -> String {
    paragraph("Gap", &exact(height), "")
}

/// An exact height of lines.
pub fn exact(height: i32) -> String {
    format!("<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"{height}\" w:lineRule=\"exact\"/>")
}

/// A field with the value it had when it was written.
pub fn field(instruction: &str, value: &str) -> String {
    let mark = |kind: &str| format!("<w:r><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
    format!(
        "{}<w:r><w:instrText xml:space=\"preserve\"> {} </w:instrText></w:r>{}{}{}",
        mark("begin"),
        escape(instruction),
        mark("separate"),
        run(value),
        mark("end")
    )
}
