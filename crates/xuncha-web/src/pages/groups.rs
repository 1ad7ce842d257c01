//! 归并: findings of many targets that have one cause, seen together: the same address, the same platform, the same template.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use xuncha_core::registry::TargetId;
use xuncha_store::groups::GroupKind;

use crate::WebState;
use crate::asked::Query;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pager::{Pager, encode, query};
use crate::pages::ROWS_PER_PAGE;
use crate::pages::public::check_title;
use crate::shell::{Shell, Viewer};

/// Which groups, or which of them.
#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    check: String,
    #[serde(default)]
    common: String,
    page: Option<u64>,
}

struct KindTab {
    name: &'static str,
    href: String,
    is_current: bool,
}

struct GroupLine {
    common: String,
    check: String,
    detail: String,
    targets: u64,
    findings: u64,
    href: String,
}

struct FindingLine {
    name: String,
    target: String,
    detail: String,
    href: String,
}

#[derive(Template)]
#[template(path = "groups.html")]
struct GroupsPage {
    shell: Shell,
    kinds: Vec<KindTab>,
    what: &'static str,
    groups: Vec<GroupLine>,
    /// The group that is looked into.
    common: String,
    findings: Vec<FindingLine>,
    pager: Pager,
}

fn kind_name(lang: Lang, kind: GroupKind) -> (&'static str, &'static str) {
    match kind {
        GroupKind::Root => (
            lang.t("同一根源", "Same root"),
            lang.t(
                "不同对象的问题指向同一个地址",
                "Findings of different targets with the same address at fault",
            ),
        ),
        GroupKind::Platform => (
            lang.t("同一平台", "Same platform"),
            lang.t(
                "不同对象的问题地址都在同一主机上，多为集约化平台或共用系统的问题",
                "Addresses at fault on one host: mostly a platform that sites share",
            ),
        ),
        GroupKind::Template => (
            lang.t("同一模板", "Same template"),
            lang.t(
                "不同网站的同一路径，多为同一套模板带来的问题",
                "The same path on different sites: mostly one template",
            ),
        ),
    }
}

pub(crate) async fn list(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let lang = viewer.lang;
    let row = state.store.round(&id).await?;
    let set = &row.round.set.id;
    let kind = GroupKind::of_word(&asked.kind).unwrap_or(GroupKind::Root);
    let base = format!("/rounds/{}/groups", encode(&id));
    let pager = Pager::new(asked.page, ROWS_PER_PAGE);
    let title = lang.t("归并问题", "Groups of findings");
    let mut shown = GroupsPage {
        shell: Shell::new(&viewer, "rounds", title).in_round(&id, &row.round.title, "groups"),
        kinds: GroupKind::ALL
            .into_iter()
            .map(|one| KindTab {
                name: kind_name(lang, one).0,
                href: format!("{base}{}", query(&[("kind", one.word())])),
                is_current: one == kind,
            })
            .collect(),
        what: kind_name(lang, kind).1,
        groups: Vec::new(),
        common: asked.common.clone(),
        findings: Vec::new(),
        pager: Pager::new(asked.page, ROWS_PER_PAGE),
    };
    let total = if asked.common.is_empty() {
        let found = state
            .store
            .finding_groups(&id, set, kind, pager.page())
            .await?;
        shown.groups = found
            .rows
            .into_iter()
            .map(|group| GroupLine {
                href: format!(
                    "{base}{}",
                    query(&[
                        ("kind", kind.word()),
                        ("check", &group.check),
                        ("common", &group.common)
                    ])
                ),
                common: group.common,
                check: check_title(lang, &group.check),
                detail: group.detail,
                targets: group.targets,
                findings: group.findings,
            })
            .collect();
        found.total
    } else {
        let place = (kind, asked.check.as_str(), asked.common.as_str());
        let found = state
            .store
            .group_findings(&id, set, place, pager.page())
            .await?;
        let targets: Vec<TargetId> = found.rows.iter().map(|row| row.target.clone()).collect();
        let names = state.store.target_names(&id, &targets).await?;
        shown.findings = found
            .rows
            .into_iter()
            .map(|row| FindingLine {
                name: names.get(&row.target).cloned().unwrap_or_default(),
                target: row.target.0,
                href: format!("/findings/{}", encode(&row.id)),
                detail: row.detail,
            })
            .collect();
        found.total
    };
    let pairs = vec![
        ("kind", kind.word().to_owned()),
        ("check", asked.check),
        ("common", asked.common),
    ];
    shown.pager = pager.over(total, base, pairs);
    page(&shown)
}
