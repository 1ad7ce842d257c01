//! 版式计算: sizes and line breaks that every document shares, so that Word and PDF look alike.

use xuncha_core::notice::{Annex, Form, Notice};

/// Height of a line of text: 22 in 225 mm.
pub(crate) const PITCH_PT: f64 = 28.95;
/// Width of a character of the text: 28 in 156 mm.
pub(crate) const CHAR_PT: f64 = 15.79;
/// Height of a line of a title.
pub(crate) const TITLE_PT: f64 = 36.0;

/// Red unit name: as large as fits the 156 mm of the block, at most 30 pt.
pub(crate) fn issuer_size(issuer: &str) -> f64 {
    let count = issuer.chars().count().max(1) as f64;
    (430.0 / count).min(30.0)
}

/// Lines of the text that a title of so many lines takes, so that what follows it stands on the grid.
pub(crate) fn title_slots(lines: usize) -> usize {
    match lines {
        0 | 1 => 1,
        _ => (lines as f64 * TITLE_PT / PITCH_PT).ceil() as usize,
    }
}

/// 署名与成文日期: room right of the unit's name and of the date, in points. The date keeps four characters, for the seal, and the name
/// stands over its middle; a name too long for that ends at the block's edge.
pub(crate) fn signature(issuer: &str, date: &str) -> (f64, f64) {
    let width = |text: &str| -> f64 {
        let one = |c: char| if c.is_ascii() { 0.5 } else { 1.0 };
        text.chars().map(one).sum::<f64>() * CHAR_PT
    };
    let beyond = (width(issuer) - width(date)) / 2.0;
    let date_right = (4.0 * CHAR_PT).max(beyond);
    ((date_right - beyond).max(0.0), date_right)
}

/// Characters of a title that a line of a standing page holds, and of a lying one.
const TITLE_CHARS: usize = 19;
const LYING_TITLE_CHARS: usize = 27;

/// The lines of a document's own title. A record of tables lies as a whole where one of them is wide, and its title with it.
pub(crate) fn document_title(notice: &Notice) -> Vec<String> {
    let lies = notice.form == Form::Plain && notice.annexes.iter().any(is_landscape);
    let width = if lies { LYING_TITLE_CHARS } else { TITLE_CHARS };
    title_lines(&notice.title, width)
}

/// The lines of the title of an annex.
pub(crate) fn annex_title(annex: &Annex) -> Vec<String> {
    title_lines(&annex.title, TITLE_CHARS)
}

/// 回行: breaks a title into lines of at most `width` characters, whole in words where a common word would be torn.
fn title_lines(title: &str, width: usize) -> Vec<String> {
    let chars: Vec<char> = title.chars().collect();
    let one = |c: &char| if c.is_ascii() { 0.55 } else { 1.0 };
    if chars.iter().map(one).sum::<f64>() <= width as f64 {
        return vec![title.to_owned()];
    }
    let count = chars.len().div_ceil(width).max(1);
    let target = chars.len().div_ceil(count);
    let mut lines = Vec::new();
    let mut start = 0;
    while start < chars.len() {
        let end = if chars.len() - start <= width {
            chars.len()
        } else {
            break_near(&chars, start, target, width)
        };
        lines.push(chars[start..end].iter().collect());
        start = end;
    }
    lines
}

/// The break nearest to `target` characters that stands before or after a joining word; else `target` itself.
fn break_near(chars: &[char], start: usize, target: usize, width: usize) -> usize {
    const AFTER: [&str; 7] = ["公布", "季度", "的", "和", "情况", "全区", "网站"];
    const BEFORE: [&str; 6] = ["关于", "和", "抽查", "政府网站", "政务新媒体", "（"];
    let is_good = |at: usize| {
        let before: String = chars[start..at].iter().collect();
        let after: String = chars[at..].iter().collect();
        AFTER.iter().any(|word| before.ends_with(word)) && !after.starts_with('的')
            || BEFORE.iter().any(|word| after.starts_with(word))
    };
    let fits = |at: &usize| {
        *at > start + 4 && *at <= start + width && *at < chars.len() && may_break(chars, *at)
    };
    let near = || {
        let places = (0..=width).flat_map(|distance| {
            [
                (start + target).saturating_sub(distance),
                start + target + distance,
            ]
        });
        places.filter(fits)
    };
    near()
        .find(|at| is_good(*at))
        .or_else(|| near().next())
        .unwrap_or(start + target)
}

/// Whether a line may end before a character: no bracket opens at its end, none closes at the beginning of the next, and no number is torn
/// or parted from what it counts.
fn may_break(chars: &[char], at: usize) -> bool {
    const OPENING: &str = "（《〈“‘〔［【(";
    const CLOSING: &str = "）》〉”’〕］】)、，。；：";
    let (before, after) = (chars[at - 1], chars[at]);
    let is_counted =
        before.is_ascii_digit() && (after.is_ascii_digit() || "年月日号".contains(after));
    !OPENING.contains(before) && !CLOSING.contains(after) && !is_counted
}

/// Characters of 12 pt that the 156 mm of the block hold.
const BLOCK_CHARS: f64 = 36.8;
/// Characters of 12 pt that the 225 mm of a landscape page hold.
const LANDSCAPE_CHARS: f64 = 53.1;
/// What a column asks for at most when it is decided how a page lies.
const ASKED_CHARS: f64 = 22.0;

/// Tables of so many columns stand: their cells wrap.
const STANDING_COLUMNS: usize = 3;

/// 横排: whether an annex is so wide that its pages lie.
pub(crate) fn is_landscape(annex: &Annex) -> bool {
    if annex.columns.len() <= STANDING_COLUMNS {
        return false;
    }
    let asked = |index: usize| natural_width(annex, index).0.min(ASKED_CHARS);
    let whole: f64 = (0..annex.columns.len()).map(asked).sum();
    whole > BLOCK_CHARS * 1.3
}

/// 合并单元格: for each row, how many rows its first cell takes; 0 where the cell above takes it in.
pub(crate) fn joined(annex: &Annex) -> Vec<usize> {
    let mut spans = vec![1; annex.rows.len()];
    if !annex.is_joined() {
        return spans;
    }
    let first = |at: usize| annex.rows[at].first();
    let mut begun = 0;
    for at in 1..annex.rows.len() {
        if first(at) == first(begun) {
            spans[begun] += 1;
            spans[at] = 0;
        } else {
            begun = at;
        }
    }
    spans
}

/// Whether the cells of a column stand in its middle: short ones and codes do, sentences begin at the left.
pub(crate) fn is_centred(annex: &Annex, index: usize) -> bool {
    natural_width(annex, index).1
}
/// Columns up to this many characters never wrap; the others share what is left.
const NARROW_CHARS: f64 = 7.5;

/// Widths of the columns, in characters of the table's text: those that fit into their share get what they need in one line, the
/// others divide what is left by the roots of their lengths.
pub(crate) fn column_widths(annex: &Annex) -> Vec<f64> {
    let block = match is_landscape(annex) {
        true => LANDSCAPE_CHARS,
        false => BLOCK_CHARS,
    };
    let mut widths: Vec<(f64, bool)> = (0..annex.columns.len())
        .map(|index| natural_width(annex, index))
        .collect();
    // Columns that wrap share what the others leave by the roots of their widths: then a long one has more lines than a short one, and
    // no short one is starved to a letter a line.
    loop {
        let whole: f64 = widths
            .iter()
            .filter(|(_, is_whole)| *is_whole)
            .map(|(width, _)| width)
            .sum();
        let open = widths.iter().filter(|(_, is_whole)| !is_whole);
        let roots: f64 = open.map(|(width, _)| width.sqrt()).sum();
        let left = (block - whole).max(0.0);
        let share = |width: f64| left * width.sqrt() / roots.max(1.0);
        match widths
            .iter_mut()
            .find(|(width, is_whole)| !is_whole && *width <= share(*width))
        {
            Some((_, is_whole)) => *is_whole = true,
            None => {
                let width = |(width, is_whole): &(f64, bool)| match is_whole {
                    true => *width,
                    false => share(*width),
                };
                return widths.iter().map(width).collect();
            }
        }
    }
}

/// Beyond this a column takes more lines, and no more room from the others.
const LONGEST_CHARS: f64 = 60.0;

/// What a column would take in one line, and whether it must not wrap: short ones, and codes, which have no place to break at.
fn natural_width(annex: &Annex, index: usize) -> (f64, bool) {
    let cells = || annex.rows.iter().filter_map(|row| row.get(index));
    let longest = cells()
        .map(|cell| chars(cell))
        .fold(chars(&annex.columns[index]), f64::max);
    let are_codes = cells().all(|cell| cell.is_ascii() && cell.len() <= 20);
    // Padding left and right, and a little for fonts with wider letters than ours.
    let width = longest.min(LONGEST_CHARS) + 1.6;
    (width, width <= NARROW_CHARS || are_codes)
}

/// Width of a text in full-width characters.
fn chars(text: &str) -> f64 {
    text.chars()
        .map(|c| if c.is_ascii() { 0.62 } else { 1.0 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_not_torn() {
        let annex = Annex {
            id: "reporting_names".to_owned(),
            number: 3,
            title: String::new(),
            count_figure: String::new(),
            columns: ["序号", "网站标识码", "规范名称"]
                .map(str::to_owned)
                .to_vec(),
            rows: vec![
                [
                    "1",
                    "9900000006",
                    "云岭省人民政府国有资产监督管理委员会门户网站（含所属单位）",
                ]
                .map(str::to_owned)
                .to_vec(),
            ],
        };
        let widths = column_widths(&annex);
        assert!(widths[1] >= 6.0, "{widths:?}");
        assert!(
            widths.iter().sum::<f64>() <= BLOCK_CHARS + 0.01,
            "{widths:?}"
        );
    }

    #[test]
    fn equal_parts_of_a_form_are_one_cell_and_other_tables_stay_as_they_are() {
        let rows = ["基本信息", "基本信息", "访问量", "填报", "填报", "填报"];
        let mut annex = Annex {
            id: "annual_1".to_owned(),
            number: 1,
            title: String::new(),
            count_figure: String::new(),
            columns: ["部分", "项目", "内容"].map(str::to_owned).to_vec(),
            rows: rows
                .map(|part| vec![part.to_owned(), "项".repeat(40), "无".repeat(40)])
                .to_vec(),
        };
        assert_eq!(joined(&annex), [2, 0, 1, 3, 0, 0]);
        assert!(!is_landscape(&annex), "three columns stand");
        annex.id = "above_80".to_owned();
        assert_eq!(joined(&annex), [1; 6]);
    }

    #[test]
    fn short_names_stay_in_one_line_beside_a_long_column() {
        let annex = Annex {
            id: "problem_accounts".to_owned(),
            number: 2,
            title: String::new(),
            columns: ["名称", "主办单位", "存在问题"].map(str::to_owned).to_vec(),
            rows: vec![
                [
                    "古峰发布服务号",
                    "古峰县人民政府",
                    "监测时间点前两周内未更新，并在同一平台重复开设，未提供有效互动渠道",
                ]
                .map(str::to_owned)
                .to_vec(),
            ],
            count_figure: String::new(),
        };
        let widths = column_widths(&annex);
        assert!(widths[0] >= 8.0 && widths[1] >= 8.0, "{widths:?}");
        assert!(
            (widths.iter().sum::<f64>() - BLOCK_CHARS).abs() < 0.01,
            "{widths:?}"
        );
    }

    #[test]
    fn the_date_keeps_four_characters_and_the_name_stands_over_it() {
        let (name, date) = signature("广西壮族自治区大数据发展局", "2020年4月9日");
        assert!((date - 4.0 * CHAR_PT).abs() < 0.01, "{date}");
        assert!(name < date && name > 0.0, "{name}");
        let (name, date) = signature(&"长".repeat(24), "2020年4月9日");
        assert!(name.abs() < 0.01 && date > 4.0 * CHAR_PT, "{name} {date}");
    }

    #[test]
    fn a_title_that_fits_is_one_line_and_no_bracket_is_parted_from_its_words() {
        let title = "政府网站与政务新媒体监管工作自评表（2025年度）";
        assert_eq!(title_lines(title, LYING_TITLE_CHARS), [title]);
        let titles = [
            title.to_owned(),
            format!("青石市{title}"),
            "云岭省人民政府办公厅关于印发《云岭省政府网站管理办法（2026年修订）》的通知".to_owned(),
            "2025年12月31日前全省各级政府网站和政务新媒体（含移动客户端）检查情况的通报（草稿）"
                .to_owned(),
        ];
        for title in &titles {
            for width in 12..=27 {
                let lines = title_lines(title, width);
                assert_eq!(lines.concat(), *title);
                for line in &lines {
                    assert!(
                        line.chars().count() <= width || lines.len() == 1,
                        "{lines:?}"
                    );
                    assert!(!line.ends_with(['（', '《']), "{width}: {lines:?}");
                    assert!(
                        !line.starts_with(['）', '》', '年', '月', '日']),
                        "{width}: {lines:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_title_breaks_at_words_and_loses_nothing() {
        let title =
            "广西壮族自治区大数据发展局关于公布2020年第一季度全区政府网站和政务新媒体抽查情况的函";
        let lines = title_lines(title, 19);
        assert_eq!(lines.concat(), title);
        assert!(
            lines.iter().all(|line| line.chars().count() <= 19),
            "{lines:?}"
        );
        assert!(
            lines
                .iter()
                .all(|line| !line.starts_with(['的', '和', '年'])),
            "{lines:?}"
        );
    }
}
