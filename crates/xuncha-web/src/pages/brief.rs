//! 领导一页纸: what got worse, who relapsed, what was fixed, how sure it is, what awaits a decision; on one printed A4 page.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use xuncha_core::brief::{Change, Headline, MOST, headlines, interval, worse};
use xuncha_core::points::Exact;
use xuncha_core::rectify::RectifyState;
use xuncha_core::rectify::rates::RoundRates;
use xuncha_core::registry::TargetClass;
use xuncha_core::round::draft::title_of;
use xuncha_core::score::Outcome;
use xuncha_core::stats::{FigureValue, Stats};
use xuncha_store::Page;
use xuncha_store::appeal::{AppealFilter, AppealState};
use xuncha_store::brief::Relapsed;
use xuncha_store::rectify::CaseFilter;
use xuncha_store::round::RoundRow;

use crate::WebState;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pages::notice_sign;
use crate::pages::rounds::{IndexBar, index_bar};
use crate::shell::{Shell, Viewer};

struct HeadLine {
    name: &'static str,
    printed: String,
    unit: String,
    change: String,
    tone: &'static str,
}

struct ChangeLine {
    name: String,
    before: String,
    now: String,
    by: String,
}

struct WorseList {
    title: &'static str,
    lines: Vec<ChangeLine>,
}

#[derive(Template)]
#[template(path = "brief.html")]
struct BriefPage {
    shell: Shell,
    row: RoundRow,
    today: String,
    previous: String,
    heads: Vec<HeadLine>,
    /// How many portals fell.
    fallen: String,
    worse: Vec<WorseList>,
    has_worse: bool,
    index: Vec<IndexBar>,
    relapse: String,
    relapsed: Vec<Relapsed>,
    fixed: Vec<String>,
    sure: Vec<String>,
    awaiting: Vec<String>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let row = state.store.round(&id).await?;
    let set = &row.round.set.id;
    let stats = state.store.stats(&id, set).await?.unwrap_or_default();
    let cities = state.store.portal_cities(&id).await?;
    let worse = worse(&stats, &cities);
    let rates = state.store.round_rates().await?;
    let own = rates.iter().find(|(round, ..)| *round == id);
    let own = own.map(|(_, _, rates)| rates.clone()).unwrap_or_default();
    let last = rates.iter().find(|(round, ..)| *round < id);
    let (relapsed, units) = state.store.relapsed_units(&id, MOST as u64).await?;
    let lists = [
        (lang.t("门户网站", "Portals"), worse.portals, 2),
        (
            lang.t("设区市（门户平均分）", "Cities (mean of portals)"),
            worse.cities,
            2,
        ),
        (
            lang.t("二级指标（得分指数）", "Indicators (index)"),
            worse.indicators,
            2,
        ),
    ];
    let lists = lists.map(|(title, changes, places)| WorseList {
        title,
        lines: changes.iter().map(|one| change_line(one, places)).collect(),
    });
    let (fell, compared) = worse.portals_fallen;
    page(&BriefPage {
        today: state.now().date().to_string(),
        previous: state
            .store
            .earlier_rounds(&id)
            .await?
            .last()
            .map(|round| title_of(&round.title))
            .unwrap_or_default(),
        heads: headlines(&stats)
            .into_iter()
            .map(|one| head_line(lang, one))
            .collect(),
        fallen: fallen_line(lang, fell, compared),
        has_worse: lists.iter().any(|list| !list.lines.is_empty()),
        worse: lists.into(),
        index: stats.level1.iter().map(index_bar).collect(),
        relapse: relapse_line(lang, &own, units),
        relapsed,
        fixed: fixed_lines(
            lang,
            (&id, &own),
            last.map(|(round, _, rates)| (round.as_str(), rates)),
        ),
        sure: sure_lines(&state, lang, &row, &stats).await?,
        awaiting: awaiting_lines(&state, lang, &row).await?,
        shell: Shell::new(&viewer, "rounds", lang.t("领导一页纸", "One page")).in_round(
            &id,
            &row.round.title,
            "brief",
        ),
        row,
    })
}

fn head_line(lang: Lang, one: Headline) -> HeadLine {
    let name = match one.figure {
        "outcome.website_pass_rate_percent" => lang.t("网站合格率", "Websites qualified"),
        "outcome.account_pass_rate_percent" => lang.t("新媒体合格率", "Accounts qualified"),
        "outcome.portal_mean_deduction_score" => lang.t("门户平均得分", "Mean of portals"),
        _ => lang.t("门户高分占比", "Portals above the line"),
    };
    let (mark, tone) = match one.is_better {
        Some(true) => ("▲ ", "good"),
        Some(false) => ("▼ ", "bad"),
        None => ("", "none"),
    };
    let change = match one.change {
        Some(change) => {
            // The mark says which way it went.
            let size = change.to_string();
            let size = match mark.is_empty() {
                true => size.as_str(),
                false => size.trim_start_matches(['-', '+']),
            };
            format!("{mark}{size} {}", unit(lang, &one.change_unit))
        }
        None => lang.t("缺上期数据", "nothing to compare with").to_owned(),
    };
    HeadLine {
        name,
        printed: one.printed,
        unit: unit(lang, &one.unit).to_owned(),
        change,
        tone,
    }
}

fn unit(lang: Lang, unit: &str) -> &str {
    match unit {
        "分" => lang.t("分", "points"),
        "个百分点" => lang.t("个百分点", "percentage points"),
        other => other,
    }
}

fn change_line(one: &Change, places: u32) -> ChangeLine {
    ChangeLine {
        name: one.name.clone(),
        before: one.before.short(places),
        now: one.now.short(places),
        by: one.by().short(places).replace('-', "−"),
    }
}

fn fallen_line(lang: Lang, fell: usize, compared: usize) -> String {
    match (lang, compared) {
        (Lang::Zh, 0) => "没有可以与上期比较的门户网站。".to_owned(),
        (Lang::En, 0) => "No portal can be compared with the last round.".to_owned(),
        (Lang::Zh, _) => format!("可比的{compared}家门户网站中，{fell}家得分下降。"),
        (Lang::En, _) => {
            format!("Of {compared} portals that can be compared, {fell} have fewer points.")
        }
    }
}

fn relapse_line(lang: Lang, rates: &RoundRates, units: u64) -> String {
    let Some(rate) = rates.relapse_rate() else {
        let text = lang.t(
            "本轮对象此前没有已办结的问题，无从复发。",
            "No problem of these targets had been settled before.",
        );
        return text.to_owned();
    };
    let (closed, back, rate) = (rates.were_closed, rates.relapsed, rate.short(1));
    let units = match (lang, units) {
        (_, 0) => String::new(),
        (Lang::Zh, _) => format!("，涉及{units}个单位"),
        (Lang::En, _) => format!(", in {units} units"),
    };
    match lang {
        Lang::Zh => {
            format!("此前已办结的{closed}个问题中，{back}个再次出现，复发率{rate}%{units}。")
        }
        Lang::En => {
            format!("Of {closed} problems settled before, {back} came back ({rate}%){units}.")
        }
    }
}

fn fixed_lines(
    lang: Lang,
    (id, own): (&str, &RoundRates),
    last: Option<(&str, &RoundRates)>,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (round, rates) in last.into_iter().chain([(id, own)]) {
        let Some(rate) = rates.fix_rate() else {
            continue;
        };
        let (found, fixed, in_time, rate) =
            (rates.found, rates.fixed, rates.in_time, rate.short(1));
        lines.push(match lang {
            Lang::Zh => format!("{round}发现的{found}个问题已整改{fixed}个，整改率{rate}%，其中按期回复{in_time}个。"),
            Lang::En => format!("{round}: {fixed} of {found} problems put right ({rate}%), {in_time} of them reported in time."),
        });
    }
    if lines.is_empty() {
        let none = lang.t("尚未建立整改台账。", "No problem is followed yet.");
        lines.push(none.to_owned());
    }
    lines
}

/// How far the figures can be relied on.
async fn sure_lines(
    state: &WebState,
    lang: Lang,
    row: &RoundRow,
    stats: &Stats,
) -> Result<Vec<String>, WebError> {
    let id = &row.round.id;
    let counts = state.store.outcome_counts(id, &row.round.set.id).await?;
    let of = |class, outcome| counts.get(&(class, outcome)).copied().unwrap_or(0);
    let mut lines = Vec::new();
    for (class, word, figure, zh, en) in [
        (
            TargetClass::Portal,
            "portal",
            "registry.portals_running",
            "门户网站",
            "Portals",
        ),
        (
            TargetClass::Department,
            "department",
            "registry.department",
            "部门网站",
            "Department sites",
        ),
        (
            TargetClass::Account,
            "account",
            "registry.accounts_running",
            "政务新媒体",
            "Accounts",
        ),
    ] {
        let good = of(class, Outcome::Qualified);
        let known = good + of(class, Outcome::Unqualified);
        let open = of(class, Outcome::Undetermined);
        let drawn = known + open;
        let whole = match stats.figures.get(figure).map(|figure| &figure.value) {
            Some(FigureValue::Count(count)) => (*count).max(0) as u64,
            _ => drawn,
        };
        if drawn > 0 {
            lines.push(sure_line(
                lang,
                lang.t(zh, en),
                (good, known, open),
                (drawn, whole),
                interval(stats, word),
            ));
        }
    }
    let agreement = state.store.double_agreement(id).await?;
    lines.push(match (lang, agreement.differing()) {
        (Lang::Zh, None) => "没有双人复核，人工结论的一致程度未知。".to_owned(),
        (Lang::En, None) => {
            "Nothing was reviewed twice: how far people agree is not known.".to_owned()
        }
        (Lang::Zh, Some(percent)) => format!(
            "双人复核{}项，意见不一致{}项（{percent}%）。",
            agreement.both, agreement.differ
        ),
        (Lang::En, Some(percent)) => format!(
            "Reviewed twice: {}; people differed in {} ({percent}%).",
            agreement.both, agreement.differ
        ),
    });
    Ok(lines)
}

fn sure_line(
    lang: Lang,
    name: &str,
    (good, known, open): (u64, u64, u64),
    (drawn, whole): (u64, u64),
    interval: Option<(String, String)>,
) -> String {
    let rate = Exact::percent(good.into(), known.into());
    let rate = rate.map_or_else(|| "—".to_owned(), |rate| format!("{}%", rate.short(1)));
    let mut line = match (lang, drawn >= whole) {
        (Lang::Zh, true) => format!("{name}{drawn}个全部检查，合格率{rate}"),
        (Lang::Zh, false) => format!("{name}抽查{drawn}个（共{whole}个），合格率{rate}"),
        (Lang::En, true) => format!("{name}: all {drawn} checked, {rate} qualified"),
        (Lang::En, false) => format!("{name}: {drawn} of {whole} checked, {rate} qualified"),
    };
    // What could not be told of those that were all looked at is no error of a draw.
    if let (Some((low, high)), true) = (interval, drawn < whole) {
        line.push_str(&match lang {
            Lang::Zh => format!("，推及全部为{low}%—{high}%（95%置信区间）"),
            Lang::En => format!("; of all, between {low}% and {high}% (95% interval)"),
        });
    }
    if open > 0 {
        line.push_str(&match lang {
            Lang::Zh => format!("；{open}个无法判定，未计入"),
            Lang::En => format!("; {open} undetermined, left out"),
        });
    }
    line.push_str(lang.t("。", "."));
    line
}

async fn awaiting_lines(
    state: &WebState,
    lang: Lang,
    row: &RoundRow,
) -> Result<Vec<String>, WebError> {
    let id = &row.round.id;
    let mut lines = Vec::new();
    if let Some(notice) = notice_sign::awaiting(state, lang, row).await? {
        lines.push(format!(
            "{}{notice}{}",
            lang.t("通报：", "Notice: "),
            lang.t("。", ".")
        ));
    }
    let appeals = AppealFilter {
        round: Some(id.clone()),
        state: Some(AppealState::Waiting),
        ..AppealFilter::default()
    };
    let appeals = state
        .store
        .appeals(&appeals, Page::numbered(1, 1))
        .await?
        .total;
    let cases = CaseFilter {
        round: Some(id.clone()),
        ..CaseFilter::default()
    };
    let cases = state.store.case_counts(&cases, state.now().date()).await?;
    let of = |state| cases.get(&state).copied().unwrap_or(0);
    for (count, zh, en) in [
        (appeals, "件申诉待答复", "appeals to be answered"),
        (
            of(RectifyState::Overdue),
            "个问题逾期未整改",
            "problems overdue",
        ),
        (
            of(RectifyState::Replied),
            "个整改回复待复查",
            "replies to be looked at",
        ),
        (
            of(RectifyState::Relapsed),
            "个复发问题待通知",
            "relapsed problems to be notified",
        ),
    ] {
        if count > 0 {
            lines.push(match lang {
                Lang::Zh => format!("{count}{zh}。"),
                Lang::En => format!("{count} {en}."),
            });
        }
    }
    if lines.is_empty() {
        lines.push(lang.t("没有。", "Nothing.").to_owned());
    }
    Ok(lines)
}
