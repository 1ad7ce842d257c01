//! 网页命令. The web interface over a data folder, with a one-time login printed at the start.

use anyhow::{Context, Result};
use xuncha_web::WebState;

use crate::data::Data;

/// Serves until it is stopped.
pub async fn run(data: Data, listen: &str) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("无法监听 {listen}；用 --listen 换一个地址"))?;
    let address = listener.local_addr()?;
    let state = WebState {
        documents: data.folder.join("documents"),
        store: data.store,
        evidence: data.evidence,
        now_s: || jiff::Timestamp::now().as_second(),
        new_token: xuncha_web::random_token,
        settings: Default::default(),
    };
    let token = xuncha_web::new_login(&state, &super::person()).await?;
    println!("网页界面：http://{address}/");
    println!("一次性登录：http://{address}/sign-in?token={token}（用过即失效）");
    let stopped = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    xuncha_web::serve(listener, xuncha_web::router(state), stopped)
        .await
        .context("网页界面意外停止")
}
