//! What is filed about the seeded registry: a request that waits, a closing whose notice is watched, candidates outside of it, and an
//! import that waits for its confirmation.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;

use xuncha_core::registry::filing::{RequestKind, Successor, Typed, draft};
use xuncha_core::registry::outside::{
    LinkedFrom, OutsideDoubt, OutsideHome, OutsideReason, OutsideSign, OutsideSite,
};
use xuncha_core::registry::request::{Course, Reviewer};
use xuncha_core::registry::watch::{Seen, Sighting};
use xuncha_core::registry::{DoubtCase, EntryKind, RegistryDoubt, Sheet};
use xuncha_store::registry_import::StagedImport;
use xuncha_store::registry_request::{NewRequest, Verdict};
use xuncha_web::WebState;

use super::{NAUGHTY, PORTAL, ROUND, at};

/// A request of the portal's unit that waits for the province.
pub const WAITING: &str = "request-waiting";
/// A merger of the same unit whose notice hangs.
pub const CLOSING: &str = "request-closing";
/// A preview with errors.
pub const IMPORT: &str = "import-waiting";
/// A candidate that waits.
pub const HOST: &str = "ybj.site1.gov.cn";

/// Files a request for a unit; answers with what was filed.
pub async fn file(
    state: &WebState,
    id: &str,
    kind: RequestKind,
    target: &str,
    fields: &[(&str, &str)],
) -> NewRequest {
    let registry = state.store.registry().await.unwrap();
    let unit = registry.target(&target.into()).unwrap();
    let typed = Typed {
        kind,
        noun: EntryKind::Site,
        target: Some(target.into()),
        organization: unit.organization().to_owned(),
        fields: fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        reason: format!("集约化建设 {NAUGHTY}"),
        from: None,
        until: None,
        successor: Successor {
            name: "青石市人民政府".into(),
            home: "http://www.site1.gov.cn/".into(),
        },
        today: "2026-02-01".parse().unwrap(),
    };
    let filing = draft(&typed, &registry, &[]).unwrap();
    let new = NewRequest {
        id: id.into(),
        course: Course::of(&filing, &registry, "P1"),
        unit_name: registry.organizations[&filing.organization].name.clone(),
        region: "990100".into(),
        by: "填报员".into(),
        at: at("2026-02-01T09:00"),
        outside: None,
        filing,
    };
    state.store.file_request(&new).await.unwrap();
    new
}

/// Approves for the office.
pub async fn approve(state: &WebState, id: &str, on: &str) {
    let office = Reviewer {
        person: "P900",
        unit: None,
        is_office: true,
    };
    let verdict = Verdict {
        is_approved: true,
        note: "同意".into(),
        name: "监管员".into(),
        at: at(on),
    };
    state
        .store
        .review_request(id, &office, &verdict)
        .await
        .unwrap();
}

pub async fn seed(state: &WebState) {
    let name = format!("青石市人民政府{NAUGHTY}");
    file(
        state,
        WAITING,
        RequestKind::Rename,
        PORTAL,
        &[("name", &name)],
    )
    .await;
    // Number 7 is of the portal's unit too.
    file(state, CLOSING, RequestKind::Merge, "9900000007", &[]).await;
    approve(state, CLOSING, "2026-02-10T10:00").await;
    let look = |day: &str, seen, quote: &str| Sighting {
        at: at(day),
        seen,
        url: "http://www.site7.gov.cn/".into(),
        quote: quote.into(),
        round: "watch-request-closing".into(),
        record: "1@2".into(),
    };
    let looks = [
        look("2026-02-11T09:00", Seen::Absent, ""),
        look(
            "2026-02-12T09:00",
            Seen::Notice,
            &format!("本网站将停止更新{NAUGHTY}"),
        ),
    ];
    state.store.put_sightings(CLOSING, &looks).await.unwrap();
    let site = |host: &str, name: &str| OutsideSite {
        host: host.into(),
        url: format!("http://{host}/"),
        name: name.into(),
        sign: OutsideSign::Domain,
        unit: Some("U002".into()),
        places: vec![LinkedFrom {
            site: PORTAL.into(),
            page: "http://www.site1.gov.cn/".into(),
        }],
        site_count: 2,
        reasons: vec![
            OutsideReason::BelowDomain {
                domain: "site1.gov.cn".into(),
            },
            OutsideReason::GovernmentHost,
            OutsideReason::Linked { count: 2 },
        ],
        home: None,
    };
    let found = [
        site(HOST, "青石市医疗保障局"),
        site("x.site1.gov.cn", NAUGHTY),
    ];
    state.store.put_outside(ROUND, &found).await.unwrap();
    let home = OutsideHome {
        at: at("2026-02-03T10:00"),
        record: "w1@0".into(),
        final_url: "http://x.site1.gov.cn/".into(),
        is_open: true,
        title: format!("青石市人民政府{NAUGHTY}"),
        code: PORTAL.into(),
        unit: NAUGHTY.into(),
        reasons: vec![OutsideReason::PartyMark, OutsideReason::Unopened],
        doubts: vec![OutsideDoubt::OtherDomain {
            says: format!("www.site1.gov.cn{NAUGHTY}"),
        }],
    };
    state
        .store
        .put_outside_home("x.site1.gov.cn", &home)
        .await
        .unwrap();
    let doubt = |target: &str, case, seen: &str| RegistryDoubt {
        target: target.into(),
        case,
        other: Some(PORTAL.into()),
        seen: seen.into(),
    };
    let doubts = [
        doubt("9900000007", DoubtCase::LeadsTo, "http://www.site1.gov.cn/"),
        doubt("9900000007", DoubtCase::NoGovernment, NAUGHTY),
    ];
    state
        .store
        .put_registry_doubts(ROUND, &doubts)
        .await
        .unwrap();
    let staged = StagedImport {
        id: IMPORT.into(),
        file: format!("名录{NAUGHTY}.xlsx"),
        mapping: "own".into(),
        by: "王芳".into(),
        at: at("2026-02-01T10:00"),
        known_changes: state.store.last_registry_change().await.unwrap(),
        done_at: None,
        sheets: vec![Sheet {
            name: "网站".into(),
            header: vec!["标识码".into(), "网站名称".into()],
            rows: vec![vec!["99".into(), NAUGHTY.into()]],
        }],
    };
    state.store.stage_import(&staged).await.unwrap();
}
