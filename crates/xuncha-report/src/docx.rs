//! Word: the notice as an editable document with named styles, in the layout of GB/T 9704. Fonts are named as offices have them.

mod finish;
mod styles;

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BorderType, BreakType, DocGrid, DocGridType, Docx, FieldCharType, Footer,
    Header, HeightRule, InstrPAGE, InstrText, PageMargin, Paragraph, ParagraphBorder,
    ParagraphBorderPosition, ParagraphBorders, Pic, Run, Table, TableAlignmentType, TableCell,
    TableLayoutType, TableRow, VAlignType, WidthType,
};
use xuncha_core::notice::figures::chinese_date;
use xuncha_core::notice::{Annex, Block, Form, Notice, caption, plain};

use self::finish::finish;
use self::styles::{FANGSONG, HEI, INDENT_TWIPS, LINE_TWIPS, exact, fonts, styles};
use crate::fonts::Fonts;
use crate::layout::{column_widths, issuer_size, title_lines};
use crate::{ReportError, charts};

/// Twentieths of a point per millimetre.
const TWIPS_PER_MM: f64 = 56.6929;
/// English Metric Units per millimetre.
const EMU_PER_MM: f64 = 36_000.0;
/// Width of the text block.
const BLOCK_MM: f64 = 156.0;
/// Width of a chart.
const CHART_MM: f64 = 140.0;

fn twips(mm: f64) -> i32 {
    (mm * TWIPS_PER_MM).round() as i32
}

/// The notice as DOCX; `fonts` are for the charts only.
pub fn docx(notice: &Notice, fonts: &Fonts) -> Result<Vec<u8>, ReportError> {
    let mut document = set_up(notice);
    for paragraph in head(notice) {
        document = document.add_paragraph(paragraph);
    }
    for block in &notice.blocks {
        document = document.add_paragraph(self::block(notice, block, fonts)?);
    }
    for paragraph in closing(notice) {
        document = document.add_paragraph(paragraph);
    }
    for annex in &notice.annexes {
        document = add_annex(document, notice, annex);
    }
    let mut packed = Cursor::new(Vec::new());
    document
        .build()
        .pack(&mut packed)
        .map_err(|error| ReportError::document("Word 文档", error))?;
    finish(&packed.into_inner())
}

fn set_up(notice: &Notice) -> Docx {
    let margin = PageMargin {
        top: twips(37.0),
        bottom: twips(35.0),
        left: twips(28.0),
        // A tenth of a millimetre less than 26, so that 28 characters of 15.8 pt (Word spaces in twentieths) fit a line.
        right: twips(25.9),
        header: twips(30.0),
        footer: twips(20.0),
        gutter: 0,
    };
    let grid = DocGrid::with_empty()
        .grid_type(DocGridType::Lines)
        .line_pitch(LINE_TWIPS as usize);
    let mut document = Docx::new()
        .page_size(twips(210.0) as u32, twips(297.0) as u32)
        .page_margin(margin)
        .default_fonts(fonts(FANGSONG))
        .default_size(32)
        .footer(page_number(AlignmentType::Right))
        .even_footer(page_number(AlignmentType::Left));
    document.document.section_property = document.document.section_property.doc_grid(grid);
    if notice.form == Form::Letter {
        document = document
            .title_pg()
            .first_header(Header::new().add_paragraph(letter_head(notice)))
            .first_footer(Footer::new().add_paragraph(letter_foot()));
    }
    styles().into_iter().fold(document, Docx::add_style)
}

fn styled(id: &str) -> Paragraph {
    Paragraph::new().style(id).snap_to_grid(false)
}

fn run(text: &str) -> Run {
    Run::new().add_text(text)
}

/// Body text: 28 characters a line need a fifth of a point less between characters.
fn body_run(text: &str) -> Run {
    run(text).character_spacing(-4)
}

fn page_number(side: AlignmentType) -> Footer {
    let field = Run::new()
        .add_field_char(FieldCharType::Begin, false)
        .add_instr_text(InstrText::PAGE(InstrPAGE {}))
        .add_field_char(FieldCharType::Separate, false)
        .add_text("1")
        .add_field_char(FieldCharType::End, false);
    let indent = Some(280);
    let paragraph = match side {
        AlignmentType::Left => styled("PageNumber").indent(indent, None, None, None),
        _ => styled("PageNumber").indent(None, None, indent, None),
    };
    Footer::new().add_paragraph(
        paragraph
            .align(side)
            .add_run(run("— "))
            .add_run(field)
            .add_run(run(" —")),
    )
}

/// Lines of the letter head are 170 mm wide: 7 mm beyond the block on each side.
fn wide(paragraph: Paragraph, border: ParagraphBorder) -> Paragraph {
    let beyond = Some(-twips(7.0));
    let paragraph = paragraph.indent(beyond, None, beyond, None);
    paragraph.set_borders(ParagraphBorders::with_empty().set(border))
}

fn letter_head(notice: &Notice) -> Paragraph {
    let half_points = (issuer_size(&notice.issuer) * 2.0).round() as usize;
    let line = ParagraphBorder::new(ParagraphBorderPosition::Bottom)
        .val(BorderType::ThickThinSmallGap)
        .size(18)
        .space(11)
        .color("D7000F");
    let name = run(&notice.issuer).size(half_points).color("D7000F").bold();
    wide(
        styled("Issuer").line_spacing(exact(800)).add_run(name),
        line,
    )
}

fn letter_foot() -> Paragraph {
    let line = ParagraphBorder::new(ParagraphBorderPosition::Top)
        .val(BorderType::ThinThickSmallGap)
        .size(18)
        .space(0)
        .color("D7000F");
    // The line itself stands 20 mm above the edge, so its paragraph is as low as can be.
    wide(styled("PageNumber").line_spacing(exact(20)), line)
}

fn head(notice: &Notice) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    if notice.form == Form::Circular {
        let line = ParagraphBorder::new(ParagraphBorderPosition::Bottom)
            .val(BorderType::Single)
            .size(12)
            .space(11)
            .color("D7000F");
        let half_points = (issuer_size(&notice.issuer) * 2.0).round() as usize;
        let name = run(&notice.issuer).size(half_points).color("D7000F").bold();
        paragraphs.push(
            styled("Issuer")
                .line_spacing(exact(800))
                .add_run(name)
                .set_borders(ParagraphBorders::with_empty().set(line)),
        );
    }
    if !notice.number.is_empty() {
        paragraphs.push(styled("DocNumber").add_run(run(&notice.number)));
    }
    paragraphs.push(styled("Recipients"));
    paragraphs.push(title("NoticeTitle", &notice.title));
    paragraphs.push(styled("Recipients"));
    paragraphs.push(styled("Recipients").add_run(body_run(&format!("{}：", notice.recipients))));
    paragraphs
}

fn title(style: &str, text: &str) -> Paragraph {
    let mut title = Run::new();
    for (index, line) in title_lines(text, 19).iter().enumerate() {
        if index > 0 {
            title = title.add_break(BreakType::TextWrapping);
        }
        title = title.add_text(line);
    }
    styled(style).add_run(title)
}

fn block(notice: &Notice, block: &Block, fonts: &Fonts) -> Result<Paragraph, ReportError> {
    Ok(match block {
        Block::Heading {
            level,
            number,
            text,
        } => {
            let style = format!("Heading{level}");
            styled(&style)
                .keep_next(true)
                .add_run(body_run(&format!("{number}{}", plain(text))))
        }
        Block::Paragraph(text) => styled("NoticeBody").add_run(body_run(&plain(text))),
        Block::Note(text) => styled("ChartNote").add_run(run(&plain(text))),
        Block::Chart(index) => match notice.charts.get(*index) {
            None => Paragraph::new(),
            Some(chart) => {
                let (bytes, width, height) =
                    charts::png(&charts::svg(chart, Some(fonts))?, fonts, 2.5)?;
                let wide = CHART_MM * EMU_PER_MM;
                let high = wide * f64::from(height) / f64::from(width);
                let picture =
                    Pic::new_with_dimensions(bytes, width, height).size(wide as u32, high as u32);
                styled("ChartLine")
                    .keep_next(true)
                    .add_run(Run::new().add_image(picture))
                    .add_run(Run::new().add_break(BreakType::TextWrapping))
                    .add_run(run(&caption(chart)).fonts(styles::fonts(HEI)).size(24))
            }
        },
    })
}

fn closing(notice: &Notice) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    if !notice.annexes.is_empty() {
        paragraphs.push(styled("AnnexList"));
        for (index, annex) in notice.annexes.iter().enumerate() {
            let prefix = if index == 0 { "附件：" } else { "" };
            let left = if index == 0 {
                INDENT_TWIPS
            } else {
                INDENT_TWIPS + 3 * INDENT_TWIPS / 2
            };
            let text = body_run(&format!("{prefix}{}", notice.annex_entry(annex)));
            paragraphs.push(
                styled("AnnexList")
                    .keep_next(true)
                    .indent(Some(left), None, None, None)
                    .add_run(text),
            );
        }
    }
    paragraphs.push(styled("AnnexList").keep_next(true));
    paragraphs.push(styled("AnnexList").keep_next(true));
    paragraphs.push(
        styled("Signature")
            .keep_next(true)
            .add_run(body_run(&notice.issuer)),
    );
    // The date stands under the middle of the unit's name.
    let count = notice.issuer.chars().count() as i32;
    let date = chinese_date(notice.date);
    let date_width = date
        .chars()
        .map(|c| if c.is_ascii() { 160 } else { 320 })
        .sum::<i32>();
    let right = 1264 + (count * 316 - date_width).max(0) / 2;
    paragraphs.push(
        styled("Signature")
            .indent(None, None, Some(right), None)
            .add_run(body_run(&date)),
    );
    paragraphs
}

fn add_annex(document: Docx, notice: &Notice, annex: &Annex) -> Docx {
    let document = document
        .add_paragraph(
            styled("AnnexHead")
                .page_break_before(true)
                .add_run(run(&notice.annex_mark(annex))),
        )
        .add_paragraph(styled("Recipients"))
        .add_paragraph(title("NoticeTitle", &annex.title))
        .add_paragraph(styled("ChartNote"));
    document.add_table(table(annex))
}

fn table(annex: &Annex) -> Table {
    let weights = column_widths(annex);
    let total: f64 = weights.iter().sum();
    let widths: Vec<usize> = weights
        .iter()
        .map(|weight| (f64::from(twips(BLOCK_MM)) * weight / total) as usize)
        .collect();
    let row = |cells: &[String], style: &str| {
        let cell = |(cell, width): (&String, &usize)| {
            TableCell::new()
                .width(*width, WidthType::Dxa)
                .vertical_align(VAlignType::Center)
                .add_paragraph(styled(style).add_run(run(cell)))
        };
        TableRow::new(cells.iter().zip(&widths).map(cell).collect())
            .row_height(22.0)
            .height_rule(HeightRule::AtLeast)
            .cant_split()
    };
    let mut rows = vec![row(&annex.columns, "TableHead")];
    rows.extend(annex.rows.iter().map(|cells| row(cells, "TableCell")));
    Table::new(rows)
        .set_grid(widths.clone())
        .layout(TableLayoutType::Fixed)
        .align(TableAlignmentType::Center)
}
