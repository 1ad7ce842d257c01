//! Styles of the Word document: one per kind of paragraph, so that an office can change a kind at one place.

use super::xml::{HEAD, exact};

/// 28.95 pt: 22 lines in 225 mm.
pub const LINE: i32 = 579;
/// A character of 15.79 pt.
pub const CHAR: i32 = 316;
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

/// No space of its own between Chinese and digits, no punctuation beyond the edge, and Latin words break where the line ends: so the
/// grid of 28 characters holds. It stands in the defaults and in the style that all others come from: LibreOffice passes over the former.
const GRID: &str = "<w:widowControl w:val=\"0\"/><w:wordWrap w:val=\"0\"/><w:overflowPunct w:val=\"0\"/><w:autoSpaceDE w:val=\"0\"/><w:autoSpaceDN w:val=\"0\"/><w:snapToGrid w:val=\"0\"/>";

/// A face for every script: digits and Latin letters take the Chinese face too, as offices type them.
fn face(name: &str) -> String {
    format!(
        "<w:rFonts w:ascii=\"{name}\" w:eastAsia=\"{name}\" w:hAnsi=\"{name}\" w:cs=\"{name}\"/>"
    )
}

fn size(half_points: u32) -> String {
    format!("<w:sz w:val=\"{half_points}\"/><w:szCs w:val=\"{half_points}\"/>")
}

/// One paragraph style.
struct Style {
    id: &'static str,
    name: &'static str,
    next: &'static str,
    paragraph: String,
    run: String,
}

impl Style {
    fn xml(&self) -> String {
        let next = match self.next {
            "" => String::new(),
            next => format!("<w:next w:val=\"{next}\"/>"),
        };
        format!(
            "<w:style w:type=\"paragraph\" w:customStyle=\"1\" w:styleId=\"{}\"><w:name w:val=\"{}\"/><w:basedOn w:val=\"Normal\"/>{next}<w:qFormat/><w:pPr>{}</w:pPr><w:rPr>{}</w:rPr></w:style>",
            self.id, self.name, self.paragraph, self.run
        )
        .replace(
            if self.is_built_in() { " w:customStyle=\"1\"" } else { "\u{0}" },
            "",
        )
    }

    fn is_built_in(&self) -> bool {
        self.id.starts_with("Heading") || matches!(self.id, "Caption" | "Header" | "Footer")
    }
}

fn style(
    id: &'static str,
    name: &'static str,
    font: &str,
    half_points: u32,
    paragraph: &str,
) -> Style {
    Style {
        id,
        name,
        next: "",
        paragraph: paragraph.to_owned(),
        run: format!("{}{}{}", face(font), tight(half_points), size(half_points)),
    }
}

/// Characters of the text stand three tenths of a point closer and lines are filled to both edges, so that 28 of them fit a line. The grid of the section says the same; it is
/// not left to draw it, since programs other than Word read its pitch of characters in ways of their own.
fn tight(half_points: u32) -> &'static str {
    match half_points {
        32 => "<w:spacing w:val=\"-6\"/>",
        _ => "",
    }
}

fn align(how: &str) -> String {
    format!("<w:jc w:val=\"{how}\"/>")
}

fn indent() -> String {
    format!(
        "<w:ind w:firstLineChars=\"200\" w:firstLine=\"{}\"/>",
        2 * CHAR
    )
}

/// A heading: its number follows from its level and place.
fn heading(level: u8, font: &str) -> Style {
    let (id, name) = [
        ("Heading1", "heading 1"),
        ("Heading2", "heading 2"),
        ("Heading3", "heading 3"),
        ("Heading4", "heading 4"),
    ][usize::from(level.clamp(1, 4)) - 1];
    let depth = level.clamp(1, 4) - 1;
    let paragraph = format!(
        "<w:keepNext/><w:numPr><w:ilvl w:val=\"{depth}\"/><w:numId w:val=\"1\"/></w:numPr>{}<w:ind w:left=\"0\" w:firstLine=\"{}\"/><w:jc w:val=\"both\"/><w:outlineLvl w:val=\"{depth}\"/>",
        exact(LINE),
        2 * CHAR
    );
    Style {
        next: "NoticeBody",
        ..style(id, name, font, 32, &paragraph)
    }
}

fn all() -> Vec<Style> {
    let line = exact(LINE);
    let (left, right, centre, both) = (
        align("left"),
        align("right"),
        align("center"),
        align("both"),
    );
    vec![
        style("Gap", "空行", FANGSONG, 32, &line),
        Style {
            run: format!(
                "{}<w:b/><w:color w:val=\"D7000F\"/>{}",
                face(TITLE),
                size(60)
            ),
            ..style(
                "Issuer",
                "发文机关标志",
                TITLE,
                60,
                &format!("{}{centre}", exact(600)),
            )
        },
        style(
            "DocNumber",
            "发文字号",
            FANGSONG,
            32,
            &format!("{line}{right}"),
        ),
        Style {
            next: "Recipients",
            ..style(
                "NoticeTitle",
                "公文标题",
                TITLE,
                44,
                &format!("{}{centre}", exact(720)),
            )
        },
        style(
            "Recipients",
            "主送机关",
            FANGSONG,
            32,
            &format!("{line}{both}"),
        ),
        style(
            "NoticeBody",
            "公文正文",
            FANGSONG,
            32,
            &format!("{line}{}{both}", indent()),
        ),
        heading(1, HEI),
        heading(2, KAI),
        heading(3, FANGSONG),
        heading(4, FANGSONG),
        // A picture needs a line that grows with it, so this style alone has no exact pitch.
        style(
            "ChartLine",
            "图",
            FANGSONG,
            2,
            &format!(
                "<w:keepNext/><w:spacing w:before=\"0\" w:after=\"0\" w:line=\"{LINE}\" w:lineRule=\"atLeast\"/>{centre}"
            ),
        ),
        style("Caption", "caption", HEI, 24, &format!("{line}{centre}")),
        style(
            "ChartNote",
            "图注",
            FANGSONG,
            24,
            &format!("{line}{centre}"),
        ),
        style(
            "AnnexList",
            "附件说明",
            FANGSONG,
            32,
            &format!("<w:keepNext/>{line}"),
        ),
        style(
            "Signature",
            "署名和成文日期",
            FANGSONG,
            32,
            &format!("<w:keepNext/>{line}{right}"),
        ),
        style("AnnexHead", "附件序号", HEI, 32, &line),
        style(
            "TableHead",
            "表头",
            HEI,
            24,
            &format!("{}{centre}", exact(340)),
        ),
        style(
            "TableCell",
            "表文",
            FANGSONG,
            24,
            &format!("{}{left}", exact(340)),
        ),
        style(
            "TableCentred",
            "表文居中",
            FANGSONG,
            24,
            &format!("{}{centre}", exact(340)),
        ),
        style(
            "Imprint",
            "版记",
            FANGSONG,
            28,
            &format!("{}<w:ind w:left=\"280\" w:right=\"280\"/>", exact(480)),
        ),
        style("Header", "header", FANGSONG, 18, ""),
        style(
            "Footer",
            "footer",
            SONG,
            28,
            "<w:spacing w:before=\"0\" w:after=\"273\" w:line=\"320\" w:lineRule=\"exact\"/>",
        ),
    ]
}

/// `word/styles.xml`.
pub fn styles() -> String {
    let defaults = format!(
        "<w:docDefaults><w:rPrDefault><w:rPr>{}<w:kern w:val=\"0\"/>{}<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault>\
         <w:pPrDefault><w:pPr>{GRID}</w:pPr></w:pPrDefault></w:docDefaults>",
        face(FANGSONG),
        size(32)
    );
    let normal = format!(
        "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:qFormat/><w:pPr>{GRID}</w:pPr><w:rPr>{}{}</w:rPr></w:style>\
         <w:style w:type=\"character\" w:default=\"1\" w:styleId=\"DefaultParagraphFont\"><w:name w:val=\"Default Paragraph Font\"/><w:uiPriority w:val=\"1\"/><w:semiHidden/></w:style>\
         <w:style w:type=\"numbering\" w:default=\"1\" w:styleId=\"NoList\"><w:name w:val=\"No List\"/><w:semiHidden/></w:style>",
        face(FANGSONG),
        size(32)
    );
    let edge = |side: &str| {
        format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"000000\"/>")
    };
    let edges: String = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .iter()
        .map(|side| edge(side))
        .collect();
    let table = format!(
        "<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal Table\"/><w:uiPriority w:val=\"99\"/><w:semiHidden/><w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/><w:tblCellMar><w:top w:w=\"0\" w:type=\"dxa\"/><w:left w:w=\"80\" w:type=\"dxa\"/><w:bottom w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"80\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>\
         <w:style w:type=\"table\" w:customStyle=\"1\" w:styleId=\"AnnexTable\"><w:name w:val=\"附件表格\"/><w:basedOn w:val=\"TableNormal\"/><w:tblPr><w:tblBorders>{edges}</w:tblBorders><w:tblCellMar><w:top w:w=\"30\" w:type=\"dxa\"/><w:left w:w=\"80\" w:type=\"dxa\"/><w:bottom w:w=\"30\" w:type=\"dxa\"/><w:right w:w=\"80\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr></w:style>"
    );
    let own: String = all().iter().map(Style::xml).collect();
    format!(
        "{HEAD}<w:styles xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">{defaults}{normal}{own}{table}</w:styles>"
    )
}
