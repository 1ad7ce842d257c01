//! Serves a made-up round for looking at the pages: `cargo run -p xuncha-web --example preview -- 127.0.0.1:8301`.
//! Prints the address of the sign-in. Stops with Ctrl-C; nothing is kept.
#![allow(clippy::unwrap_used)]

#[path = "../tests/support/mod.rs"]
mod support;

#[tokio::main]
async fn main() {
    let address = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "127.0.0.1:8301".to_owned());
    let folder = tempfile::tempdir().unwrap();
    let state = support::state(folder.path()).await;
    let (plain, naughty) = support::seed(&state).await;
    let token = xuncha_web::new_login(&state, "管理员").await.unwrap();
    println!("http://{address}/sign-in?token={token}");
    println!("http://{address}/findings/{plain}\nhttp://{address}/findings/{naughty}");
    let listener = tokio::net::TcpListener::bind(&address).await.unwrap();
    axum::serve(listener, xuncha_web::router(state))
        .await
        .unwrap();
}
