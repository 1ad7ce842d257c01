//! The text of the document: head, blocks, closing, annexes, in sections that stand or lie.

use xuncha_core::notice::figures::chinese_date;
use xuncha_core::notice::{Annex, Block, ChartData, Form, Notice, caption, plain};

use super::styles::{CHAR, LINE};
use super::twips;
use super::xml::{HEAD, NAMESPACES, escape, exact, field, gap, paragraph, run, run_with};
use crate::charts;
use crate::layout::{
    annex_title, column_widths, document_title, is_centred, is_landscape, issuer_size, joined,
    signature, title_slots,
};

/// English Metric Units per millimetre.
const EMU_PER_MM: f64 = 36_000.0;

/// A stretch of pages that stand or lie.
struct Section {
    lies: bool,
    xml: String,
}

/// `word/document.xml`.
pub fn document(notice: &Notice) -> String {
    // A record of tables lies as a whole where one of them is wide.
    let is_plain = notice.form == Form::Plain;
    let all_lies = is_plain && notice.annexes.iter().any(is_landscape);
    let mut sections = vec![Section {
        lies: all_lies,
        xml: text(notice),
    }];
    for annex in &notice.annexes {
        let lies = all_lies || is_landscape(annex);
        let last = sections.last().map(|section| section.lies);
        if !is_plain && lies || last != Some(lies) {
            sections.push(Section {
                lies,
                xml: String::new(),
            });
        }
        if let Some(section) = sections.last_mut() {
            let is_new = section.xml.is_empty();
            section.xml.push_str(&self::annex(notice, annex, !is_new));
        }
    }
    if let Some(section) = sections.last_mut() {
        section.xml.push_str(&imprint(notice));
    }
    let mut out = format!("{HEAD}<w:document {NAMESPACES}><w:body>");
    let count = sections.len();
    for (index, section) in sections.into_iter().enumerate() {
        let properties = section_properties(notice, section.lies, index == 0);
        match section.xml.rfind("</w:pPr>") {
            // The last paragraph of a section carries the section's properties; those of the last one stand behind the text.
            Some(at) if index + 1 < count => {
                out.push_str(&section.xml[..at]);
                out.push_str(&properties);
                out.push_str(&section.xml[at..]);
            }
            _ => {
                out.push_str(&section.xml);
                out.push_str(&properties);
            }
        }
    }
    out.push_str("</w:body></w:document>");
    out
}

fn section_properties(notice: &Notice, lies: bool, is_first: bool) -> String {
    let reference = |what: &str, kind: &str, id: &str| {
        format!("<w:{what}Reference w:type=\"{kind}\" r:id=\"{id}\"/>")
    };
    let (width, height) = (twips(210.0), twips(297.0));
    let margins = |top: f64, right: f64, bottom: f64, left: f64| {
        format!(
            "<w:pgMar w:top=\"{}\" w:right=\"{}\" w:bottom=\"{}\" w:left=\"{}\" w:header=\"{}\" w:footer=\"{}\" w:gutter=\"0\"/>",
            twips(top),
            twips(right),
            twips(bottom),
            twips(left),
            twips(if lies { 15.0 } else { 30.0 }),
            twips(if lies { 10.0 } else { 20.0 })
        )
    };
    if lies {
        return format!(
            "<w:sectPr>{}{}{}{}<w:type w:val=\"nextPage\"/><w:pgSz w:w=\"{height}\" w:h=\"{width}\" w:orient=\"landscape\"/>{}</w:sectPr>",
            reference("header", "default", "header_lying_odd"),
            reference("header", "even", "header_lying_even"),
            reference("footer", "default", "footer_none"),
            reference("footer", "even", "footer_none"),
            margins(28.0, 37.0, 26.0, 35.0)
        );
    }
    let has_own_first = is_first && notice.form == Form::Letter;
    let first = match has_own_first {
        true => format!(
            "{}{}",
            reference("header", "first", "header_first"),
            reference("footer", "first", "footer_first")
        ),
        false => String::new(),
    };
    // 28 characters of 16 pt in 156 mm: each a fifth of a point less (in 4096ths of a point).
    format!(
        "<w:sectPr>{}{}{}{}{first}<w:type w:val=\"nextPage\"/><w:pgSz w:w=\"{width}\" w:h=\"{height}\"/>{}{}<w:docGrid w:type=\"linesAndChars\" w:linePitch=\"{LINE}\" w:charSpace=\"-849\"/></w:sectPr>",
        reference("header", "default", "header_none"),
        reference("header", "even", "header_none"),
        reference("footer", "default", "footer_odd"),
        reference("footer", "even", "footer_even"),
        margins(37.0, 26.0, 35.0, 28.0),
        if has_own_first { "<w:titlePg/>" } else { "" }
    )
}

/// Everything before the annexes.
fn text(notice: &Notice) -> String {
    let mut out = head(notice);
    let lines = document_title(notice);
    out.push_str(&title(&lines));
    out.push_str(&gap(LINE));
    if notice.form != Form::Plain {
        out.push_str(&paragraph(
            "Recipients",
            "",
            &run(&format!("{}：", notice.recipients)),
        ));
    }
    let numbers_follow = numbers_follow(&notice.blocks);
    for (index, one) in notice.blocks.iter().enumerate() {
        let next = match notice.blocks.get(index + 1) {
            Some(Block::Note(_)) => Next::Note,
            None if notice.form != Form::Plain => Next::Closing,
            _ => Next::Other,
        };
        out.push_str(&block(notice, one, numbers_follow, next));
    }
    if notice.form != Form::Plain {
        out.push_str(&closing(notice));
    }
    out
}

/// The unit's red name of a letter, 30 mm below the edge, with the first double line 4 mm under it; both are wider than the text. They
/// stand in a text box behind the text: a frame would push the lines below it down.
fn letter_mark(notice: &Notice) -> String {
    let size = (issuer_size(&notice.issuer) * 2.0).round() as i32;
    let properties = format!("<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>");
    let line = "<w:pBdr><w:bottom w:val=\"thickThinSmallGap\" w:sz=\"18\" w:space=\"11\" w:color=\"D7000F\"/></w:pBdr>";
    let mark = paragraph(
        "Issuer",
        &format!("{line}{}", exact(size * 10)),
        &run_with(&properties, &notice.issuer),
    );
    let (width, height) = (170.0 * EMU_PER_MM, 22.0 * EMU_PER_MM);
    let (left, top) = (20.0 * EMU_PER_MM, 30.0 * EMU_PER_MM);
    format!(
        "<w:r><w:drawing><wp:anchor distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\" simplePos=\"0\" relativeHeight=\"1\" behindDoc=\"1\" locked=\"0\" layoutInCell=\"1\" allowOverlap=\"1\"><wp:simplePos x=\"0\" y=\"0\"/><wp:positionH relativeFrom=\"page\"><wp:posOffset>{left:.0}</wp:posOffset></wp:positionH><wp:positionV relativeFrom=\"page\"><wp:posOffset>{top:.0}</wp:posOffset></wp:positionV><wp:extent cx=\"{width:.0}\" cy=\"{height:.0}\"/><wp:effectExtent l=\"0\" t=\"0\" r=\"0\" b=\"0\"/><wp:wrapNone/><wp:docPr id=\"1000\" name=\"发文机关标志\"/><wp:cNvGraphicFramePr/>\
         <a:graphic><a:graphicData uri=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\"><wps:wsp><wps:cNvSpPr txBox=\"1\"/><wps:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width:.0}\" cy=\"{height:.0}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr><wps:txbx><w:txbxContent>{mark}</w:txbxContent></wps:txbx><wps:bodyPr wrap=\"square\" lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" anchor=\"t\"><a:noAutofit/></wps:bodyPr></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )
}

/// The lines above the title: four in a letter, ten in a 通报, none in a record of tables.
fn head(notice: &Notice) -> String {
    if notice.form == Form::Plain {
        return String::new();
    }
    if notice.form == Form::Letter {
        // The number stands 7/8 of a character below the first double line.
        let before = twips(30.0 - 37.0 + 4.0)
            + (issuer_size(&notice.issuer) * 20.0) as i32
            + 6 * 20
            + 14 * 20
            - 130;
        let number = paragraph("DocNumber", "", &run(&notice.number));
        return format!(
            "{}{number}{}",
            paragraph("Gap", &exact(before), &letter_mark(notice)),
            gap(4 * LINE - before - LINE)
        );
    }
    let size = (issuer_size(&notice.issuer) * 2.0).round() as i32;
    let properties = format!("<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>");
    let mark = paragraph(
        "Issuer",
        &exact(size * 10),
        &run_with(&properties, &notice.issuer),
    );
    let line =
        "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"8\" w:space=\"5\" w:color=\"D7000F\"/></w:pBdr>";
    let number = paragraph(
        "DocNumber",
        &format!("{line}<w:jc w:val=\"center\"/>"),
        &run(&notice.number),
    );
    let above = twips(35.0);
    format!(
        "{}{mark}{}{number}{}",
        gap(above),
        gap(7 * LINE - above - size * 10),
        gap(2 * LINE - 120)
    )
}

fn title(lines: &[String]) -> String {
    let mut runs = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            runs.push_str("<w:r><w:br/></w:r>");
        }
        runs.push_str(&run(line));
    }
    let count = lines.len().max(1) as i32;
    let pitch = if count == 1 { LINE } else { 720 };
    let spare = (title_slots(lines.len()) as i32 * LINE - count * pitch).max(0) / 2;
    let spacing = format!(
        "<w:spacing w:before=\"{spare}\" w:after=\"{spare}\" w:line=\"{pitch}\" w:lineRule=\"exact\"/>"
    );
    paragraph("NoticeTitle", &spacing, &runs)
}

/// Whether the printed numbers of the headings are those that Word will count.
fn numbers_follow(blocks: &[Block]) -> bool {
    let mut counts = [0_usize; 4];
    blocks.iter().all(|block| {
        let Block::Heading { level, number, .. } = block else {
            return true;
        };
        let index = usize::from(*level).clamp(1, 4) - 1;
        counts[index] += 1;
        counts
            .iter_mut()
            .skip(index + 1)
            .for_each(|count| *count = 0);
        let chinese = xuncha_core::notice::build::chinese_number(counts[index]);
        let expected = match index {
            0 => format!("{chinese}、"),
            1 => format!("（{chinese}）"),
            2 => format!("{}.", counts[index]),
            _ => format!("（{}）", counts[index]),
        };
        *number == expected
    })
}

/// What follows a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Note,
    /// The list of annexes and the signature.
    Closing,
    Other,
}

/// The last paragraph goes along with the signature, at least its last lines: none stands on a page alone (GB/T 9704-2012, 7.3.5).
const WITH_CLOSING: &str = "<w:keepNext/><w:widowControl/>";
/// Characters of a paragraph, eight lines, that may go along as a whole, as LibreOffice does it; a longer one reaches over by itself.
const KEPT_CHARS: usize = 8 * 28;

fn block(notice: &Notice, block: &Block, numbers_follow: bool, next: Next) -> String {
    match block {
        Block::Heading {
            level,
            number,
            text,
        } => {
            let style = format!("Heading{}", (*level).clamp(1, 4));
            match numbers_follow {
                true => paragraph(&style, "", &run(&plain(text))),
                false => paragraph(
                    &style,
                    "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"0\"/></w:numPr>",
                    &run(&format!("{number}{}", plain(text))),
                ),
            }
        }
        Block::Paragraph(text) => {
            let text = plain(text);
            let keeps = match next == Next::Closing && text.chars().count() <= KEPT_CHARS {
                true => WITH_CLOSING,
                false => "",
            };
            paragraph("NoticeBody", keeps, &run(&text))
        }
        Block::Note(text) => paragraph("ChartNote", "", &run(&plain(text))),
        Block::Chart(index) => {
            let chart = notice.charts.get(*index);
            chart.map_or(String::new(), |chart| picture(chart, next == Next::Note))
        }
    }
}

/// A chart with its caption, whose number is a field; the caption keeps to the note below it, where there is one.
fn picture(chart: &ChartData, has_note: bool) -> String {
    let (width, height) = (
        charts::WIDTH_MM * EMU_PER_MM,
        charts::height_mm(chart) * EMU_PER_MM,
    );
    let (number, name) = (chart.number, escape(&caption(chart)));
    let drawing = format!(
        "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width:.0}\" cy=\"{height:.0}\"/><wp:effectExtent l=\"0\" t=\"0\" r=\"0\" b=\"0\"/><wp:docPr id=\"{number}\" name=\"图{number}\" descr=\"{name}\"/><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect=\"1\"/></wp:cNvGraphicFramePr>\
         <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic><pic:nvPicPr><pic:cNvPr id=\"{number}\" name=\"chart{number}.png\" descr=\"{name}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"chart{number}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
         <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width:.0}\" cy=\"{height:.0}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    );
    let room = format!(
        "<w:spacing w:before=\"0\" w:after=\"0\" w:line=\"{}\" w:lineRule=\"atLeast\"/>",
        charts::lines(chart) as i32 * LINE
    );
    let keeps = if has_note { "<w:keepNext/>" } else { "" };
    let words = format!(
        "{}{}{}",
        run("图"),
        field("SEQ 图 \\* ARABIC", &number.to_string()),
        run(&format!(" {}", chart.title))
    );
    format!(
        "{}{}",
        paragraph("ChartLine", &room, &drawing),
        paragraph("Caption", keeps, &words)
    )
}

fn closing(notice: &Notice) -> String {
    let keep = "<w:keepNext/>";
    let blank = || paragraph("Gap", keep, "");
    let mut out = String::new();
    if !notice.annexes.is_empty() {
        out.push_str(&blank());
    }
    for (index, annex) in notice.annexes.iter().enumerate() {
        let (prefix, hanging) = if index == 0 {
            ("附件：", 4 * CHAR)
        } else {
            ("", CHAR)
        };
        let indent = format!("<w:ind w:left=\"{}\" w:hanging=\"{hanging}\"/>", 6 * CHAR);
        out.push_str(&paragraph(
            "AnnexList",
            &indent,
            &run(&format!("{prefix}{}", notice.annex_entry(annex))),
        ));
    }
    out.push_str(&blank());
    out.push_str(&blank());
    let date = chinese_date(notice.date);
    let (name_right, date_right) = signature(&notice.issuer, &date);
    let indent = |points: f64| format!("<w:ind w:right=\"{:.0}\"/>", points * 20.0);
    out.push_str(&paragraph(
        "Signature",
        &indent(name_right),
        &run(&notice.issuer),
    ));
    out.push_str(&paragraph(
        "Signature",
        &format!("<w:keepNext w:val=\"0\"/>{}", indent(date_right)),
        &run(&date),
    ));
    out
}

fn annex(notice: &Notice, annex: &Annex, breaks_page: bool) -> String {
    if notice.form == Form::Plain {
        let mut out = paragraph("AnnexHead", "<w:keepNext/>", &run(&annex.title));
        put_table(&mut out, annex);
        out.push_str(&gap(LINE / 2));
        return out;
    }
    let page = if breaks_page {
        "<w:pageBreakBefore/>"
    } else {
        ""
    };
    let mut out = paragraph("AnnexHead", page, &run(&notice.annex_mark(annex)));
    out.push_str(&gap(LINE));
    out.push_str(&title(&annex_title(annex)));
    out.push_str(&gap(LINE));
    put_table(&mut out, annex);
    // Behind a table a paragraph has to stand; it carries the end of the section.
    out.push_str(&gap(20));
    out
}

fn put_table(out: &mut String, annex: &Annex) {
    let block = if is_landscape(annex) { 225.0 } else { 156.0 };
    let weights = column_widths(annex);
    let total: f64 = weights.iter().sum();
    let widths: Vec<i32> = weights
        .iter()
        .map(|weight| (f64::from(twips(block)) * weight / total) as i32)
        .collect();
    let whole: i32 = widths.iter().sum();
    out.push_str(&format!(
        "<w:tbl><w:tblPr><w:tblStyle w:val=\"AnnexTable\"/><w:tblW w:w=\"{whole}\" w:type=\"dxa\"/><w:jc w:val=\"center\"/><w:tblLayout w:type=\"fixed\"/><w:tblLook w:val=\"0420\" w:firstRow=\"1\" w:lastRow=\"0\" w:firstColumn=\"0\" w:lastColumn=\"0\" w:noHBand=\"0\" w:noVBand=\"1\"/></w:tblPr><w:tblGrid>"
    ));
    widths
        .iter()
        .for_each(|width| out.push_str(&format!("<w:gridCol w:w=\"{width}\"/>")));
    out.push_str("</w:tblGrid>");
    let styles: Vec<&str> = (0..annex.columns.len())
        .map(|index| {
            if is_centred(annex, index) {
                "TableCentred"
            } else {
                "TableCell"
            }
        })
        .collect();
    put_row(
        out,
        &annex.columns,
        &widths,
        |_| "TableHead",
        ("<w:tblHeader/>", ""),
    );
    for (row, span) in annex.rows.iter().zip(joined(annex)) {
        let merge = match span {
            0 => "<w:vMerge/>",
            1 => "",
            _ => "<w:vMerge w:val=\"restart\"/>",
        };
        put_row(
            out,
            row,
            &widths,
            |index| styles.get(index).copied().unwrap_or("TableCell"),
            ("", merge),
        );
    }
    out.push_str("</w:tbl>");
}

fn put_row<'a>(
    out: &mut String,
    cells: &[String],
    widths: &[i32],
    style: impl Fn(usize) -> &'a str,
    (head, merge): (&str, &str),
) {
    out.push_str(&format!(
        "<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val=\"400\" w:hRule=\"atLeast\"/>{head}</w:trPr>"
    ));
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let merge = if index == 0 { merge } else { "" };
        // The cell above says it for those that it takes in.
        let text = match merge {
            "<w:vMerge/>" => String::new(),
            _ => run(cell),
        };
        out.push_str(&format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{merge}<w:vAlign w:val=\"center\"/></w:tcPr>"));
        out.push_str(&paragraph(style(index), "", &text));
        out.push_str("</w:tc>");
    }
    out.push_str("</w:tr>");
}

/// 版记 at the foot of the last page: a table in a box that keeps there whatever is written above, and that grows upwards. A table that
/// floats by itself would do for Word; behind another table LibreOffice lets it stand where that one ends. A letter has only 抄送 and no lines.
fn imprint(notice: &Notice) -> String {
    if notice.form == Form::Plain {
        return String::new();
    }
    let is_letter = notice.form == Form::Letter;
    let mut rows = Vec::new();
    if !notice.copies_to.is_empty() {
        let hanging = "<w:ind w:left=\"1120\" w:right=\"280\" w:hanging=\"840\"/>";
        rows.push(paragraph(
            "Imprint",
            hanging,
            &run(&format!("抄送：{}。", notice.copies_to)),
        ));
    }
    let lies = notice.annexes.last().is_some_and(is_landscape);
    let width = twips(if lies { 225.0 } else { 156.0 });
    if !is_letter {
        let office = match notice.printed_by.as_str() {
            "" => &notice.issuer,
            _ => &notice.printed_by,
        };
        let tabs = format!(
            "<w:tabs><w:tab w:val=\"right\" w:pos=\"{}\"/></w:tabs>",
            width - 280
        );
        let words = format!(
            "{}<w:r><w:tab/></w:r>{}",
            run(office),
            run(&format!("{}印发", chinese_date(notice.date)))
        );
        rows.push(paragraph("Imprint", &tabs, &words));
    }
    if rows.is_empty() {
        return String::new();
    }
    let edge = |side: &str, eighths: u32| {
        format!("<w:{side} w:val=\"single\" w:sz=\"{eighths}\" w:space=\"0\" w:color=\"000000\"/>")
    };
    let edges = match is_letter {
        true => String::new(),
        false => format!(
            "<w:tblBorders>{}{}{}</w:tblBorders>",
            edge("top", 8),
            edge("bottom", 8),
            edge("insideH", 6)
        ),
    };
    let row = |content: &String| {
        format!(
            "<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{content}</w:tc></w:tr>"
        )
    };
    let lines = imprint_lines(notice, width);
    let rows: String = rows.iter().map(row).collect();
    let table = format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{width}\" w:type=\"dxa\"/>{edges}<w:tblLayout w:type=\"fixed\"/><w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid><w:gridCol w:w=\"{width}\"/></w:tblGrid>{rows}</w:tbl>"
    );
    foot_box(width, lines, &table)
}

/// Twentieths of a point of a line of the 版记, and of the paragraph that has to stand behind its table.
const IMPRINT_LINE: usize = 480;
const BEHIND_TABLE: usize = 20;

/// Lines of the 版记 as a program has to know them before it lays it out.
fn imprint_lines(notice: &Notice, width: i32) -> usize {
    // Both ends stand a character of 14 pt inside, and each line after the first begins behind 抄送：.
    let held = (width - 2 * 280) / 280;
    let chars = notice.copies_to.chars().count();
    let copies = match notice.copies_to.is_empty() {
        true => 0,
        false => (chars + 1).div_ceil((held - 3).max(1) as usize),
    };
    copies + usize::from(notice.form != Form::Letter)
}

/// A box at the foot of the block, in a paragraph of its own.
fn foot_box(width: i32, lines: usize, content: &str) -> String {
    const EMU_PER_TWIP: usize = 635;
    let height = (lines * IMPRINT_LINE + BEHIND_TABLE) * EMU_PER_TWIP;
    let width = width as usize * EMU_PER_TWIP;
    let behind = gap(BEHIND_TABLE as i32);
    let drawing = format!(
        "<w:r><w:drawing><wp:anchor distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\" simplePos=\"0\" relativeHeight=\"2\" behindDoc=\"0\" locked=\"0\" layoutInCell=\"1\" allowOverlap=\"0\"><wp:simplePos x=\"0\" y=\"0\"/><wp:positionH relativeFrom=\"margin\"><wp:posOffset>0</wp:posOffset></wp:positionH><wp:positionV relativeFrom=\"margin\"><wp:align>bottom</wp:align></wp:positionV><wp:extent cx=\"{width}\" cy=\"{height}\"/><wp:effectExtent l=\"0\" t=\"0\" r=\"0\" b=\"0\"/><wp:wrapTopAndBottom/><wp:docPr id=\"1001\" name=\"版记\"/><wp:cNvGraphicFramePr/>\
         <a:graphic><a:graphicData uri=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\"><wps:wsp><wps:cNvSpPr txBox=\"1\"/><wps:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr><wps:txbx><w:txbxContent>{content}{behind}</w:txbxContent></wps:txbx><wps:bodyPr wrap=\"square\" lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" anchor=\"b\"><a:spAutoFit/></wps:bodyPr></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    );
    paragraph("Gap", &exact(20), &drawing)
}
