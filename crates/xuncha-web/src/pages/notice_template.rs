//! 通报文字: the text of a round's notice, changed by staff with the preview beside it. A name that does not exist, or a number that no
//! figure stands behind, stops the saving with its line; what is saved is a version, and one of them is adopted.

use std::collections::BTreeMap;

use askama::Template as Page;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use xuncha_core::notice::from_results::inputs;
use xuncha_core::notice::words::Words;
use xuncha_core::notice::{
    self, Block, ChartData, Notice, NoticeError, NoticeInputs, Span, caption, template,
};
use xuncha_store::StoreError;
use xuncha_store::notice_template::{NewTemplate, TemplateVersion};

use crate::WebState;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pager::encode;
use crate::pages::findings::moment;
use crate::shell::{Shell, Viewer};
use crate::upload::Sent;

/// Name of the program's own text among the templates.
const OWN: &str = "notice-letter.zh.txt";
/// A text that is longer is none of a notice.
const LONGEST: usize = 200_000;

/// A piece of the preview: words, or a number with what it is.
struct Piece {
    text: String,
    definition: String,
    href: String,
}

/// A paragraph of the preview.
struct Part {
    kind: &'static str,
    pieces: Vec<Piece>,
    chart: Option<ChartPart>,
}

/// A chart with the data behind it.
struct ChartPart {
    svg: String,
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

struct Preview {
    title: String,
    recipients: String,
    parts: Vec<Part>,
    annexes: Vec<String>,
}

struct VersionLine {
    number: i64,
    href: String,
    is_adopted: bool,
    by: String,
    at: String,
    reason: String,
}

/// A name that the text may use.
struct NameLine {
    name: String,
    printed: String,
    definition: String,
}

#[derive(Page)]
#[template(path = "notice_template.html")]
struct TemplatePage {
    shell: Shell,
    action: String,
    shown: String,
    adopted: String,
    adopted_version: i64,
    based_on: i64,
    text: String,
    reason: String,
    errors: Vec<String>,
    is_checked: bool,
    preview: Option<Preview>,
    /// Names that the text may use, with what they are now.
    names: Vec<NameLine>,
    figures_href: String,
    versions: Vec<VersionLine>,
}

/// What is in the form, and what came of looking at it.
struct Shown {
    text: String,
    based_on: i64,
    /// Somebody asked for the program's own text.
    is_program: bool,
    reason: String,
    errors: Vec<String>,
    is_checked: bool,
    notice: Option<Notice>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    let adopted = state.store.adopted_template(&id).await?;
    let is_own = adopted.is_some() || asked.contains_key("version");
    let adopted = adopted.map_or(0, |adopted| adopted.version);
    let number = match asked.get("version") {
        Some(number) => number.parse().map_err(|_| missing(number))?,
        None => adopted,
    };
    // A round that adopted nothing yet starts from what the round before it adopted.
    let inherited = match is_own {
        true => None,
        false => state.store.notice_template_text(&id).await?,
    };
    let text = match inherited {
        Some(text) => text,
        None => text_of(&state, &id, number).await?,
    };
    let built = try_build(&state, &id, &text).await?;
    let (notice, errors) = match built {
        Ok(notice) => (Some(notice), Vec::new()),
        Err(errors) => (None, errors),
    };
    let shown = Shown {
        text,
        based_on: number,
        is_program: is_own,
        reason: String::new(),
        errors,
        is_checked: false,
        notice,
    };
    template_page(&state, &viewer, &id, shown).await
}

fn missing(number: &str) -> StoreError {
    StoreError::Missing {
        noun: "模板版本",
        id: number.to_owned(),
    }
}

async fn text_of(state: &WebState, round: &str, number: i64) -> Result<String, WebError> {
    if number == 0 {
        let own = state.templates.get(OWN).cloned();
        return own.ok_or_else(|| WebError::failed("程序自带的通报模板不在，请检查规则目录"));
    }
    let version = state.store.notice_template(round, number).await?;
    Ok(version.new.content)
}

/// The notice that a text would give, from what the round came to so far; or each thing that is wrong with the text, with its line.
async fn try_build(
    state: &WebState,
    round: &str,
    text: &str,
) -> Result<Result<Notice, Vec<String>>, WebError> {
    let row = state.store.round(round).await?;
    let words = state.templates.get("words.toml");
    let words = Words::parse(words.map_or("", String::as_str))
        .map_err(|error| WebError::failed(error.to_string()))?;
    let results = state.store.results(&row.round).await?;
    let registry = state.store.registry().await?;
    let today = state.now().date();
    let extras = state.store.notice_extras(round).await?;
    let date = extras.date.unwrap_or(today);
    let recorded = state
        .store
        .notice_recorded(&results, &registry, date)
        .await?;
    let details = extras
        .details(recorded, today)
        .map_err(|_| WebError::failed("通报的其他信息读不了，请重新填写"))?;
    let text = text.to_owned();
    let built = tokio::task::spawn_blocking(move || {
        let inputs = inputs(&results, &registry, &details, words);
        build(&inputs, &text)
    });
    built
        .await
        .map_err(|_| WebError::failed("预览中断，请重试"))
}

fn build(inputs: &NoticeInputs, text: &str) -> Result<Notice, Vec<String>> {
    let said =
        |errors: Vec<NoticeError>| errors.iter().map(|error| with_line(error, text)).collect();
    let template = template::parse(text).map_err(said)?;
    notice::build(inputs, &template).map_err(said)
}

/// An error with the beginning of the line that it names, so that one finds it without counting.
fn with_line(error: &NoticeError, text: &str) -> String {
    let digits: String = error.place.chars().filter(char::is_ascii_digit).collect();
    let line = digits
        .parse::<usize>()
        .ok()
        .filter(|_| error.place.starts_with("模板第"));
    let start: Option<String> = line
        .and_then(|number| text.lines().nth(number.checked_sub(1)?))
        .map(|line| line.chars().take(24).collect());
    match start {
        Some(start) => format!("{error}（该行以“{start}”开头）"),
        None => error.to_string(),
    }
}

async fn template_page(
    state: &WebState,
    viewer: &Viewer,
    id: &str,
    shown: Shown,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let row = state.store.round(id).await?;
    let action = format!("/rounds/{}/notice/template", encode(id));
    let adopted = state.store.adopted_template(id).await?;
    let adopted_version = adopted.as_ref().map_or(0, |adopted| adopted.version);
    let said = adopted.map(|adopted| {
        let name = version_name(lang, adopted.version);
        format!("{name}（{} {}）", adopted.by, moment(&adopted.at))
    });
    let line = |version: TemplateVersion| VersionLine {
        number: version.number,
        href: format!("{action}?version={}", version.number),
        is_adopted: version.number == adopted_version,
        by: version.new.by,
        at: moment(&version.new.at),
        reason: version.new.reason,
    };
    let inherited = match said {
        Some(_) => None,
        None => state.store.inherited_template(id).await?,
    };
    let usual = match &inherited {
        Some((round, version)) => {
            let name = version_name(lang, *version);
            lang.t("沿用 {} 采用的", "taken over from {}: ")
                .replace("{}", round)
                + &name
        }
        None => version_name(lang, 0),
    };
    let versions = state.store.notice_templates(id).await?;
    let is_refused = shown.is_checked && !shown.errors.is_empty();
    let title = lang.t("通报文字", "Text of the notice");
    let mut response = page(&TemplatePage {
        shell: Shell::new(viewer, "rounds", title).in_round(id, &row.round.title, "notice"),
        shown: match shown.based_on {
            0 if !shown.is_checked && !shown.is_program => usual.clone(),
            number => version_name(lang, number),
        },
        adopted: said.unwrap_or(usual),
        adopted_version: if inherited.is_some() {
            -1
        } else {
            adopted_version
        },
        based_on: shown.based_on,
        text: shown.text,
        reason: shown.reason,
        errors: shown.errors,
        is_checked: shown.is_checked,
        names: shown
            .notice
            .iter()
            .flat_map(|notice| &notice.figures)
            .map(|(name, figure)| NameLine {
                name: name.clone(),
                printed: format!("{}{}", figure.printed, figure.unit),
                definition: figure.definition.clone(),
            })
            .collect(),
        figures_href: format!("/rounds/{}/figures", encode(id)),
        preview: shown.notice.map(|notice| preview(&notice, id)),
        versions: versions.into_iter().map(line).collect(),
        action,
    })?;
    if is_refused {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn version_name(lang: Lang, number: i64) -> String {
    match number {
        0 => lang.t("随程序的模板", "the program's text").to_owned(),
        number => lang
            .t("第{}版", "version {}")
            .replace("{}", &number.to_string()),
    }
}

fn preview(notice: &Notice, round: &str) -> Preview {
    Preview {
        title: notice.title.clone(),
        recipients: notice.recipients.clone(),
        parts: notice
            .blocks
            .iter()
            .map(|block| part(notice, block, round))
            .collect(),
        annexes: notice
            .annexes
            .iter()
            .map(|annex| format!("{}（{}）", notice.annex_entry(annex), annex.rows.len()))
            .collect(),
    }
}

/// The drawing, whose letters are of the viewer's own fonts, and its numbers.
fn chart_part(chart: &ChartData) -> Option<ChartPart> {
    let svg = xuncha_report::charts::svg(chart, None).ok()?;
    let heads = chart.series.iter().map(|series| series.name.clone());
    let row = |(at, name): (usize, &String)| {
        let values = chart.series.iter().map(|series| {
            let point = series.points.get(at);
            point.map_or_else(String::new, |point| point.text.clone())
        });
        std::iter::once(name.clone()).chain(values).collect()
    };
    Some(ChartPart {
        svg,
        heads: heads.collect(),
        rows: chart.categories.iter().enumerate().map(row).collect(),
    })
}

fn part(notice: &Notice, block: &Block, round: &str) -> Part {
    let words = |text: String| Piece {
        text,
        definition: String::new(),
        href: String::new(),
    };
    let piece = |span: &Span| match span {
        Span::Text(text) => words(text.clone()),
        Span::Figure { name, text } => Piece {
            text: text.clone(),
            definition: notice.figures.get(name).map_or_else(String::new, |figure| {
                format!("{name}：{}", figure.definition)
            }),
            href: super::figures::address(round, name),
        },
    };
    let pieces = |spans: &[Span]| spans.iter().map(piece).collect::<Vec<Piece>>();
    match block {
        Block::Heading {
            level,
            number,
            text,
        } => Part {
            kind: if *level == 1 { "first" } else { "second" },
            pieces: std::iter::once(words(number.clone()))
                .chain(pieces(text))
                .collect(),
            chart: None,
        },
        Block::Paragraph(text) => Part {
            kind: "plain",
            pieces: pieces(text),
            chart: None,
        },
        Block::Note(text) => Part {
            kind: "note",
            pieces: pieces(text),
            chart: None,
        },
        Block::Chart(index) => Part {
            kind: "chart",
            pieces: vec![words(
                notice.charts.get(*index).map_or_else(String::new, caption),
            )],
            chart: notice.charts.get(*index).and_then(chart_part),
        },
    }
}

/// Looks at a text, keeps it as a version, or adopts one.
pub(crate) async fn change(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, WebError> {
    let (lang, now) = (viewer.lang, state.now());
    let store = state.acting(&viewer);
    let number = || {
        let number = sent.field("version");
        number.parse::<i64>().map_err(|_| missing(number))
    };
    let back = Redirect::to(&format!("/rounds/{}/notice/template", encode(&id)));
    let wish = sent.field("do");
    if wish == "adopt" {
        let number = number()?;
        // What was right when it was saved may name a figure that the round no longer has.
        let text = text_of(&state, &id, number).await?;
        if let Err(errors) = try_build(&state, &id, &text).await? {
            let shown = Shown {
                text,
                based_on: number,
                is_program: true,
                reason: String::new(),
                errors,
                is_checked: true,
                notice: None,
            };
            return template_page(&state, &viewer, &id, shown).await;
        }
        store
            .adopt_template(&id, number, &viewer.person, now)
            .await?;
        return Ok(back.into_response());
    }
    if !matches!(wish, "look" | "save") {
        return Err(StoreError::Refused("没有这种操作").into());
    }
    let text = sent.field("text").replace("\r\n", "\n");
    let reason: String = sent.field("reason").chars().take(200).collect();
    let based_on = number()?;
    let mut errors = Vec::new();
    if text.len() > LONGEST {
        errors.push(lang.t("文字过长", "The text is too long").to_owned());
    }
    if wish == "save" && reason.is_empty() {
        errors.push(lang.t("请写明为什么改", "Say why it is changed").to_owned());
    }
    if wish == "save" && text == text_of(&state, &id, based_on).await?.trim() {
        errors.push(lang.t("没有改动", "Nothing was changed").to_owned());
    }
    let mut notice = None;
    if text.len() <= LONGEST {
        match try_build(&state, &id, &text).await? {
            Ok(built) => notice = Some(built),
            Err(found) => errors.extend(found),
        }
    }
    if wish == "save" && errors.is_empty() {
        let new = NewTemplate {
            round: id.clone(),
            content: text,
            based_on,
            by: viewer.person.clone(),
            at: now,
            reason,
        };
        let saved = store.put_notice_template(&new).await?;
        let to = format!("/rounds/{}/notice/template?version={saved}", encode(&id));
        return Ok(Redirect::to(&to).into_response());
    }
    let shown = Shown {
        text,
        based_on,
        is_program: true,
        reason,
        errors,
        is_checked: true,
        notice,
    };
    template_page(&state, &viewer, &id, shown).await
}
