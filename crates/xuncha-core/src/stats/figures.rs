//! The named figures: each with its exact value, its printed form and what it means.

use std::collections::{BTreeMap, BTreeSet};

use super::{Figure, FigureValue, IndexRow, MISSING_PREVIOUS, NOT_MEASURED, StatsInput, outcome};
use crate::points::Exact;
use crate::registry::TargetId;

/// Collects the figures under their names.
pub(super) struct Book {
    pub(super) figures: BTreeMap<String, Figure>,
}

impl Book {
    fn put(&mut self, name: &str, value: FigureValue, printed: String, unit: &str, what: String) {
        let figure = Figure {
            value,
            printed,
            unit: unit.to_owned(),
            definition: what,
        };
        self.figures.insert(name.to_owned(), figure);
    }

    pub(super) fn count(&mut self, name: &str, count: usize, unit: &str, what: &str) {
        let value = FigureValue::Count(i64::try_from(count).unwrap_or(i64::MAX));
        self.put(name, value, count.to_string(), unit, what.to_owned());
    }

    /// An exact value to `places`, or why there is none.
    pub(super) fn exact(
        &mut self,
        name: &str,
        value: Result<Exact, &str>,
        places: u32,
        unit: &str,
        what: &str,
    ) {
        let (value, printed) = match value {
            Ok(exact) => (FigureValue::Exact(exact), exact.short(places)),
            Err(why) => (FigureValue::Missing(why.to_owned()), why.to_owned()),
        };
        self.put(name, value, printed, unit, what.to_owned());
    }

    pub(super) fn list(&mut self, name: &str, value: Result<Vec<String>, &str>, what: &str) {
        let (value, printed) = match value {
            Ok(names) => {
                let printed = names.join("、");
                (FigureValue::List(names), printed)
            }
            Err(why) => (FigureValue::Missing(why.to_owned()), why.to_owned()),
        };
        self.put(name, value, printed, "", what.to_owned());
    }
}

/// Whether a stratum belongs to what is counted.
pub(super) type Belongs = fn(&str) -> bool;

/// All figures, by name.
pub(super) fn figures(
    input: &StatsInput<'_>,
    level1: &[IndexRow],
    level2: &[IndexRow],
    weakest: &[String],
) -> Book {
    let mut book = Book {
        figures: BTreeMap::new(),
    };
    registry_and_sample(input, &mut book);
    outcome::outcomes(input, &mut book);
    outcome::portal_scores(input, &mut book);
    outcome::above_the_line(input, &mut book);
    for (prefix, rows) in [("index_level1", level1), ("index_level2", level2)] {
        for row in rows {
            index(prefix, row, &mut book);
        }
    }
    book.list(
        "index_level2_weak",
        Ok(weakest.to_vec()),
        "得分指数最低的二级扣分指标，由低到高",
    );
    book.count(
        "index_level2_weak.count",
        weakest.len(),
        "个",
        "得分指数最低的二级扣分指标个数",
    );
    coverage(input, &mut book);
    book
}

pub(super) fn is_portal(stratum: &str) -> bool {
    stratum.starts_with("portal/")
}

pub(super) fn is_department(stratum: &str) -> bool {
    stratum == "department" || stratum.starts_with("department/")
}

pub(super) fn is_website(stratum: &str) -> bool {
    is_portal(stratum) || is_department(stratum)
}

pub(super) fn is_account(stratum: &str) -> bool {
    stratum.starts_with("account/")
}

fn registry_and_sample(input: &StatsInput<'_>, book: &mut Book) {
    let parts: [(&str, &str, Belongs, &str); 7] = [
        ("websites_running", "家", is_website, "正在运行的政府网站"),
        (
            "portal_province",
            "家",
            |stratum| stratum == "portal/province",
            "省级政府门户网站",
        ),
        (
            "portal_city",
            "家",
            |stratum| stratum == "portal/city",
            "市级政府门户网站",
        ),
        (
            "portal_county",
            "家",
            |stratum| stratum == "portal/county",
            "县级政府门户网站",
        ),
        ("portals_running", "家", is_portal, "政府门户网站"),
        ("department", "家", is_department, "部门网站"),
        ("accounts_running", "个", is_account, "正在运行的政务新媒体"),
    ];
    for (name, unit, belongs, what) in parts {
        let count = input.stratum_size(belongs);
        book.count(
            &format!("registry.{name}"),
            count,
            unit,
            &format!("名录中{what}的数量"),
        );
    }
    let drawn: [(&str, &str, &str, Belongs, &str); 4] = [
        ("websites", "website", "家", is_website, "政府网站"),
        ("portals", "portal", "家", is_portal, "政府门户网站"),
        ("departments", "department", "家", is_department, "部门网站"),
        ("accounts", "account", "个", is_account, "政务新媒体"),
    ];
    for (plural, singular, unit, belongs, what) in drawn {
        let part = input.drawn(belongs);
        let whole = input.stratum_size(belongs);
        book.count(
            &format!("sample.{plural}"),
            part,
            unit,
            &format!("抽查的{what}数量"),
        );
        book.exact(
            &format!("sample.{singular}_ratio_percent"),
            Exact::percent(part as i128, whole as i128).ok_or(NOT_MEASURED),
            1,
            "%",
            &format!("抽查的{what}占正在运行的{what}的比例"),
        );
    }
}

/// Targets of the frame in the strata that belong.
pub(super) fn in_frame<'a>(input: &'a StatsInput<'_>, belongs: Belongs) -> BTreeSet<&'a TargetId> {
    input
        .sample
        .frame
        .iter()
        .filter(|(stratum, _)| belongs(stratum))
        .flat_map(|(_, targets)| targets)
        .collect()
}

/// The difference of two values as they are printed to `places`, or which of them is not known.
pub(super) fn change(
    now: Option<Exact>,
    previous: Option<Exact>,
    places: u32,
) -> Result<Exact, &'static str> {
    let now = now.ok_or(NOT_MEASURED)?;
    let previous = previous.ok_or(MISSING_PREVIOUS)?;
    Ok(now.printed_minus(previous, places))
}

fn index(prefix: &str, row: &IndexRow, book: &mut Book) {
    let name = &row.name;
    let key = |part: &str| format!("{prefix}.{name}.{part}");
    book.exact(
        &key("now"),
        row.now.ok_or(NOT_MEASURED),
        2,
        "",
        &format!("{name}：平均得分指数（平均得分/分值）"),
    );
    book.exact(
        &key("previous"),
        row.previous.ok_or(MISSING_PREVIOUS),
        2,
        "",
        &format!("{name}：上期平均得分指数"),
    );
    book.exact(
        &key("change"),
        change(row.now, row.previous, 2),
        2,
        "",
        &format!("{name}：平均得分指数与上期之差"),
    );
}

fn coverage(input: &StatsInput<'_>, book: &mut Book) {
    let parts: [(&str, Belongs, &str); 2] = [
        ("websites", is_website, "政府网站"),
        ("accounts", is_account, "政务新媒体"),
    ];
    for (name, belongs, what) in parts {
        let running = in_frame(input, belongs);
        let seen = |id: &TargetId| {
            input.sample.drawn.contains_key(id)
                || input
                    .previous
                    .iter()
                    .any(|round| round.outcomes.contains_key(id))
        };
        let covered = running.iter().filter(|id| seen(id)).count();
        book.exact(
            &format!("coverage.{name}_percent"),
            Exact::percent(covered as i128, running.len() as i128).ok_or(NOT_MEASURED),
            1,
            "%",
            &format!("本期及已知各期抽查过的{what}占正在运行的{what}的比例"),
        );
    }
}
