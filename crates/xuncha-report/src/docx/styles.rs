//! Styles of the Word document: one per kind of paragraph, so that an office can change a kind at one place.

use docx_rs::{
    AlignmentType, LineSpacing, LineSpacingType, RunFonts, SpecialIndentType, Style, StyleType,
};

/// 28.95 pt: 22 lines in 225 mm.
pub const LINE_TWIPS: i32 = 579;
/// Two characters of 15.79 pt.
pub const INDENT_TWIPS: i32 = 632;
/// 仿宋: the text.
pub const FANGSONG: &str = "仿宋_GB2312";
/// 小标宋: titles.
pub const TITLE: &str = "方正小标宋简体";
/// 黑体: first level and heads.
pub const HEI: &str = "黑体";
/// 楷体: second level.
pub const KAI: &str = "楷体_GB2312";
/// 宋体: page numbers.
pub const SONG: &str = "宋体";

/// A face for every script: digits and Latin letters take the Chinese face too, as offices type them.
pub fn fonts(name: &str) -> RunFonts {
    RunFonts::new()
        .east_asia(name)
        .ascii(name)
        .hi_ansi(name)
        .cs(name)
}

/// An exact line pitch.
pub fn exact(line: i32) -> LineSpacing {
    LineSpacing::new()
        .line_rule(LineSpacingType::Exact)
        .line(line)
        .before(0)
        .after(0)
}

fn style(id: &str, name: &str, face: &str, half_points: usize) -> Style {
    Style::new(id, StyleType::Paragraph)
        .name(name)
        .fonts(fonts(face))
        .size(half_points)
        .line_spacing(exact(LINE_TWIPS))
        .q_format(true)
}

fn indented(style: Style) -> Style {
    style.indent(
        None,
        Some(SpecialIndentType::FirstLine(INDENT_TWIPS)),
        None,
        None,
    )
}

/// All styles of the document.
pub fn styles() -> Vec<Style> {
    vec![
        style("Issuer", "发文机关标志", TITLE, 60).align(AlignmentType::Center),
        style("DocNumber", "发文字号", FANGSONG, 32).align(AlignmentType::Right),
        style("NoticeTitle", "公文标题", TITLE, 44)
            .align(AlignmentType::Center)
            .line_spacing(exact(720)),
        style("Recipients", "主送机关", FANGSONG, 32).align(AlignmentType::Both),
        indented(style("NoticeBody", "公文正文", FANGSONG, 32)).align(AlignmentType::Both),
        indented(style("Heading1", "heading 1", HEI, 32))
            .outline_lvl(0)
            .based_on("Normal")
            .next("NoticeBody"),
        indented(style("Heading2", "heading 2", KAI, 32))
            .outline_lvl(1)
            .based_on("Normal")
            .next("NoticeBody"),
        indented(style("Heading3", "heading 3", FANGSONG, 32))
            .outline_lvl(2)
            .based_on("Normal")
            .next("NoticeBody"),
        // A picture needs a line that grows with it, so this style alone has no exact pitch.
        style("ChartLine", "图", FANGSONG, 32)
            .align(AlignmentType::Center)
            .line_spacing(
                LineSpacing::new()
                    .line_rule(LineSpacingType::Auto)
                    .line(240),
            ),
        style("ChartCaption", "图题", HEI, 28).align(AlignmentType::Center),
        style("ChartNote", "图注", FANGSONG, 24).align(AlignmentType::Center),
        style("AnnexList", "附件说明", FANGSONG, 32),
        style("Signature", "署名", FANGSONG, 32)
            .align(AlignmentType::Right)
            .indent(None, None, Some(1264), None),
        style("AnnexHead", "附件序号", HEI, 32),
        style("TableHead", "表头", HEI, 24)
            .align(AlignmentType::Center)
            .line_spacing(exact(360)),
        style("TableCell", "表文", FANGSONG, 24).line_spacing(exact(360)),
        style("PageNumber", "页码", SONG, 28).line_spacing(exact(320).after(170)),
    ]
}
