//! 整改通知书: the letter to one unit as a document model, with its problems, their evidence and the term.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::stake::Stake;
use crate::notice::address::readable;
use crate::notice::figures::chinese_date;
use crate::notice::{Annex, Block, Form, Notice, Span};
use crate::points::{Exact, Points};
use crate::stats::{Figure, FigureValue};

/// 通知书问题. A problem as the letter lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterProblem {
    /// Target's number.
    pub target: String,
    /// Target's name.
    pub target_name: String,
    /// One sentence.
    pub detail: String,
    /// Address at fault, empty where there is none.
    pub url: String,
    /// What it costs.
    pub stake: Stake,
    /// When the evidence was taken, empty where it is a person's answer.
    pub seen_at: String,
    /// Beginning of the evidence's hash.
    pub evidence: String,
}

/// 通知书信息. What a letter says beside the problems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterInput {
    /// Issuing unit.
    pub issuer: String,
    /// 发文字号, empty where not given yet.
    pub number: String,
    /// The unit that is written to.
    pub unit: String,
    /// Title of the round, such as 2026年第一季度抽查.
    pub round: String,
    /// Date.
    pub date: Date,
    /// Last day of the term.
    pub deadline: Date,
    /// Last day of appeals, where there is one that is not over.
    pub appeal_until: Option<Date>,
    /// Mailbox for answers on paper, empty where there is none.
    pub mail: String,
    /// Problems in the order in which they are listed: those that nobody answered yet.
    pub problems: Vec<LetterProblem>,
    /// How many the round found at the unit, answered or not.
    pub found: usize,
}

/// The letter. Every number in it is a figure that the list bears out.
pub fn letter(input: &LetterInput) -> Notice {
    let targets: BTreeSet<&str> = input
        .problems
        .iter()
        .map(|own| own.target.as_str())
        .collect();
    let vetoes = input.problems.iter().filter(|own| own.stake.is_veto);
    let figures: BTreeMap<String, Figure> = [
        figure("targets", targets.len(), "个", "存在问题的网站和账号数"),
        figure("problems", input.problems.len(), "个", "清单所列问题数"),
        figure("vetoes", vetoes.count(), "个", "单项否决问题数"),
        figure("found", input.found, "个", "本轮发现的问题数，含已回复的"),
    ]
    .into();
    Notice {
        form: Form::Letter,
        title: "政府网站与政务新媒体整改通知书".to_owned(),
        issuer: input.issuer.clone(),
        number: input.number.clone(),
        recipients: input.unit.clone(),
        date: input.date,
        blocks: blocks(input, &figures),
        charts: Vec::new(),
        annexes: vec![annex(input)],
        figures,
        copies_to: String::new(),
        printed_by: String::new(),
        tables: Vec::new(),
    }
}

fn figure(name: &str, count: usize, unit: &str, definition: &str) -> (String, Figure) {
    let figure = Figure {
        value: FigureValue::Count(count as i64),
        printed: count.to_string(),
        unit: unit.to_owned(),
        definition: definition.to_owned(),
    };
    (name.to_owned(), figure)
}

fn blocks(input: &LetterInput, figures: &BTreeMap<String, Figure>) -> Vec<Block> {
    let text = |text: String| Span::Text(text);
    let number = |name: &str| Span::Figure {
        name: name.to_owned(),
        text: figures
            .get(name)
            .map_or_else(String::new, |own| own.printed.clone()),
    };
    let mut found = vec![
        text(format!("{}发现，你单位主办的", input.round)),
        number("targets"),
        text("个网站（账号）存在".to_owned()),
        number("problems"),
        text("个问题".to_owned()),
    ];
    // What was answered stands in no list any more.
    if input.found > input.problems.len() {
        found.push(text("尚待整改（共发现".to_owned()));
        found.push(number("found"));
        found.push(text("个，其余已回复或办结）".to_owned()));
    }
    if figures.get("vetoes").is_some_and(|own| own.printed != "0") {
        found.push(text("，其中属于单项否决的".to_owned()));
        found.push(number("vetoes"));
        found.push(text("个".to_owned()));
    }
    found.push(text("，具体情况见附件。".to_owned()));
    let mut blocks = vec![
        Block::Paragraph(found),
        Block::Paragraph(vec![text(format!(
            "请于{}前完成整改，逐项回复整改情况，并附加盖单位公章的说明。对其他网站、栏目和账号中的同类问题，请举一反三，一并自查整改。",
            chinese_date(input.deadline)
        ))]),
    ];
    if let Some(until) = input.appeal_until {
        blocks.push(Block::Paragraph(vec![text(format!(
            "对附件所列问题有异议的，请于{}前提出申诉，并附证明材料；逾期未提出的，按无异议处理。",
            chinese_date(until)
        ))]));
    }
    let mail = match input.mail.is_empty() {
        true => String::new(),
        false => format!("纸质回复请扫描后发至{}。", input.mail),
    };
    blocks.push(Block::Paragraph(vec![text(format!(
        "各问题的证据已存档，附件所列取证时间和校验码与存档一致，可登录系统查看。整改完成后将进行复查；逾期未整改或者再次出现的，按规定通报。{mail}"
    ))]));
    blocks
}

fn annex(input: &LetterInput) -> Annex {
    let rows = input.problems.iter().enumerate().map(|(index, own)| {
        let what = match own.url.is_empty() {
            true => own.detail.clone(),
            false => format!("{}（{}）", own.detail, readable(&own.url)),
        };
        let evidence = match (own.seen_at.is_empty(), own.evidence.is_empty()) {
            (true, _) => "人工核查".to_owned(),
            (false, true) => own.seen_at.clone(),
            (false, false) => format!("{}，{}", own.seen_at, own.evidence),
        };
        vec![
            (index + 1).to_string(),
            own.target_name.clone(),
            what,
            cost(own.stake),
            evidence,
        ]
    });
    Annex {
        id: "problems".to_owned(),
        number: 1,
        title: format!("{}存在问题清单", input.unit),
        columns: [
            "序号",
            "检查对象",
            "存在问题",
            "涉及分值",
            "取证时间和校验码",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows.collect(),
        count_figure: "problems".to_owned(),
    }
}

/// `letter-UNIT.docx`: the name under which the letter of a unit stands. What cannot stand in names of files is left to the hash.
pub fn file_name(unit: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_');
    match unit.chars().all(is_plain) && !unit.is_empty() {
        true => format!("letter-{unit}.docx"),
        false => {
            let hash = hex::encode(Sha256::digest(unit.as_bytes()));
            format!("letter-{}.docx", &hash[..12])
        }
    }
}

/// What a problem costs, as people say it.
pub fn cost(stake: Stake) -> String {
    match (stake.is_veto, stake.points) {
        (true, _) => "单项否决".to_owned(),
        (false, Points::ZERO) => "—".to_owned(),
        (false, points) => format!("{}分", points.short()),
    }
}

/// A share as lists print it.
pub fn percent(share: Option<Exact>) -> String {
    share.map_or_else(|| "—".to_owned(), |share| format!("{}%", share.short(1)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn problem(target: &str, is_veto: bool) -> LetterProblem {
        LetterProblem {
            target: target.to_owned(),
            target_name: format!("网站{target}"),
            detail: "首页链接打不开".to_owned(),
            url: "http://www.qingshi.gov.cn/a".to_owned(),
            stake: Stake {
                is_veto,
                points: "1.5".parse().unwrap(),
            },
            seen_at: "2026-03-15 09:12".to_owned(),
            evidence: "3f2a19c4".to_owned(),
        }
    }

    #[test]
    fn any_unit_has_a_name_for_its_letter() {
        assert_eq!(file_name("U-001_a"), "letter-U-001_a.docx");
        for unit in ["", "../x", "教育局", "a b"] {
            let name = file_name(unit);
            let is_plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '.');
            assert!(name.chars().all(is_plain) && !name.contains(".."), "{name}");
        }
        assert_ne!(file_name("教育局"), file_name("财政局"));
    }

    #[test]
    fn the_letter_counts_what_it_lists() {
        let mut input = LetterInput {
            issuer: "云岭省大数据局".to_owned(),
            number: String::new(),
            unit: "青石市教育局".to_owned(),
            round: "2026年第一季度抽查".to_owned(),
            date: date(2026, 4, 10),
            deadline: date(2026, 4, 30),
            appeal_until: None,
            mail: String::new(),
            problems: vec![problem("1", true), problem("1", false), problem("2", false)],
            found: 3,
        };
        let whole = letter(&input);
        let text = whole.plain_text();
        for said in [
            "你单位主办的2个网站（账号）存在3个问题，其中属于单项否决的1个，",
            "请于2026年4月30日前完成整改",
            "举一反三",
            "青石市教育局：",
        ] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(!text.contains("申诉") && !text.contains("共发现"), "{text}");
        let list = &whole.annexes[0];
        assert_eq!(
            list.rows.len().to_string(),
            whole.figures["problems"].printed
        );
        assert_eq!(list.rows[0][3], "单项否决");
        assert_eq!(list.rows[1][3..], ["1.5分", "2026-03-15 09:12，3f2a19c4"]);
        input.problems.remove(0);
        input.appeal_until = Some(date(2026, 4, 20));
        let text = letter(&input).plain_text();
        assert!(
            text.contains("2026年4月20日前提出申诉") && !text.contains("否决"),
            "{text}"
        );
        assert!(
            text.contains("存在2个问题尚待整改（共发现3个，"),
            "one was answered: {text}"
        );
    }
}
