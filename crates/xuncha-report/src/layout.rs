//! 版式计算: sizes and line breaks that every document shares, so that Word and PDF look alike.

use xuncha_core::notice::Annex;

/// Red unit name: as large as fits the 156 mm of the block, at most 30 pt.
pub(crate) fn issuer_size(issuer: &str) -> f64 {
    let count = issuer.chars().count().max(1) as f64;
    (430.0 / count).min(30.0)
}

/// 回行: breaks a title into lines of at most `width` characters, whole in words where a common word would be torn.
pub(crate) fn title_lines(title: &str, width: usize) -> Vec<String> {
    let chars: Vec<char> = title.chars().collect();
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
    const AFTER: [&str; 8] = ["关于", "公布", "季度", "局", "的", "和", "情况", "全区"];
    const BEFORE: [&str; 5] = ["关于", "和", "抽查", "政府网站", "政务新媒体"];
    let is_good = |at: usize| {
        let before: String = chars[start..at].iter().collect();
        let after: String = chars[at..].iter().collect();
        AFTER.iter().any(|word| before.ends_with(word)) && !after.starts_with('的')
            || BEFORE.iter().any(|word| after.starts_with(word))
    };
    let fits = |at: &usize| *at > start + 4 && *at <= start + width && *at < chars.len();
    (0..=width)
        .flat_map(|distance| {
            [
                (start + target).saturating_sub(distance),
                start + target + distance,
            ]
        })
        .filter(fits)
        .find(|at| is_good(*at))
        .unwrap_or(start + target)
}

/// Widths in proportion to the longest cell of each column, within bounds so that none starves.
pub(crate) fn column_widths(annex: &Annex) -> Vec<f64> {
    let cells = |index: usize| annex.rows.iter().filter_map(move |row| row.get(index));
    let width = |(index, head): (usize, &String)| {
        let longest = cells(index)
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0);
        let needed = longest.max(head.chars().count() + 1);
        needed.clamp(3, 16) as f64
    };
    annex.columns.iter().enumerate().map(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
