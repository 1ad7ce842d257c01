//! Parts of the package beside the text: numbering, settings, fonts, headers, footers, relationships.

use xuncha_core::notice::{Form, Notice};

use super::styles::{FANGSONG, HEI, KAI, SONG, TITLE};
use super::twips;
use super::xml::{HEAD, NAMESPACES, escape, exact, field, paragraph, run};

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

/// Every part but the text, the styles and the pictures.
pub fn parts(notice: &Notice, charts: &[usize]) -> Vec<(&'static str, String)> {
    let number = format!("{}{}{}", run("— "), field("PAGE", "1"), run(" —"));
    let footer = |side: &str, indent: &str| {
        paragraph(
            "Footer",
            &format!("{indent}<w:jc w:val=\"{side}\"/>"),
            &number,
        )
    };
    let mut parts = vec![
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", package_relations()),
        ("docProps/core.xml", core_properties(notice)),
        ("word/_rels/document.xml.rels", relations(charts)),
        ("word/numbering.xml", numbering()),
        ("word/settings.xml", settings()),
        ("word/fontTable.xml", font_table()),
        (
            "word/footer_odd.xml",
            part("ftr", &footer("right", "<w:ind w:right=\"280\"/>")),
        ),
        (
            "word/footer_even.xml",
            part("ftr", &footer("left", "<w:ind w:left=\"280\"/>")),
        ),
        (
            "word/footer_none.xml",
            part("ftr", &paragraph("Footer", "", "")),
        ),
        (
            "word/header_none.xml",
            part("hdr", &paragraph("Header", "", "")),
        ),
        ("word/header_lying_odd.xml", part("hdr", &lying(true))),
        ("word/header_lying_even.xml", part("hdr", &lying(false))),
    ];
    let foot = match notice.form {
        Form::Letter => letter_foot(),
        Form::Circular | Form::Plain => footer("right", "<w:ind w:right=\"280\"/>"),
    };
    parts.push((
        "word/header_first.xml",
        part("hdr", &paragraph("Header", "", "")),
    ));
    parts.push(("word/footer_first.xml", part("ftr", &foot)));
    parts
}

fn part(kind: &str, content: &str) -> String {
    format!("{HEAD}<w:{kind} {NAMESPACES}>{content}</w:{kind}>")
}

/// Lines of a letter are 170 mm wide in the middle of the page, the text's block is 156 mm from 28 mm on.
fn beyond() -> String {
    format!(
        "<w:ind w:left=\"{}\" w:right=\"{}\"/>",
        -twips(8.0),
        -twips(6.0)
    )
}

/// The second double line stands 20 mm above the edge, as does the foot's lower end: its paragraph is as low as can be.
fn letter_foot() -> String {
    let line = "<w:pBdr><w:bottom w:val=\"thinThickSmallGap\" w:sz=\"18\" w:space=\"0\" w:color=\"D7000F\"/></w:pBdr>";
    paragraph("Footer", &format!("{line}{}{}", exact(20), beyond()), "")
}

/// The page number of a lying page, where it is on a standing one: below when the sheet stands, left when it lies.
fn lying(is_odd: bool) -> String {
    let (y, side) = match is_odd {
        true => (twips(210.0 - 26.0) - 280 - 1701, "right"),
        false => (twips(28.0) + 280, "left"),
    };
    let number = format!("{}{}{}", run("— "), field("PAGE", "1"), run(" —"));
    let cell = paragraph(
        "Footer",
        &format!("{}<w:jc w:val=\"{side}\"/>", exact(320)),
        &number,
    );
    let x = twips(28.0) - 200;
    format!(
        "<w:tbl><w:tblPr><w:tblpPr w:leftFromText=\"0\" w:rightFromText=\"0\" w:vertAnchor=\"page\" w:horzAnchor=\"page\" w:tblpX=\"{x}\" w:tblpY=\"{y}\"/><w:tblW w:w=\"400\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w=\"400\"/></w:tblGrid>\
         <w:tr><w:trPr><w:trHeight w:val=\"1701\" w:hRule=\"exact\"/></w:trPr><w:tc><w:tcPr><w:tcW w:w=\"400\" w:type=\"dxa\"/><w:textDirection w:val=\"tbRl\"/><w:vAlign w:val=\"center\"/></w:tcPr>{cell}</w:tc></w:tr></w:tbl>{}",
        paragraph("Header", "", "")
    )
}

/// 一、（一）1.（1）, bound to the headings.
fn numbering() -> String {
    let levels: String = [
        ("chineseCountingThousand", "%1、"),
        ("chineseCountingThousand", "（%2）"),
        ("decimal", "%3."),
        ("decimal", "（%4）"),
    ]
    .iter()
    .enumerate()
    .map(|(depth, (format, text))| {
        format!(
            "<w:lvl w:ilvl=\"{depth}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:pStyle w:val=\"Heading{}\"/><w:suff w:val=\"nothing\"/><w:lvlText w:val=\"{text}\"/><w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"0\" w:firstLine=\"632\"/></w:pPr></w:lvl>",
            depth + 1
        )
    })
    .collect();
    format!(
        "{HEAD}<w:numbering {MAIN}><w:abstractNum w:abstractNumId=\"0\"><w:multiLevelType w:val=\"multilevel\"/>{levels}</w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num></w:numbering>"
    )
}

fn settings() -> String {
    format!(
        "{HEAD}<w:settings {MAIN}><w:zoom w:percent=\"100\"/><w:evenAndOddHeaders/><w:drawingGridHorizontalSpacing w:val=\"158\"/><w:drawingGridVerticalSpacing w:val=\"579\"/><w:characterSpacingControl w:val=\"doNotCompress\"/><w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat><w:themeFontLang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:settings>"
    )
}

/// Each font with those that may stand in its place.
fn font_table() -> String {
    let font = |(name, others, family): (&str, &str, &str)| {
        format!(
            "<w:font w:name=\"{name}\"><w:altName w:val=\"{others}\"/><w:charset w:val=\"86\"/><w:family w:val=\"{family}\"/><w:pitch w:val=\"fixed\"/></w:font>"
        )
    };
    let fonts: String = [
        (FANGSONG, "仿宋,FangSong,FandolFang", "modern"),
        (
            TITLE,
            "FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,Noto Serif CJK SC",
            "script",
        ),
        (HEI, "SimHei,Noto Sans CJK SC", "modern"),
        (KAI, "楷体,KaiTi,LXGW WenKai", "modern"),
        (SONG, "SimSun,Noto Serif CJK SC", "auto"),
    ]
    .map(font)
    .concat();
    format!("{HEAD}<w:fonts {MAIN}>{fonts}</w:fonts>")
}

fn content_types() -> String {
    let word = |name: &str, kind: &str| {
        format!(
            "<Override PartName=\"/word/{name}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml\"/>"
        )
    };
    let parts: String = [
        ("document", "document.main"),
        ("styles", "styles"),
        ("numbering", "numbering"),
        ("settings", "settings"),
        ("fontTable", "fontTable"),
        ("header_first", "header"),
        ("header_none", "header"),
        ("header_lying_odd", "header"),
        ("header_lying_even", "header"),
        ("footer_first", "footer"),
        ("footer_odd", "footer"),
        ("footer_even", "footer"),
        ("footer_none", "footer"),
    ]
    .iter()
    .map(|(name, kind)| word(name, kind))
    .collect();
    format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/>{parts}<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/></Types>"
    )
}

fn relation(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
}

fn relation_list(relations: &str) -> String {
    format!(
        "{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}</Relationships>"
    )
}

fn package_relations() -> String {
    relation_list(&format!(
        "{}<Relationship Id=\"core\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>",
        relation("document", "officeDocument", "word/document.xml")
    ))
}

fn relations(charts: &[usize]) -> String {
    let mut all = String::new();
    for (id, kind) in [
        ("styles", "styles"),
        ("numbering", "numbering"),
        ("settings", "settings"),
        ("fontTable", "fontTable"),
    ] {
        all.push_str(&relation(id, kind, &format!("{id}.xml")));
    }
    for name in [
        "header_first",
        "header_none",
        "header_lying_odd",
        "header_lying_even",
    ] {
        all.push_str(&relation(name, "header", &format!("{name}.xml")));
    }
    for name in ["footer_first", "footer_odd", "footer_even", "footer_none"] {
        all.push_str(&relation(name, "footer", &format!("{name}.xml")));
    }
    for number in charts {
        all.push_str(&relation(
            &format!("chart{number}"),
            "image",
            &format!("media/chart{number}.png"),
        ));
    }
    relation_list(&all)
}

fn core_properties(notice: &Notice) -> String {
    let (title, issuer, date) = (escape(&notice.title), escape(&notice.issuer), notice.date);
    format!(
        "{HEAD}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{title}</dc:title><dc:creator>{issuer}</dc:creator><dcterms:created xsi:type=\"dcterms:W3CDTF\">{date}T00:00:00Z</dcterms:created></cp:coreProperties>"
    )
}
