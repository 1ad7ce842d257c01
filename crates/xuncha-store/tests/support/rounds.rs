//! What the store promises of the work of people on a round; run on either database by `behaviour.rs`.

use xuncha_core::attachment::FileKind;
use xuncha_store::attachment::NewAttachment;
use xuncha_store::audit::{AuditAction, AuditFilter};
use xuncha_store::registry::ChangeNote;
use xuncha_store::{Page, Store, StoreError};

use super::values::at;

/// The round that all of it is about; it is open before and after.
const ROUND: &str = "2026Q1";

/// Runs all of it.
pub async fn round_promises(store: &Store) {
    attachments_are_listed_until_taken_back(store).await;
}

fn attachment(owner: &str, unit: Option<&str>, name: &str) -> NewAttachment {
    NewAttachment {
        owner: owner.into(),
        about: "question".into(),
        organization: unit.map(str::to_owned),
        name: name.into(),
        kind: FileKind::Docx,
        sha256: "ab".repeat(32),
        size_bytes: 12,
        by: "张三".into(),
        at: at("2026-04-01T10:00"),
    }
}

fn note(reason: &str) -> ChangeNote {
    ChangeNote {
        at: at("2026-04-02T08:00"),
        by: "李四".into(),
        reason: reason.into(),
    }
}

async fn attachments_are_listed_until_taken_back(store: &Store) {
    let owner = format!("round/{ROUND}/target/9900000001");
    let first = attachment(&owner, Some("U001"), "答复.docx");
    let second = attachment(&owner, None, "截图.docx");
    let numbers = [
        store.put_attachment(&first).await.unwrap(),
        store.put_attachment(&second).await.unwrap(),
    ];
    let listed = store.attachments(&owner).await.unwrap();
    let seen: Vec<_> = listed.iter().map(|one| (one.number, &one.new)).collect();
    assert_eq!(seen, [(numbers[0], &first), (numbers[1], &second)]);
    assert!(store.attachments("round/2026Q1").await.unwrap().is_empty());
    let unit = async |number| store.unit_of_attachment(number).await.unwrap();
    assert_eq!(unit(numbers[0]).await.as_deref(), Some("U001"));
    assert_eq!(unit(numbers[1]).await, None, "of no unit");
    assert_eq!(unit(999_999).await, None);
    store.withdraw_attachment(numbers[0]).await.unwrap();
    assert_eq!(unit(numbers[0]).await, None, "taken back");
    for result in [
        store.attachment(numbers[0]).await.map(drop),
        store.withdraw_attachment(numbers[0]).await,
        store.attachment(999_999).await.map(drop),
    ] {
        assert!(
            matches!(result, Err(StoreError::Missing { .. })),
            "{result:?}"
        );
    }
    let filter = AuditFilter {
        action: Some(AuditAction::AttachmentAdded),
        ..AuditFilter::default()
    };
    let logged = store.audit_rows(&filter, Page::ALL).await.unwrap();
    assert_eq!(logged.total, 2);
    assert!(
        logged.rows.iter().all(|row| !row.after.contains("答复")),
        "names of files stay out of the log"
    );
    store.close_round(ROUND, &note("处理完毕")).await.unwrap();
    for refused in [
        store.put_attachment(&first).await.map(drop),
        store.withdraw_attachment(numbers[1]).await,
    ] {
        assert!(
            matches!(refused, Err(StoreError::Closed { .. })),
            "{refused:?}"
        );
    }
    let elsewhere = attachment("rectify/7", None, "整改.docx");
    store.put_attachment(&elsewhere).await.unwrap();
    store.reopen_round(ROUND, &note("更正")).await.unwrap();
}
