//! 网页命令. The web interface over a data folder, with a one-time login printed while no administrator has a password.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use xuncha_core::indicator::IndicatorSet;
use xuncha_core::lists::List;
use xuncha_core::person::PasswordPolicy;
use xuncha_core::registry::Mapping;
use xuncha_store::StoreError;
use xuncha_store::attachment::AttachmentFolder;
use xuncha_web::{SignInSettings, SignOn, WebState};

use crate::cli::{ServeArgs, WorkArgs};
use crate::data::Data;
use crate::jobs;
use crate::jobs::outbox::Sender;
use crate::jobs::people::{self, Settings};
use crate::priority;
use crate::rules::Rules;

/// Answers under way may end in this time when the program is asked to stop.
const FAREWELL: Duration = Duration::from_secs(3);

/// Serves until it is stopped.
pub async fn run(data: Data, rules: &Rules, arguments: &ServeArgs) -> Result<()> {
    let listen = &arguments.listen;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("无法监听 {listen}；用 --listen 换一个地址"))?;
    let address = listener.local_addr()?;
    let public = arguments.address.clone();
    let public = public.unwrap_or_else(|| format!("http://{address}"));
    let state = WebState {
        attachments: AttachmentFolder::open(&data.folder.join("attachments"))?,
        documents: data.folder.join("documents"),
        fonts: crate::jobs::notice::font_folders(&data.folder),
        store: data.store.clone(),
        evidence: data.evidence.clone(),
        sets: Arc::new(sets(rules)?),
        mappings: Arc::new(mappings(rules)?),
        lexicons: Arc::new(lists(rules)),
        templates: Arc::new(rules.templates.clone()),
        now_s: || jiff::Timestamp::now().as_second(),
        new_token: xuncha_web::random_token,
        settings: SignInSettings {
            policy: PasswordPolicy {
                min_length: usize::try_from(arguments.policy.password_min)?,
            },
            is_https: arguments.https,
            ..SignInSettings::default()
        },
        sign_on: sign_on(arguments, &public)?,
    };
    println!("网页界面：http://{address}/");
    if arguments.login || !state.store.has_administrator().await? {
        print_login(&state, address).await?;
    } else {
        println!("用登录名和密码登录；忘记密码：xuncha person link 登录名");
    }
    let stopped = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    let pages = tokio::spawn(xuncha_web::serve(
        listener,
        xuncha_web::router(state),
        stopped,
    ));
    let work = work(&data, rules, &arguments.work)?;
    let settings = Settings {
        network: &arguments.work.network,
        remind: super::rectify::remind_settings(&arguments.remind),
        sender: Sender::of(&arguments.outbox)?,
        address: format!("{}/rectify", public.trim_end_matches('/')),
    };
    let people = async {
        match arguments.work.no_jobs {
            true => std::future::pending().await,
            false => people::run(&data, rules, &settings).await,
        }
    };
    // Who watches a job holds a connection open; that is no reason to stay.
    let asked_to_end = async {
        let _ = tokio::signal::ctrl_c().await;
        tokio::time::sleep(FAREWELL).await;
    };
    tokio::select! {
        () = asked_to_end => Ok(()),
        ended = pages => ended?.context("网页界面意外停止"),
        failed = work => failed,
        failed = people => failed,
    }
}

/// The jobs that pages ask for, on threads and connections of their own that give way to the pages; ends only where they cannot go on.
fn work(
    data: &Data,
    rules: &Rules,
    arguments: &WorkArgs,
) -> Result<impl Future<Output = Result<()>> + use<>> {
    let has_jobs = !arguments.no_jobs;
    let (tell, told) = tokio::sync::oneshot::channel();
    let (data, rules, arguments) = (data.clone(), rules.clone(), arguments.clone());
    let jobs = move || {
        priority::give_way();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .thread_name("jobs")
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let data = data.open_again().await?;
            jobs::worker::run(&data, &rules, &arguments).await
        })
    };
    if has_jobs {
        std::thread::Builder::new()
            .name("jobs".to_owned())
            .spawn(move || tell.send(jobs()))
            .context("无法启动任务线程")?;
    }
    Ok(async move {
        match (has_jobs, told.await) {
            // Another process works on this folder, or nobody wants jobs here: pages go on.
            (false, _) | (true, Ok(Ok(()))) => std::future::pending().await,
            (true, Ok(failed)) => failed,
            (true, Err(_)) => anyhow::bail!("任务线程意外停止；请保留日志并反馈"),
        }
    })
}

/// The lists that staff edit, as they come with the program.
fn lists(rules: &Rules) -> BTreeMap<String, String> {
    let text = |list: List| {
        Some((
            list.word().to_owned(),
            rules.lexicons.get(&list.file())?.clone(),
        ))
    };
    List::ALL.into_iter().filter_map(text).collect()
}

/// Every set that can be used, by its id; one that cannot is named and left out.
fn sets(rules: &Rules) -> Result<BTreeMap<String, IndicatorSet>> {
    let mut sets = BTreeMap::new();
    for id in rules.set_ids() {
        match rules.set(id) {
            Ok(set) => {
                sets.insert(id.to_owned(), set);
            }
            Err(error) => eprintln!("{error:#}"),
        }
    }
    Ok(sets)
}

/// Every column mapping, by its id.
fn mappings(rules: &Rules) -> Result<BTreeMap<String, Mapping>> {
    let read = |text: &String| {
        let mapping = Mapping::from_toml(text).map_err(anyhow::Error::msg)?;
        Ok((mapping.id.clone(), mapping))
    };
    rules.mappings.values().map(read).collect()
}

/// The provider of identities, where one is named.
fn sign_on(arguments: &ServeArgs, public: &str) -> Result<Option<Arc<dyn SignOn>>> {
    let provider = crate::outbox::oidc::Provider::of(&arguments.oidc, public)?;
    Ok(provider.map(|provider| Arc::new(provider) as Arc<dyn SignOn>))
}

/// Whoever starts the program on its machine has all its data anyway, and comes in as an administrator.
async fn print_login(state: &WebState, address: std::net::SocketAddr) -> Result<()> {
    match xuncha_web::new_login(state, &super::person()).await {
        Ok(token) => {
            println!("一次性登录：http://{address}/sign-in?token={token} （用过即失效）");
            Ok(())
        }
        Err(StoreError::Refused(why)) => {
            println!(
                "没有一次性登录：{why}；可用 xuncha person add --role administrator 新增管理员"
            );
            Ok(())
        }
        Err(other) => Err(other.into()),
    }
}
