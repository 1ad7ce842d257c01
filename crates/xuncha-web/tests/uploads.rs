//! Files that people hand in: told by content, kept under their hash, given back as attachments only.
#![allow(clippy::unwrap_used)]

#[path = "support/client.rs"]
mod client;
mod support;

use axum::http::{StatusCode, header};
use client::Client;
use support::{NAUGHTY, PORTAL, ROUND};
use xuncha_core::attachment::MAX_ATTACHMENT_BYTES;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_handed_in_read_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    let token = xuncha_web::new_login(&state, "张三").await.unwrap();
    let mut client = Client::signed_in(&xuncha_web::router(state.clone()), &token).await;
    let page = format!("/rounds/{ROUND}/tasks/{PORTAL}");
    let path = format!("{page}/attachments");
    let empty = client.get(&page).await;
    assert!(empty.body.contains("还没有附件"), "{}", empty.body);
    let name = format!("截图{NAUGHTY}.png");
    let name = name.replace('"', "%22");
    let bytes = b"\x89PNG\r\n\x1a\nwhat was seen";
    let sent = client
        .post_file(&path, &[("about", "")], (&name, bytes))
        .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let shown = client.get(&page).await;
    assert!(!shown.body.contains("<script>alert"), "{}", shown.body);
    let owner = format!("round/{ROUND}/target/{PORTAL}");
    let kept = state.store.attachments(&owner).await.unwrap();
    assert_eq!(kept.len(), 1);
    let file = format!("/attachments/{}", kept[0].number);
    assert!(shown.body.contains(&file));
    let given = client.get(&file).await;
    assert_eq!(given.status, StatusCode::OK);
    assert!(given.body.contains("what was seen"));
    let head = |name: header::HeaderName| given.headers[&name].to_str().unwrap().to_owned();
    assert!(head(header::CONTENT_DISPOSITION).starts_with("attachment; filename*=UTF-8''"));
    assert_eq!(head(header::CONTENT_TYPE), "application/octet-stream");
    assert_eq!(head(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    assert!(head(header::CONTENT_SECURITY_POLICY).starts_with("sandbox"));
    // Below the data folder it has no name but its hash.
    let hash = &kept[0].new.sha256;
    let stored = folder
        .path()
        .join("attachments")
        .join(&hash[..2])
        .join(hash);
    assert_eq!(std::fs::read(stored).unwrap(), bytes);

    let number = kept[0].number.to_string();
    let elsewhere = format!("/rounds/{ROUND}/tasks/9900000002/attachments");
    let refused = client.post(&elsewhere, &[("withdraw", &number)]).await;
    assert_eq!(
        refused.status,
        StatusCode::NOT_FOUND,
        "a file of another target"
    );
    let taken = client.post(&path, &[("withdraw", &number)]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    assert_eq!(client.get(&file).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_document_or_has_no_token_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    support::seed(&state).await;
    let token = xuncha_web::new_login(&state, "张三").await.unwrap();
    let mut client = Client::signed_in(&xuncha_web::router(state.clone()), &token).await;
    let path = format!("/rounds/{ROUND}/tasks/{PORTAL}/attachments");
    client.get(&format!("/rounds/{ROUND}/tasks/{PORTAL}")).await;
    let mut big = b"%PDF-1.7".to_vec();
    big.resize(MAX_ATTACHMENT_BYTES + 1, b' ');
    for (bytes, status, said) in [
        (b"<html><script>alert(1)</script>".as_slice(), 422, "只接受"),
        (b"PK\x03\x04 an archive", 422, "只接受"),
        (b"", 422, "只接受"),
        (&big, 422, "超过 20 MB"),
        (
            &vec![b' '; MAX_ATTACHMENT_BYTES + (2 << 20)],
            413,
            "超过 20 MB",
        ),
    ] {
        let refused = client.post_file(&path, &[], ("a.pdf", bytes)).await;
        assert_eq!(refused.status.as_u16(), status, "{said}");
        assert!(refused.body.contains(said), "{said}: {}", refused.body);
    }
    let long = "a".repeat(3 << 20);
    let text = client.post(&path, &[("about", &long)]).await;
    assert_eq!(text.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(text.body.contains("超过 2 MB"), "{}", text.body);
    let mine = std::mem::take(&mut client.csrf);
    let foreign = client.post_file(&path, &[], ("a.pdf", b"%PDF-1.7")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "no token");
    client.csrf = mine;
    let broken = client
        .post_file(&path, &[], ("a\".pdf\r\n\r\n", b"%PDF-1.7"))
        .await;
    assert!(broken.status.is_client_error(), "{}", broken.status);
    support::close(&state.store).await;
    let closed = client.post_file(&path, &[], ("a.pdf", b"%PDF-1.7")).await;
    assert_eq!(closed.status, StatusCode::CONFLICT, "{}", closed.body);
    let owner = format!("round/{ROUND}/target/{PORTAL}");
    assert!(state.store.attachments(&owner).await.unwrap().is_empty());
    let files = walk(&folder.path().join("attachments"));
    assert!(
        files <= 1,
        "only the one that came after the closing: {files}"
    );
}

fn walk(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|entry| match entry.path().is_dir() {
            true => walk(&entry.path()),
            false => 1,
        })
        .sum()
}
