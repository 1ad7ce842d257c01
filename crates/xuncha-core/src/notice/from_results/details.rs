//! 轮次补充信息: what a notice needs and a round's results do not hold.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::notice::inputs::{AnnualForm, Case, Closure, Filing};
use crate::registry::{Level, Registry};
use crate::results::Results;
use crate::round::Round;
use crate::stats::PreviousRound;

/// 轮次补充信息. Names, date and lists that come from elsewhere than the round's results.
#[derive(Clone, Debug)]
pub struct RoundDetails {
    /// `names.KEY` of templates; what is not given is taken from [`RoundDetails::default_names`].
    pub names: BTreeMap<String, String>,
    /// 发文字号, may be empty.
    pub number: String,
    /// Date of the notice.
    pub date: Date,
    /// Sites with outstanding problems in the last round, and whether they put them right.
    pub cases: Vec<Case>,
    /// Every problem of the last round and of this one, for the workbook; the cases where none are given.
    pub case_rows: Vec<Case>,
    /// Sites that nobody can maintain.
    pub closures: Vec<Closure>,
    /// Units and their filing of accounts.
    pub filings: Vec<Filing>,
    /// Annual forms due.
    pub annual_forms: Vec<AnnualForm>,
}

const GUIDELINES: &str = "《国务院办公厅关于印发政府网站发展指引的通知》（国办发〔2017〕47号）";
const INDICATORS: &str = "《国务院办公厅秘书局关于印发政府网站与政务新媒体检查指标、监管工作年度考核指标的通知》（国办秘函〔2019〕19号）";

impl RoundDetails {
    /// What is known where nothing is given: the names follow from the registry, the lists are empty, the date is the monitoring point.
    pub fn bare(round: &Round) -> RoundDetails {
        RoundDetails {
            names: BTreeMap::new(),
            number: String::new(),
            date: round.as_of.date(),
            cases: Vec::new(),
            case_rows: Vec::new(),
            closures: Vec::new(),
            filings: Vec::new(),
            annual_forms: Vec::new(),
        }
    }

    /// The names that the shipped template uses, from the province's name and the round. They cite national documents only: a
    /// province adds its own by hand.
    pub fn default_names(province_name: &str, round: &Round) -> BTreeMap<String, String> {
        let level = province_level(province_name);
        let own_units = match level {
            "省" => "省级",
            "市" => "市级",
            own => own,
        };
        let below = if level == "市" { "各区" } else { "各市" };
        let quarter = quarter_of(&round.id);
        let names = [
            ("issuer", format!("{province_name}人民政府办公厅")),
            ("issuer_short", format!("{level}政府办公厅")),
            (
                "quarter",
                quarter.map_or_else(|| round.title.clone(), quarter_name),
            ),
            ("previous_quarter", usual_previous(round)),
            (
                "area",
                format!("全{}", if level == "自治区" { "区" } else { level }),
            ),
            ("province_level", level.to_owned()),
            (
                "recipients",
                format!("{below}人民政府，{own_units}各有关单位"),
            ),
            ("basis", format!("{GUIDELINES}、{INDICATORS}")),
            ("account_basis", "国办秘函〔2019〕19号".to_owned()),
            ("approval", String::new()),
            ("form_year", (round.as_of.year() - 1).to_string()),
            ("share_unit", "个百分点".to_owned()),
            ("mail", String::new()),
            ("more_charts", "是".to_owned()),
        ];
        names
            .into_iter()
            .map(|(key, text)| (key.to_owned(), text))
            .collect()
    }
}

/// The names of a notice: what was given, else the defaults; 上季度 is the name of the round that was really compared with.
pub(super) fn names(
    results: &Results,
    registry: &Registry,
    details: &RoundDetails,
) -> BTreeMap<String, String> {
    let usual = usual_previous(&results.round);
    let mut names = RoundDetails::default_names(province_name(registry), &results.round);
    names.extend(details.names.clone());
    let is_usual = names.get("previous_quarter") == Some(&usual);
    if let Some(compared) = results.previous.last().filter(|_| is_usual) {
        names.insert("previous_quarter".to_owned(), compared_name(compared));
    }
    names
}

fn province_name(registry: &Registry) -> &str {
    registry
        .regions
        .values()
        .find(|region| region.level == Level::Province)
        .map_or("本省", |region| &region.name)
}

fn province_level(province_name: &str) -> &'static str {
    if province_name.ends_with("自治区") {
        return "自治区";
    }
    if province_name.ends_with('市') {
        return "市";
    }
    "省"
}

/// Year and quarter of an id such as `2026Q1`.
fn quarter_of(id: &str) -> Option<(i16, u8)> {
    let (year, quarter) = id.split_once('Q')?;
    let quarter = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
    Some((year.parse().ok()?, quarter))
}

fn quarter_name((year, quarter): (i16, u8)) -> String {
    let word = match quarter {
        1 => "一",
        2 => "二",
        3 => "三",
        _ => "四",
    };
    format!("{year}年第{word}季度")
}

/// The quarter before by the calendar, or 上轮 where the round is no quarter.
fn usual_previous(round: &Round) -> String {
    match quarter_of(&round.id) {
        Some((year, 1)) => quarter_name((year - 1, 4)),
        Some((year, quarter)) => quarter_name((year, quarter - 1)),
        None => "上轮".to_owned(),
    }
}

fn compared_name(previous: &PreviousRound) -> String {
    match quarter_of(&previous.id) {
        Some(quarter) => quarter_name(quarter),
        None if previous.title.is_empty() => previous.id.clone(),
        None => previous.title.clone(),
    }
}
