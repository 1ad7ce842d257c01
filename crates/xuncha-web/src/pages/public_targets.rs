//! Sites and accounts of a published round: search, the score card of one, and findings that are public.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::indicator::{Indicator, IndicatorKind};
use xuncha_core::points::Exact;
use xuncha_core::publicity::{PublicRow, PublicTarget, Publicity, RowState};
use xuncha_core::registry::TargetId;
use xuncha_core::round::Round;
use xuncha_store::publicity::{PublicFilter, PublicProblem};

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::labels::{self, Label};
use crate::lang::Lang;
use crate::pager::{Pager, encode};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::public::{CountLine, base_of, check_title, count_lines, shell_of, worded};
use crate::pages::targets::{Choice, class_choices, class_of, outcome_choices, outcome_of};
use crate::shell::{Shell, Viewer};

/// What the address asks for.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    class: String,
    #[serde(default)]
    outcome: String,
    #[serde(default)]
    city: String,
    #[serde(default)]
    check: String,
    #[serde(default)]
    q: String,
    page: Option<u64>,
}

struct ListRow {
    href: String,
    target: PublicTarget,
    class: &'static str,
    outcome: Label,
    deduct: String,
    finding_count: u64,
}

#[derive(Template)]
#[template(path = "public_targets.html")]
struct TargetsPage {
    shell: Shell,
    base: String,
    rows: Vec<ListRow>,
    classes: Vec<Choice>,
    outcomes: Vec<Choice>,
    cities: Vec<(String, bool)>,
    q: String,
    pager: Pager,
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let round = state.store.public_round(&id).await?;
    let settings = state.store.publicity().await?;
    let filter = PublicFilter {
        class: class_of(&asked.class),
        outcome: outcome_of(&asked.outcome),
        city: Some(asked.city.clone()),
        words: Some(asked.q.clone()),
        ..PublicFilter::default()
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state
        .store
        .public_targets(&id, &settings, &filter, pager.page())
        .await?;
    let base = base_of(&id);
    let pairs = vec![
        ("class", asked.class.clone()),
        ("outcome", asked.outcome.clone()),
        ("city", asked.city.clone()),
        ("q", asked.q.clone()),
    ];
    let cities = round.regions.iter();
    let cities = cities.map(|row| (row.region.clone(), row.region == asked.city));
    let rows = found.rows.into_iter().map(|line| ListRow {
        href: format!("{base}/targets/{}", encode(&line.target.target.0)),
        class: labels::class(lang, line.target.class),
        outcome: labels::outcome(lang, Some(line.target.outcome)),
        deduct: labels::points(line.target.deduct_score.map(|points| points.hundredths())),
        finding_count: line.finding_count,
        target: line.target,
    });
    page(&TargetsPage {
        rows: rows.collect(),
        cities: cities.collect(),
        shell: shell_of(&viewer, &round, lang.t("网站与账号", "Sites and accounts")),
        classes: class_choices(lang, &asked.class),
        outcomes: outcome_choices(lang, &asked.outcome),
        q: asked.q,
        pager: pager.over(found.total, format!("{base}/targets"), pairs),
        base,
    })
}

struct GroupBar {
    name: String,
    kept: String,
    points: String,
    width: String,
}

struct ScoreLine {
    row: PublicRow,
    points: String,
    amount: String,
    state: Label,
}

struct ScoreGroup {
    title: String,
    kind: &'static str,
    lines: Vec<ScoreLine>,
}

pub(crate) struct ProblemLine {
    target_href: String,
    target_name: String,
    title: String,
    problem: PublicProblem,
    seen_on: String,
    /// The rule with its source.
    rule: Option<(String, String)>,
    /// Whether the title stands above it: the rows of one check that follow each other share theirs.
    is_headed: bool,
    /// Whether it is put right, where that is followed.
    state: Option<Label>,
}

/// Titles stand only above the first of the rows that share them.
fn share_titles(mut lines: Vec<ProblemLine>) -> Vec<ProblemLine> {
    for at in 1..lines.len() {
        lines[at].is_headed = lines[at].title != lines[at - 1].title;
    }
    lines
}

#[derive(Template)]
#[template(path = "public_target.html")]
struct TargetPage {
    shell: Shell,
    base: String,
    target: PublicTarget,
    class: &'static str,
    outcome: Label,
    deduct: String,
    total: String,
    groups: Vec<GroupBar>,
    rows: Vec<ScoreGroup>,
    problems: Vec<ProblemLine>,
    counts: Vec<CountLine>,
    pager: Pager,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path((id, target)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let round = state.store.public_round(&id).await?;
    let target_id = TargetId(target);
    let target = state.store.public_target(&id, &target_id).await?;
    let settings = state.store.publicity().await?;
    let rules = state.store.round(&id).await?.round;
    let filter = PublicFilter {
        target: Some(target_id.clone()),
        ..PublicFilter::default()
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state
        .store
        .public_findings(&id, &settings, &filter, pager.page())
        .await?;
    let counts = state
        .store
        .public_counts(&id, &settings, Some(&target_id))
        .await?;
    // What is shown one by one needs no count beside it; what is not is counted.
    let hidden: Vec<_> = counts
        .into_iter()
        .filter(|one| one.publicity == Publicity::Count || one.shown < one.findings)
        .map(|one| xuncha_store::publicity::PublicCount {
            findings: one.findings - one.shown,
            shown: 0,
            publicity: Publicity::Count,
            ..one
        })
        .collect();
    let base = base_of(&id);
    let points = |value: Option<xuncha_core::points::Points>| {
        labels::points(value.map(|points| points.hundredths()))
    };
    let targets = lang.t("网站与账号", "Sites and accounts");
    let own = format!("{base}/targets/{}", encode(&target_id.0));
    page(&TargetPage {
        shell: shell_of(&viewer, &round, target.name.clone())
            .named()
            .crumb(targets, format!("{base}/targets")),
        class: labels::class(lang, target.class),
        outcome: labels::outcome(lang, Some(target.outcome)),
        deduct: points(target.deduct_score),
        total: points(target.final_score),
        groups: group_bars(&target),
        rows: score_groups(lang, &target),
        problems: share_titles(
            found
                .rows
                .into_iter()
                .map(|one| problem_line(lang, &base, &rules, one))
                .collect(),
        ),
        counts: count_lines(lang, &base, &hidden),
        pager: pager.over(found.total, own, Vec::new()),
        base,
        target,
    })
}

fn group_bars(target: &PublicTarget) -> Vec<GroupBar> {
    let bar = |(name, taken, points): (
        &str,
        xuncha_core::points::Points,
        xuncha_core::points::Points,
    )| {
        let kept = (points - taken).max(xuncha_core::points::Points::ZERO);
        let percent = Exact::percent(kept.hundredths().into(), points.hundredths().into());
        GroupBar {
            name: name.to_owned(),
            kept: kept.short(),
            points: points.short(),
            width: percent.map_or_else(|| "0".to_owned(), |percent| percent.fixed(1)),
        }
    };
    target.card.groups().into_iter().map(bar).collect()
}

fn score_groups(lang: Lang, target: &PublicTarget) -> Vec<ScoreGroup> {
    let mut groups: Vec<ScoreGroup> = Vec::new();
    for row in &target.card.rows {
        let kind = labels::kind(lang, row.kind);
        let has_points = row.points.hundredths() > 0;
        let line = ScoreLine {
            points: match has_points {
                true => row.points.short(),
                false => "—".to_owned(),
            },
            amount: match (has_points, row.kind) {
                (false, _) => "—".to_owned(),
                (true, IndicatorKind::Deduct) if row.amount.hundredths() > 0 => {
                    format!("−{}", row.amount.short())
                }
                _ => row.amount.short(),
            },
            state: state_label(lang, row.state),
            row: row.clone(),
        };
        match groups.last_mut() {
            Some(group) if group.title == row.level1 && group.kind == kind => {
                group.lines.push(line);
            }
            _ => groups.push(ScoreGroup {
                title: row.level1.clone(),
                kind,
                lines: vec![line],
            }),
        }
    }
    groups
}

fn state_label(lang: Lang, state: RowState) -> Label {
    let (zh, en, tone) = match state {
        RowState::Passed => ("通过", "Passed", "good"),
        RowState::Deducted => ("扣分", "Deducted", "bad"),
        RowState::Vetoed => ("否决", "Vetoed", "bad"),
        RowState::Earned => ("得分", "Earned", "good"),
        RowState::NotEarned => ("未得分", "None earned", "none"),
        RowState::NotApplicable => ("不适用", "Not applicable", "none"),
        RowState::Undetermined => ("无法判定", "Undetermined", "open"),
        RowState::Listed => ("仅列出", "Listed", "none"),
    };
    Label {
        text: lang.t(zh, en).to_owned(),
        tone,
    }
}

fn problem_line(lang: Lang, base: &str, round: &Round, problem: PublicProblem) -> ProblemLine {
    // What nobody follows yet says nothing of it in every row.
    let state = problem.is_fixed.map(|is_fixed| {
        let (zh, en, tone) = match is_fixed {
            true => ("已整改", "Put right", "good"),
            false => ("尚未办结", "Not settled yet", "open"),
        };
        Label {
            text: lang.t(zh, en).to_owned(),
            tone,
        }
    });
    ProblemLine {
        target_href: format!("{base}/targets/{}", encode(&problem.target.0)),
        target_name: problem.target_name.clone(),
        title: match problem.case.is_empty() {
            true => check_title(lang, &problem.check),
            false => case_title(lang, &problem.check, &problem.case),
        },
        seen_on: problem
            .seen_on
            .map_or_else(String::new, |on| on.to_string()),
        rule: indicator_of(round, &problem).map(|one| (one.text.clone(), one.source.clone())),
        is_headed: true,
        state,
        problem,
    }
}

/// A case of a check: in English by its word, which is its name there.
fn case_title(lang: Lang, check: &str, title: &str) -> String {
    let known = xuncha_core::checks::find(check);
    let word = known.and_then(|check| check.cases.iter().find(|(_, zh)| *zh == title));
    let english = worded(word.map_or(check, |(word, _)| word));
    lang.t(title, &english).to_owned()
}

fn indicator_of<'a>(round: &'a Round, problem: &PublicProblem) -> Option<&'a Indicator> {
    let mut sets = std::iter::once(&round.set).chain(&round.also_listed);
    let set = sets.find(|set| set.id == problem.set)?;
    set.indicator(&problem.indicator)
}

#[derive(Template)]
#[template(path = "public_findings.html")]
struct FindingsPage {
    shell: Shell,
    base: String,
    problems: Vec<ProblemLine>,
    checks: Vec<(String, String, bool)>,
    q: String,
    pager: Pager,
}

pub(crate) async fn findings(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let round = state.store.public_round(&id).await?;
    let settings = state.store.publicity().await?;
    let rules = state.store.round(&id).await?.round;
    let filter = PublicFilter {
        check: Some(asked.check.clone()),
        words: Some(asked.q.clone()),
        ..PublicFilter::default()
    };
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let found = state
        .store
        .public_findings(&id, &settings, &filter, pager.page())
        .await?;
    let counts = state.store.public_counts(&id, &settings, None).await?;
    let shown = counts.into_iter().filter(|one| one.shown > 0);
    let checks = shown.map(|one| {
        let title = check_title(lang, &one.check);
        let is_chosen = one.check == asked.check;
        (one.check, title, is_chosen)
    });
    let base = base_of(&id);
    let pairs = vec![("check", asked.check.clone()), ("q", asked.q.clone())];
    page(&FindingsPage {
        checks: checks.collect(),
        shell: shell_of(&viewer, &round, lang.t("公开的问题", "Public findings")),
        problems: share_titles(
            found
                .rows
                .into_iter()
                .map(|one| problem_line(lang, &base, &rules, one))
                .collect(),
        ),
        q: asked.q,
        pager: pager.over(found.total, format!("{base}/findings"), pairs),
        base,
    })
}
