//! The targets of a round, and the score sheet of one.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::indicator::{Indicator, IndicatorKind, IndicatorSet};
use xuncha_core::permission::Action;
use xuncha_core::registry::{Target, TargetClass, TargetId};
use xuncha_core::review::{Review, latest};
use xuncha_core::round::Subject;
use xuncha_core::score::{CountedFinding, IndicatorScore, Outcome, ScoreSheet};
use xuncha_store::Page;
use xuncha_store::appeal::{AppealFilter, AppealState};
use xuncha_store::judge::{FindingFilter, FindingRow, VerdictClass};
use xuncha_store::round::{SubjectFilter, SubjectRow};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::appeals::{Change, changes};
use crate::pages::blind;
use crate::pages::filed::{Filed, filed};
use crate::pages::findings::moment;
use crate::pages::package::{self, PackageLine};
use crate::shell::{Shell, Viewer};

/// What the list is asked for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    class: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    q: String,
    page: Option<u64>,
}

/// A choice of a filter: value, wording, whether it is chosen.
pub(crate) struct Choice {
    pub(crate) value: &'static str,
    pub(crate) text: String,
    pub(crate) is_chosen: bool,
}

pub(crate) fn class_of(word: &str) -> Option<TargetClass> {
    match word {
        "portal" => Some(TargetClass::Portal),
        "department" => Some(TargetClass::Department),
        "account" => Some(TargetClass::Account),
        _ => None,
    }
}

pub(crate) fn outcome_of(word: &str) -> Option<Outcome> {
    match word {
        "qualified" => Some(Outcome::Qualified),
        "unqualified" => Some(Outcome::Unqualified),
        "undetermined" => Some(Outcome::Undetermined),
        _ => None,
    }
}

pub(crate) fn class_choices(lang: Lang, chosen: &str) -> Vec<Choice> {
    let all = [
        ("", lang.t("全部类别", "All classes")),
        ("portal", labels::class(lang, TargetClass::Portal)),
        ("department", labels::class(lang, TargetClass::Department)),
        ("account", labels::class(lang, TargetClass::Account)),
    ];
    all.map(|(value, text)| Choice {
        value,
        text: text.to_owned(),
        is_chosen: value == chosen,
    })
    .into()
}

pub(crate) fn outcome_choices(lang: Lang, chosen: &str) -> Vec<Choice> {
    let all = [
        ("", lang.t("全部结论", "All outcomes").to_owned()),
        (
            "qualified",
            labels::outcome(lang, Some(Outcome::Qualified)).text,
        ),
        (
            "unqualified",
            labels::outcome(lang, Some(Outcome::Unqualified)).text,
        ),
        (
            "undetermined",
            labels::outcome(lang, Some(Outcome::Undetermined)).text,
        ),
    ];
    all.map(|(value, text)| Choice {
        is_chosen: value == chosen,
        value,
        text,
    })
    .into()
}

struct ListRow {
    href: String,
    id: String,
    name: String,
    class: &'static str,
    unit: String,
    region: String,
    outcome: Label,
    deduct: String,
    total: String,
    finding_count: u64,
}

#[derive(Template)]
#[template(path = "targets.html")]
struct TargetsPage {
    shell: Shell,
    rows: Vec<ListRow>,
    classes: Vec<Choice>,
    outcomes: Vec<Choice>,
    q: String,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let row = state.store.round(&id).await?;
    let filter = SubjectFilter {
        assignee: None,
        class: class_of(&asked.class),
        outcome: outcome_of(&asked.outcome),
        words: Some(asked.q.clone()),
        is_open: false,
        organization: viewer.narrowed(Action::ReadTarget),
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state
        .store
        .targets(&id, &row.round.set.id, &filter, pager.page())
        .await?;
    let base = format!("/rounds/{}/targets", encode(&id));
    let title = viewer.lang.t("检查对象", "Targets");
    let pairs = vec![
        ("class", asked.class.clone()),
        ("outcome", asked.outcome.clone()),
        ("q", asked.q.clone()),
    ];
    page(&TargetsPage {
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "targets"),
        rows: found
            .rows
            .iter()
            .map(|one| list_row(viewer.lang, &base, one))
            .collect(),
        classes: class_choices(viewer.lang, &asked.class),
        outcomes: outcome_choices(viewer.lang, &asked.outcome),
        q: asked.q,
        pager: pager.over(found.total, base, pairs),
    })
}

fn list_row(lang: Lang, base: &str, row: &SubjectRow) -> ListRow {
    let target = &row.subject.target;
    ListRow {
        href: format!("{base}/{}", encode(&target.id().0)),
        id: target.id().0.clone(),
        name: target.name().to_owned(),
        class: labels::class(lang, row.class),
        unit: row.subject.organization_name.clone(),
        region: row.subject.region_name.clone(),
        outcome: labels::outcome(lang, row.outcome),
        deduct: labels::points(row.deduct_hundredths),
        total: labels::points(row.final_hundredths),
        finding_count: row.finding_count,
    }
}

/// A finding as the score sheet lists it.
pub(crate) struct FindingLine {
    href: String,
    detail: String,
    count: u64,
    state: Label,
}

/// Something that counted by a person's decision alone: an answer to a question, or a doubt that was confirmed.
struct AnswerLine {
    /// What was asked.
    question: String,
    /// What the person noted; empty where nothing was.
    note: String,
    state: Label,
    /// Who and when.
    by: String,
    at: String,
}

struct SheetLine {
    id: String,
    level2: String,
    points: String,
    is_unconfirmed: bool,
    amount: String,
    has_loss: bool,
    state: Label,
    open: Vec<String>,
    findings: Vec<FindingLine>,
    answers: Vec<AnswerLine>,
}

struct SheetGroup {
    title: String,
    kind: &'static str,
    lines: Vec<SheetLine>,
}

#[derive(Template)]
#[template(path = "target.html")]
struct TargetPage {
    shell: Shell,
    subject: Subject,
    task_href: String,
    address: String,
    filed: Vec<Filed>,
    class: &'static str,
    outcome: Label,
    deduct: String,
    deduct_low: String,
    bonus: String,
    total: String,
    has_sheet: bool,
    groups: Vec<SheetGroup>,
    listed: Vec<(String, Vec<FindingLine>)>,
    /// Appeals that changed the score, with what it was and is.
    rescored: Vec<(String, Vec<Change>)>,
    packages: Vec<PackageLine>,
    package_action: String,
    /// Whether a package was just asked for.
    is_asked: bool,
}

/// What the page of a target is asked for.
#[derive(Deserialize)]
pub(crate) struct AskedOne {
    #[serde(default)]
    asked: String,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((id, target)): Path<(String, String)>,
    Query(asked): Query<AskedOne>,
) -> Result<Response, WebError> {
    let target = TargetId(target);
    let row = state.store.round(&id).await?;
    let set = &row.round.set;
    let subject = state.store.subject(&id, &target).await?;
    let (reviews, sheet) = blind::seen(&state, &viewer, &row.round, &subject).await?;
    let filter = FindingFilter {
        target: Some(target.clone()),
        ..FindingFilter::default()
    };
    let findings = state.store.findings(&id, &filter, Page::ALL).await?.rows;
    let names = state
        .store
        .unit_and_above(subject.target.organization())
        .await?;
    let lines = Lines {
        lang: viewer.lang,
        target: &target,
        findings: &findings,
        reviews: &reviews,
        sheet: sheet.as_ref(),
        uncounted_bonus: uncounted_bonus(viewer.lang, set, sheet.as_ref()),
    };
    let points = |pick: fn(&ScoreSheet) -> Option<xuncha_core::points::Points>| {
        labels::points(
            sheet
                .as_ref()
                .and_then(pick)
                .map(|points| points.hundredths()),
        )
    };
    let shell = Shell::new(&viewer, "rounds", subject.target.name().to_owned())
        .named()
        .in_round(&id, &row.round.title, "targets")
        .crumb(
            viewer.lang.t("检查对象", "Targets"),
            format!("/rounds/{}/targets", encode(&id)),
        );
    let accepted = AppealFilter {
        round: Some(id.clone()),
        state: Some(AppealState::Accepted),
        target: Some(target.clone()),
        ..AppealFilter::default()
    };
    let accepted = state.store.appeals(&accepted, Page::ALL).await?.rows;
    let rescored = accepted.iter().filter_map(|appeal| {
        let href = format!("/appeals/{}", encode(&appeal.new.id));
        Some((href, changes(viewer.lang, appeal.scores.as_ref()?)))
    });
    page(&TargetPage {
        packages: package::lines(&state, &id, &target).await,
        package_action: format!(
            "/rounds/{}/targets/{}/package",
            encode(&id),
            encode(&target.0)
        ),
        is_asked: !asked.asked.is_empty(),
        rescored: rescored.collect(),
        shell,
        task_href: format!("/rounds/{}/tasks/{}", encode(&id), encode(&target.0)),
        address: address_of(&subject.target),
        filed: filed(viewer.lang, &subject.target, &names),
        class: labels::class(viewer.lang, subject.target.class()),
        outcome: labels::outcome(viewer.lang, sheet.as_ref().map(|sheet| sheet.outcome)),
        deduct: points(|sheet| sheet.deduct_score),
        deduct_low: points(|sheet| {
            sheet
                .deduct_score_low
                .filter(|low| Some(*low) != sheet.deduct_score)
        }),
        bonus: points(|sheet| sheet.bonus_score),
        total: points(|sheet| sheet.final_score),
        has_sheet: sheet.is_some(),
        groups: lines.groups(set),
        listed: row
            .round
            .also_listed
            .iter()
            .map(|set| (set.title.clone(), lines.of_set(&set.id)))
            .collect(),
        subject,
    })
}

fn address_of(target: &Target) -> String {
    match target {
        Target::Site(site) => site.home.clone(),
        Target::Account(account) => format!("{} {}", account.platform, account.kind),
    }
}

/// What the lines of a score sheet are put together from.
struct Lines<'a> {
    lang: Lang,
    target: &'a TargetId,
    findings: &'a [FindingRow],
    reviews: &'a [Review],
    sheet: Option<&'a ScoreSheet>,
    /// The state of bonus points that do not count, where they do not.
    uncounted_bonus: Option<Label>,
}

/// Bonus points count only where ② is above the set's line; else the sheet says why they stand beside the score.
fn uncounted_bonus(lang: Lang, set: &IndicatorSet, sheet: Option<&ScoreSheet>) -> Option<Label> {
    let sheet = sheet?;
    let line = set.formula_of(sheet.class)?.bonus_above.short();
    if sheet.bonus_score.is_some() {
        return None;
    }
    let text = match lang {
        Lang::Zh => format!("未计（②不高于{line}）"),
        Lang::En => format!("Not counted (deduction score not above {line})"),
    };
    Some(Label { text, tone: "none" })
}

impl Lines<'_> {
    /// Indicators in the order of the set, grouped by first level; without a sheet, those that have findings.
    fn groups(&self, set: &IndicatorSet) -> Vec<SheetGroup> {
        let scores: BTreeMap<&str, &IndicatorScore> = self
            .sheet
            .map(|sheet| {
                sheet
                    .indicators
                    .iter()
                    .map(|score| (score.indicator.as_str(), score))
                    .collect()
            })
            .unwrap_or_default();
        let mut groups: Vec<SheetGroup> = Vec::new();
        for indicator in &set.indicators {
            let findings = self.of_indicator(&set.id, &indicator.id);
            let score = scores.get(indicator.id.as_str()).copied();
            if score.is_none() && findings.is_empty() {
                continue;
            }
            let line = self.line(indicator, score, findings);
            let kind = labels::kind(self.lang, indicator.kind);
            match groups.last_mut() {
                Some(group) if group.title == indicator.level1 && group.kind == kind => {
                    group.lines.push(line)
                }
                _ => groups.push(SheetGroup {
                    title: indicator.level1.clone(),
                    kind,
                    lines: vec![line],
                }),
            }
        }
        groups
    }

    fn line(
        &self,
        indicator: &Indicator,
        score: Option<&IndicatorScore>,
        findings: Vec<FindingLine>,
    ) -> SheetLine {
        let amount = score.map(|score| score.amount).unwrap_or_default();
        let is_bonus = indicator.kind == IndicatorKind::Bonus;
        let is_taken = amount.hundredths() > 0 && !is_bonus;
        let has_loss = is_taken || score.is_some_and(|score| score.is_veto);
        let answers = score.map_or_else(Vec::new, |score| self.answers(indicator, score));
        SheetLine {
            id: indicator.id.clone(),
            level2: indicator.level2.clone(),
            points: if indicator.points.hundredths() == 0 {
                "—".to_owned()
            } else {
                indicator.points.short()
            },
            is_unconfirmed: labels::is_unconfirmed(indicator.points_confidence),
            amount: if amount.hundredths() == 0 {
                "0".to_owned()
            } else {
                amount.short()
            },
            has_loss,
            state: self.line_state(indicator, score),
            open: score.map(|score| score.open.clone()).unwrap_or_default(),
            findings,
            answers,
        }
    }

    /// What counted and is none of the machine's findings: without it a line would cost points and not say why.
    fn answers(&self, indicator: &Indicator, score: &IndicatorScore) -> Vec<AnswerLine> {
        let is_found = |counted: &CountedFinding| {
            self.findings.iter().any(|row| {
                row.indicator == indicator.id
                    && row.check == counted.check
                    && row.key == counted.key
            })
        };
        let answers = score.findings.iter().filter(|counted| !is_found(counted));
        answers
            .map(|counted| self.answer(indicator, counted))
            .collect()
    }

    fn answer(&self, indicator: &Indicator, counted: &CountedFinding) -> AnswerLine {
        let asked = match counted.check.as_str() {
            "manual" => indicator.prompt(),
            check => xuncha_core::checks::find(check).map(|check| check.title_zh),
        };
        let question = asked.unwrap_or(&indicator.level2).to_owned();
        let review = latest(self.reviews, self.target, &counted.check, &counted.key);
        let unknown = Label {
            text: self.lang.t("已计入", "Counted").to_owned(),
            tone: "info",
        };
        AnswerLine {
            note: if counted.detail == question {
                String::new()
            } else {
                counted.detail.clone()
            },
            question,
            state: review.map_or(unknown, |review| {
                labels::decision(self.lang, &review.decision)
            }),
            by: review.map_or_else(String::new, |review| review.by.clone()),
            at: review.map_or_else(String::new, |review| moment(&review.at)),
        }
    }

    fn line_state(&self, indicator: &Indicator, score: Option<&IndicatorScore>) -> Label {
        let label = |zh: &str, en: &str, tone| Label {
            text: self.lang.t(zh, en).to_owned(),
            tone,
        };
        let Some(score) = score else {
            return label("未评分", "Not scored", "none");
        };
        let is_bonus = indicator.kind == IndicatorKind::Bonus;
        if score.not_applicable {
            label("不适用", "Not applicable", "none")
        } else if score.is_veto {
            label("否决", "Vetoed", "bad")
        } else if score.unmeasured {
            label("无法判定", "Undetermined", "open")
        } else if score.amount.hundredths() > 0 && is_bonus {
            let earned = label("得分", "Earned", "good");
            self.uncounted_bonus.clone().unwrap_or(earned)
        } else if score.amount.hundredths() > 0 {
            label("扣分", "Deducted", "bad")
        } else if !score.open.is_empty() {
            label("待定", "Open", "open")
        } else if is_bonus {
            label("未得分", "None earned", "none")
        } else {
            label("通过", "Passed", "good")
        }
    }

    fn of_indicator(&self, set: &str, indicator: &str) -> Vec<FindingLine> {
        let mine = self
            .findings
            .iter()
            .filter(|row| row.set == set && row.indicator == indicator);
        mine.map(|row| self.finding(row)).collect()
    }

    fn of_set(&self, set: &str) -> Vec<FindingLine> {
        self.findings
            .iter()
            .filter(|row| row.set == set)
            .map(|row| self.finding(row))
            .collect()
    }

    fn finding(&self, row: &FindingRow) -> FindingLine {
        FindingLine {
            href: format!("/findings/{}", encode(&row.id)),
            detail: row.detail.clone(),
            count: row.place_count.max(row.count),
            state: finding_state(self.lang, row, self.reviews),
        }
    }
}

/// What people decided about a finding, or that the machine found or only suspects it.
pub(crate) fn finding_state(lang: Lang, row: &FindingRow, reviews: &[Review]) -> Label {
    if let Some(review) = latest(reviews, &row.target, &row.check, &row.key) {
        return labels::decision(lang, &review.decision);
    }
    if row.verdict == VerdictClass::NeedsReview {
        return Label {
            text: lang.t("疑似，待人工", "Suspected").to_owned(),
            tone: "open",
        };
    }
    Label {
        text: lang.t("机器判定", "By machine").to_owned(),
        tone: "info",
    }
}
