//! 年度报表: what people filled in is kept by form, year and site.

use std::collections::BTreeMap;

use xuncha_core::registry::TargetId;
use xuncha_store::annual::{AnnualKey, of_site, of_supervisor, of_year};
use xuncha_store::audit::{AuditAction, AuditFilter};
use xuncha_store::{Page, Store, StoreError};

use super::values::at;

fn key<'a>(form: &'a str, subject: &'a str, year: i16) -> AnnualKey<'a> {
    AnnualKey {
        form,
        subject,
        year,
    }
}

/// What was typed comes back, replaces what was typed before, is apart for every form, year and site, and stands in the log by its items.
pub async fn annual_forms_are_kept(store: &Store) {
    let site = "9900000001";
    let work = key("work", site, 2025);
    assert_eq!(store.annual_answers(work).await.unwrap(), None);
    let of = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(own).collect()
    };
    let first = of(&[("visits", "1200"), ("visitors", "300"), ("head", "")]);
    let second = of(&[("visits", "1300"), ("visitors", "300")]);
    let now = at("2026-01-20T10:00");
    for answers in [&first, &second, &second] {
        store
            .put_annual_answers(work, answers, "王芳", now)
            .await
            .unwrap();
    }
    let kept = store.annual_answers(work).await.unwrap().unwrap();
    assert_eq!(kept.answers, second, "an empty answer is none");
    assert_eq!((kept.by.as_str(), kept.at), ("王芳", now));
    for other in [
        key("work", site, 2024),
        key("work", "9900000002", 2025),
        key("supervision", "", 2025),
    ] {
        assert_eq!(store.annual_answers(other).await.unwrap(), None);
    }
    store
        .put_annual_answers(key("work", "9900000002", 2025), &first, "李雷", now)
        .await
        .unwrap();
    let saved = store.annual_saved("work", 2025).await.unwrap();
    let subjects: Vec<&str> = saved.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(subjects, [site, "9900000002"]);
    let filter = AuditFilter {
        action: Some(AuditAction::AnnualFormFilled),
        ..AuditFilter::default()
    };
    let log = store.audit_rows(&filter, Page::ALL).await.unwrap().rows;
    let said: Vec<(&str, &str)> = log
        .iter()
        .map(|row| (row.object.as_str(), row.after.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("annual/work/2025/9900000002", "visitors visits"),
            ("annual/work/2025/9900000001", "visits"),
            ("annual/work/2025/9900000001", "visitors visits"),
        ],
        "the same again is no change"
    );
    // What registry and messages know.
    let registry = store.registry().await.unwrap();
    let known = of_site(store, site).await.unwrap();
    assert_eq!(
        known["site.name"],
        registry.sites[&TargetId::from(site)].name
    );
    let missing = of_site(store, "nowhere").await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { .. }), "{missing}");
    let year = of_year(store, 2026).await.unwrap();
    assert!(year.contains_key("registry.websites"), "{year:?}");
    assert!(
        !year.contains_key("year.sampled"),
        "not every quarter is known"
    );
    let office = of_supervisor(store, 2026).await.unwrap();
    assert!(!office.contains_key("supervision_quarterly"), "{office:?}");
}
