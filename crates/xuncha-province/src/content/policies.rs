//! Policy documents and their interpretations.

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use jiff::{Span, ToSpan};

use super::articles::{push, unique};
use super::columns::{ago, before};
use super::{ArticleKind, ColumnKind, Site};
use crate::rng::Rng;
use crate::text::words::POLICY_SUBJECTS;

/// 拟发文件: one document to draw.
struct Draft {
    own: bool,
    issued: DateTime,
    interpreted: bool,
    near: Option<&'static str>,
}

/// Fills the policy and the interpretation column.
pub fn draw(site: &mut Site, titles: &mut BTreeSet<String>) {
    let (Some(policies), Some(interpretations)) = (
        site.column_of(ColumnKind::Policies),
        site.column_of(ColumnKind::Interpretations),
    ) else {
        return;
    };
    let mut rng = site.rng("policies");
    let drafts = drafts(site, policies, &mut rng);
    let mut subjects: Vec<&str> = POLICY_SUBJECTS.to_vec();
    rng.shuffle(&mut subjects);
    let mut pairs = Vec::new();
    for (nth, draft) in drafts.iter().enumerate() {
        let subject = subjects[nth % subjects.len()];
        let issuer = if draft.own {
            site.voice.unit.clone()
        } else {
            site.above.clone()
        };
        let form = *rng.pick(&[
            "的通知",
            "的实施意见",
            "若干措施的通知",
            "实施方案的通知",
            "管理办法的通知",
        ]);
        let verb = if form.starts_with("的") {
            "关于"
        } else {
            "关于印发"
        };
        let title = unique(titles, format!("{issuer}{verb}{subject}{form}"), &mut rng);
        let number = number(site, draft, &mut rng, nth);
        let kind = ArticleKind::Policy {
            number,
            issuer,
            own: draft.own,
            interpretation: None,
            links_out: true,
        };
        let policy = push(site, policies, title.clone(), draft.issued, kind, &mut rng);
        site.articles[policy].near = draft.near;
        if draft.interpreted {
            pairs.push((policy, subject, title));
        }
    }
    for (nth, (policy, subject, title)) in pairs.into_iter().enumerate() {
        let issued = site.articles[policy].published;
        let published = interpretation_date(site, interpretations, nth, issued, &mut rng);
        let form = rng.below(3);
        let title = match form {
            0 => format!("《{title}》政策解读"),
            1 => format!("图解：{subject}政策要点"),
            _ => format!("解读《{title}》"),
        };
        let title = unique(titles, title, &mut rng);
        let kind = ArticleKind::Interpretation {
            policy,
            links_out: true,
        };
        let article = push(site, interpretations, title, published, kind, &mut rng);
        if let ArticleKind::Policy { interpretation, .. } = &mut site.articles[policy].kind {
            *interpretation = Some(article);
        }
    }
    plant_unlinked(site, interpretations, &mut rng);
}

/// Which documents there are. A stale policy column has none of the last six months.
fn drafts(site: &Site, policies: usize, rng: &mut Rng) -> Vec<Draft> {
    let as_of = site.dates.as_of;
    let half_a_year = before(as_of, 6.months());
    let d = &site.plan.defects;
    let newest = site.columns[policies].newest.unwrap_or(as_of);
    let stale = newest < half_a_year;
    let mut drafts = Vec::new();
    let mut add = |own, issued, interpreted, near| {
        drafts.push(Draft {
            own,
            issued,
            interpreted,
            near,
        })
    };
    let in_window = |rng: &mut Rng| ago(as_of, rng, 20, 165);
    if !stale {
        let regular = if d.stale_interpretations {
            0
        } else {
            site.size.policies
        };
        for _ in 0..regular {
            add(true, in_window(rng), true, None);
        }
        for _ in 0..d.uninterpreted {
            add(true, in_window(rng), false, None);
        }
        for _ in 0..d.near_uninterpreted {
            add(false, in_window(rng), false, Some("issued_above"));
        }
        // The column's newest document is one that needs no interpretation.
        add(false, newest, false, Some("issued_above"));
    } else {
        add(true, newest, true, None);
    }
    let newest_old = if stale {
        newest
    } else {
        before(as_of, 7.months())
    };
    for nth in 0..site.size.old_policies {
        let issued =
            newest_old.saturating_sub(Span::new().days(rng.range(2, 40) + 45 * nth as i64));
        add(
            true,
            issued,
            nth % 2 == 0,
            (nth % 2 == 1).then_some("older_than_six_months"),
        );
    }
    drafts
}

/// An interpretation follows its document within days; the column's planned newest date goes to the first one
/// when that document is older (a late interpretation), and a stale column gets no later one.
fn interpretation_date(
    site: &Site,
    column: usize,
    nth: usize,
    issued: DateTime,
    rng: &mut Rng,
) -> DateTime {
    let usual = ago(issued.saturating_add(Span::new().days(4)), rng, 0, 3).max(issued);
    let Some(newest) = site.columns[column].newest else {
        return usual;
    };
    if nth == 0 && newest > issued {
        newest
    } else if usual > newest {
        newest.max(issued)
    } else {
        usual
    }
}

fn number(site: &Site, draft: &Draft, rng: &mut Rng, nth: usize) -> String {
    let year = draft.issued.year();
    let first: String = site.place.chars().take(1).collect();
    let word = if !draft.own {
        "云政办发".to_owned()
    } else {
        format!("{first}{}", rng.pick(&["政发", "政办发", "政规"]))
    };
    format!(
        "{word}〔{year}〕{}号",
        60 - (nth as i64).min(40) + rng.range(0, 1)
    )
}

/// Takes links away from some pairs and marks some as linked in an unusual way.
fn plant_unlinked(site: &mut Site, column: usize, rng: &mut Rng) {
    let mut pairs = site.columns[column].articles.clone();
    pairs.sort_by_key(|&a| std::cmp::Reverse(site.articles[a].published));
    let wanted = usize::from(site.plan.defects.unlinked);
    let near = usize::from(site.plan.defects.near_unlinked);
    for (nth, &article) in pairs.iter().take(wanted + near).enumerate() {
        let ArticleKind::Interpretation { policy, .. } = site.articles[article].kind else {
            continue;
        };
        if nth >= wanted {
            site.articles[article].near = Some(if nth % 2 == 0 {
                "absolute_http_address"
            } else {
                "link_in_document_header"
            });
            site.articles[policy].near = site.articles[article].near;
            continue;
        }
        // A pair without any link is recognised by the document's title; a picture's title does not hold it.
        let titled = site.articles[article]
            .title
            .contains(&site.articles[policy].title);
        let form = rng.below(if titled { 3 } else { 2 });
        if form != 0
            && let ArticleKind::Policy { links_out, .. } = &mut site.articles[policy].kind
        {
            *links_out = false;
        }
        if form != 1
            && let ArticleKind::Interpretation { links_out, .. } = &mut site.articles[article].kind
        {
            *links_out = false;
        }
    }
}
