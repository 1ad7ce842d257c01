//! 评分表: one target with its points and with every problem that counted, each with the evidence behind it; and the same as values that
//! anyone can score again. A record for the unit concerned, so it holds what the public never sees.

use serde::{Deserialize, Serialize};

use super::address::readable;
use super::breakdown::{Line, address, kind_name, lines, points_text, quote, unit_ground};
use super::figures::chinese_date;
use super::{Annex, Block, Form, Notice, Span, annexes};
use crate::evidence::EvidenceRef;
use crate::indicator::{FigureConfidence, Indicator, IndicatorKind};
use crate::points::Points;
use crate::registry::{Target, TargetClass};
use crate::results::TargetResult;
use crate::round::Round;
use crate::score::{IndicatorScore, score_in};
use crate::stats::{Figure, FigureValue, NOT_MEASURED};

/// Name of the figure that counts the problems.
const PROBLEMS: &str = "card.problems";
/// Hash of nothing: what a finding states where there was no answer.
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// Letters of a quotation that are printed.
const QUOTED: usize = 60;

/// 评分依据. Everything that a score is reckoned from, for whoever wants to reckon it again without a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFile {
    /// The round with its frozen set.
    pub round: Round,
    /// The target with what was said, decided and scored.
    pub target: TargetResult,
}

impl CardFile {
    /// Scores the target anew from what was said and decided; answers with what differs from the sheet, in Chinese.
    pub fn differences(&self) -> Vec<String> {
        let (round, target) = (&self.round, &self.target);
        let (judgements, reviews) = (&target.judgements, &target.reviews);
        let anew = score_in(round, &target.subject, judgements, reviews);
        let mut all = Vec::new();
        let points = |value: Option<Points>| value.map_or("无".to_owned(), Points::short);
        for (what, ours, theirs) in [
            (
                "结论",
                annexes::outcome_name(Some(anew.outcome)).to_owned(),
                annexes::outcome_name(Some(target.sheet.outcome)).to_owned(),
            ),
            (
                "扣分指标得分",
                points(anew.deduct_score),
                points(target.sheet.deduct_score),
            ),
            (
                "总分",
                points(anew.final_score),
                points(target.sheet.final_score),
            ),
        ] {
            if ours != theirs {
                all.push(format!("{what}：重新计算为{ours}，评分表为{theirs}"));
            }
        }
        if all.is_empty() && anew != target.sheet {
            all.push("各指标的分值与重新计算的不同".to_owned());
        }
        all
    }

    /// Every piece of evidence of the problems that counted, with the check and its key.
    pub fn evidence(&self) -> Vec<(String, String, EvidenceRef)> {
        let mut all = Vec::new();
        for line in lines(&self.round, &self.target) {
            let proofs = line.finding.map_or(&[][..], |finding| finding.evidence());
            for proof in proofs {
                let (check, key) = (line.counted.check.clone(), line.counted.key.clone());
                all.push((check, key, proof.clone()));
            }
        }
        all
    }

    /// The score sheet as a document.
    pub fn document(&self) -> Notice {
        let problems = lines(&self.round, &self.target);
        let count = Figure {
            value: FigureValue::Count(problems.len() as i64),
            printed: problems.len().to_string(),
            unit: "个".to_owned(),
            definition: "计入的问题".to_owned(),
        };
        let round = &self.round;
        Notice {
            form: Form::Plain,
            title: format!("{}检查评分表", self.target.subject.target.name()),
            issuer: String::new(),
            number: String::new(),
            recipients: String::new(),
            date: round.as_of.date(),
            blocks: vec![Block::Paragraph(vec![
                Span::Text(format!(
                    "{}按《{}》检查，监测时间点为{}，计入问题",
                    round.title,
                    round.set.title,
                    chinese_date(round.as_of.date())
                )),
                Span::Figure {
                    name: PROBLEMS.to_owned(),
                    text: count.printed.clone(),
                },
                Span::Text(
                    "个。各问题的证据记录和正文哈希列于表后，可与证据包逐一核对。".to_owned(),
                ),
            ])],
            charts: Vec::new(),
            annexes: self.tables(&problems),
            figures: [(PROBLEMS.to_owned(), count)].into(),
            copies_to: String::new(),
            printed_by: String::new(),
            tables: Vec::new(),
        }
    }

    fn tables(&self, problems: &[Line<'_>]) -> Vec<Annex> {
        let table = |number: usize, title: &str, columns: &[&str], rows: Vec<Vec<String>>| Annex {
            id: format!("card_{number}"),
            number,
            title: title.to_owned(),
            columns: columns.iter().map(|head| (*head).to_owned()).collect(),
            rows,
            count_figure: String::new(),
        };
        let mut all = vec![
            table(1, "一、基本情况", &["项目", "内容"], self.facts()),
            table(
                2,
                "二、各指标得分",
                &[
                    "编号",
                    "一级指标",
                    "二级指标",
                    "性质",
                    "分值",
                    "扣（加）分",
                    "说明",
                ],
                self.target
                    .sheet
                    .indicators
                    .iter()
                    .filter_map(|one| self.indicator(one))
                    .collect(),
            ),
        ];
        if !problems.is_empty() {
            all.push(table(
                3,
                "三、计入的问题",
                &["序号", "指标", "问题", "网址", "次数", "分值", "依据"],
                problems
                    .iter()
                    .enumerate()
                    .map(|(at, line)| self.problem(at, line))
                    .collect(),
            ));
        }
        let proofs: Vec<Vec<String>> = problems
            .iter()
            .enumerate()
            .flat_map(|(at, line)| proofs(at, line))
            .collect();
        if !proofs.is_empty() {
            all.push(table(
                4,
                "四、证据",
                &[
                    "问题序号",
                    "取证时间",
                    "证据记录",
                    "网址",
                    "引文",
                    "正文SHA-256",
                ],
                proofs,
            ));
        }
        all
    }

    fn facts(&self) -> Vec<Vec<String>> {
        let subject = &self.target.subject;
        let sheet = &self.target.sheet;
        let class = match sheet.class {
            TargetClass::Portal => "政府门户网站",
            TargetClass::Department => "部门网站",
            TargetClass::Account => "政务新媒体",
            TargetClass::Supervisor => "监管单位",
        };
        let place = match &subject.target {
            Target::Site(site) => ("首页网址", site.home.clone()),
            Target::Account(account) => ("平台", account.platform.clone()),
        };
        let score =
            |value: Option<Points>| value.map_or_else(|| "不计分".to_owned(), Points::short);
        let rows = [
            ("检查轮次", self.round.title.clone()),
            ("名称", subject.target.name().to_owned()),
            ("编号", subject.target.id().to_string()),
            ("类别", class.to_owned()),
            ("主办单位", subject.organization_name.clone()),
            ("地区", subject.region_name.clone()),
            place,
            (
                "指标体系",
                format!("{}（{}）", self.round.set.title, self.round.set.id),
            ),
            ("指标体系SHA-256", self.round.set.sha256.clone()),
            (
                "结论",
                annexes::outcome_name(Some(sheet.outcome)).to_owned(),
            ),
            (
                "得分",
                format!(
                    "总分：{}（扣分指标：{}，加分：{}）",
                    score(sheet.final_score),
                    score(sheet.deduct_score),
                    score(sheet.bonus_score)
                ),
            ),
        ];
        rows.map(|(what, said)| vec![what.to_owned(), said]).into()
    }

    fn indicator(&self, own: &IndicatorScore) -> Option<Vec<String>> {
        let indicator = self.round.set.indicator(&own.indicator)?;
        let said = match indicator.kind {
            _ if own.not_applicable => "不适用".to_owned(),
            _ if own.unmeasured => NOT_MEASURED.to_owned(),
            IndicatorKind::Veto if own.is_veto => "否决".to_owned(),
            _ if own.may_veto => NOT_MEASURED.to_owned(),
            IndicatorKind::Veto => "通过".to_owned(),
            _ => String::new(),
        };
        let amount = match indicator.kind {
            IndicatorKind::Deduct | IndicatorKind::Bonus => own.amount.short(),
            IndicatorKind::Veto | IndicatorKind::Listed => "—".to_owned(),
        };
        Some(vec![
            indicator.id.clone(),
            indicator.level1.clone(),
            indicator.level2.clone(),
            kind_name(indicator.kind).to_owned(),
            full_points(indicator),
            amount,
            said,
        ])
    }

    fn problem(&self, at: usize, line: &Line<'_>) -> Vec<String> {
        let id = self.target.subject.target.id();
        vec![
            (at + 1).to_string(),
            format!("{} {}", line.indicator.id, line.indicator.level2),
            match line.counted.detail.is_empty() {
                true => line.case().to_owned(),
                false => line.counted.detail.clone(),
            },
            readable(line.finding.map_or("", address)),
            line.counted.count.to_string(),
            match line.indicator.kind {
                IndicatorKind::Veto => "否决".to_owned(),
                kind => points_text(kind, line.points),
            },
            unit_ground(id, &line.counted, &self.target),
        ]
    }
}

/// Points with 待核定 where they are not confirmed by a source.
fn full_points(indicator: &Indicator) -> String {
    match (indicator.kind, indicator.points_confidence) {
        (IndicatorKind::Veto | IndicatorKind::Listed, _) => "—".to_owned(),
        (_, FigureConfidence::S) => indicator.points.short(),
        _ => format!("{}（待核定）", indicator.points.short()),
    }
}

/// Day and minute, which leave the other columns their room.
fn moment(at: &str) -> String {
    at.replace('T', " ").chars().take(16).collect()
}

/// A quotation as far as one recognizes it; the whole stands in the archive.
fn shortened(quote: &str) -> String {
    match quote.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &quote[..end]),
        None => quote.to_owned(),
    }
}

fn proofs(at: usize, line: &Line<'_>) -> Vec<Vec<String>> {
    let Some(finding) = line.finding else {
        return Vec::new();
    };
    let row = |proof: &EvidenceRef| {
        let quoted = match proof.quote.is_empty() {
            true => quote(finding),
            false => proof.quote.clone(),
        };
        vec![
            (at + 1).to_string(),
            moment(&proof.at.to_string()),
            proof.record.clone(),
            readable(&proof.url),
            shortened(&quoted),
            match proof.sha256 == NOTHING {
                true => "没有应答，无正文".to_owned(),
                false => proof.sha256.clone(),
            },
        ]
    };
    finding.evidence().iter().map(row).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::indicator::DeductKind;
    use crate::round::Coverage;
    use crate::testing::{at, fail, finding, formula, indicator, judgement, portal, rule, set};

    fn file() -> CardFile {
        let rules = vec![rule(&["home_link"], Some(DeductKind::Each), Some("1"))];
        let own = indicator("D-1", IndicatorKind::Deduct, "10", "broken_links", rules);
        let found = fail(vec![finding("a", "home_link")]);
        let judgements = vec![judgement("1", "D-1", "broken_links", found)];
        let subject = portal("1");
        let round = Round {
            id: "2026Q1".to_owned(),
            title: "2026年第一季度".to_owned(),
            coverage: Coverage::Census,
            monitor_from: at(8),
            as_of: at(12),
            seed: "1".to_owned(),
            rectify_by: "2026-04-30".to_owned(),
            set: set(vec![own], formula()),
            also_listed: Vec::new(),
            also_under: Vec::new(),
        };
        let sheet = score_in(&round, &subject, &judgements, &[]);
        let target = TargetResult {
            subject,
            judgements,
            reviews: Vec::new(),
            sheet,
        };
        CardFile { round, target }
    }

    #[test]
    fn a_sheet_scores_again_to_the_same_and_a_changed_one_does_not() {
        let mut file = file();
        assert_eq!(file.differences(), Vec::<String>::new());
        file.target.sheet.deduct_score = Some(Points::whole(98));
        assert_eq!(file.differences().len(), 1, "{:?}", file.differences());
    }

    #[test]
    fn a_sheet_for_the_unit_names_no_reviewer_and_says_what_a_veto_came_to() {
        let mut file = file();
        let rules = vec![rule(&["home_link"], None, None)];
        let veto = indicator("V-1", IndicatorKind::Veto, "0", "unreachable_site", rules);
        file.round.set.indicators.insert(0, veto);
        let own = judgement("1", "V-1", "unreachable_site", crate::testing::pass());
        file.target.judgements.push(own);
        let confirmed = crate::review::Decision::Confirmed;
        let review = crate::testing::review("1", "broken_links", "a", confirmed, 11);
        let name = review.by.clone();
        file.target.reviews.push(review);
        let (round, target) = (&file.round, &file.target);
        file.target.sheet = score_in(round, &target.subject, &target.judgements, &target.reviews);
        let document = file.document();
        let veto = &document.annexes[1].rows[0];
        assert_eq!(&veto[4..], ["—", "—", "通过"], "{veto:?}");
        let ground = &document.annexes[2].rows[0][6];
        assert!(ground.starts_with("人工确认（"), "{ground}");
        assert!(!name.is_empty() && !ground.contains(&name), "{ground}");
    }

    #[test]
    fn each_problem_stands_in_the_document_with_its_evidence() {
        let file = file();
        let document = file.document();
        let titles: Vec<&str> = document
            .annexes
            .iter()
            .map(|one| one.title.as_str())
            .collect();
        assert_eq!(titles.len(), 4, "{titles:?}");
        assert_eq!(document.annexes[2].rows.len(), 1);
        let proofs = file.evidence();
        assert_eq!(document.annexes[3].rows.len(), proofs.len());
        assert_eq!(document.annexes[3].rows[0][5], proofs[0].2.sha256);
    }
}
