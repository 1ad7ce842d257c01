//! The app store: pages of apps and their packages.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::axml::Manifest;
use super::plan::{AccountPlan, Download, Platform};
use super::{CDN_HOST, STORE_HOST, apk};
use crate::response::Response;
use crate::rng::Rng;

const PACKAGE_TYPE: &str = "application/vnd.android.package-archive";

/// Packages are built once for each app and kept, since a store serves them again and again.
static PACKAGES: Mutex<BTreeMap<(u64, String), Bytes>> = Mutex::new(BTreeMap::new());

/// The path of an app's package on the store.
#[must_use]
pub fn download_path(slug: &str) -> String {
    format!("/download/{slug}.apk")
}

/// Answers for the store and for the host that holds its files. `asked`: how often this path was asked before.
#[must_use]
pub fn respond(accounts: &[AccountPlan], host: &str, path: &str, asked: u32) -> Option<Response> {
    let slug = path.rsplit('/').next()?.trim_end_matches(".apk");
    let app = accounts
        .iter()
        .find(|a| a.platform == Platform::App && a.slug == slug)?;
    if host == CDN_HOST {
        return (path == format!("/files/{slug}")).then(|| package(app, PACKAGE_TYPE));
    }
    if path == format!("/app/{slug}") {
        return Some(store_page(app));
    }
    if path == format!("/get/{slug}") && app.download == Download::Redirected {
        return Some(Response::redirect(
            302,
            &format!("https://{CDN_HOST}/files/{slug}"),
        ));
    }
    (path == download_path(slug)).then(|| download(app, asked))
}

fn download(app: &AccountPlan, asked: u32) -> Response {
    match app.download {
        Download::StoreGone | Download::StoreTakenDown | Download::DownloadGone => {
            missing("文件不存在")
        }
        Download::HtmlAsPackage => Response::ok(
            PACKAGE_TYPE,
            error_page("系统繁忙", "下载服务异常，请稍后再试。"),
        ),
        Download::Redirected => {
            Response::redirect(302, &format!("https://{STORE_HOST}/get/{}", app.slug))
        }
        Download::Slow => package(app, PACKAGE_TYPE).after(9_000),
        Download::BusyOnce if asked == 0 => Response::status(
            503,
            "text/html; charset=utf-8",
            error_page("503", "服务繁忙"),
        ),
        Download::WrongType => {
            let kind = *Rng::new(app.seed, "type").pick(&[
                "text/plain",
                "application/octet-stream",
                "application/zip",
                "",
            ]);
            package(app, kind)
        }
        _ => package(app, PACKAGE_TYPE),
    }
}

fn package(app: &AccountPlan, kind: &str) -> Response {
    match package_bytes(app) {
        Ok(bytes) => Response::ok(kind, bytes),
        Err(_) => missing("文件不存在"),
    }
}

fn package_bytes(app: &AccountPlan) -> anyhow::Result<Bytes> {
    let key = (app.seed, app.slug.clone());
    if let Some(bytes) = PACKAGES
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&key)
    {
        return Ok(bytes.clone());
    }
    let bytes = Bytes::from(built(app)?);
    PACKAGES
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(key, bytes.clone());
    Ok(bytes)
}

fn built(app: &AccountPlan) -> anyhow::Result<Vec<u8>> {
    let (version, version_code) = version(app);
    let package = package_name(app);
    if app.download == Download::RenamedZip {
        return apk::renamed_zip(&package);
    }
    let manifest = Manifest {
        package: &package,
        version: &version,
        version_code,
        label: &app.name,
    };
    let whole = apk::apk(&manifest, Rng::new(app.seed, "text manifest").percent(25))?;
    if app.download == Download::Truncated {
        return Ok(apk::truncated(&whole).to_vec());
    }
    Ok(whole)
}

fn package_name(app: &AccountPlan) -> String {
    format!("cn.gov.yunling.{}", app.slug.replace('-', "_"))
}

fn version(app: &AccountPlan) -> (String, u32) {
    let mut rng = Rng::new(app.seed, "version");
    let (a, b, c) = (rng.range(1, 5), rng.range(0, 9), rng.range(0, 9));
    (format!("{a}.{b}.{c}"), (a * 100 + b * 10 + c) as u32)
}

fn store_page(app: &AccountPlan) -> Response {
    match app.download {
        Download::StoreGone => missing("您访问的应用不存在"),
        Download::StoreTakenDown => Response::html(error_page(
            &app.name,
            "应用已下架。该应用因开发者原因已停止下载，请选择其他应用。",
        )),
        _ => Response::html(open_page(app)),
    }
}

fn open_page(app: &AccountPlan) -> String {
    let mut rng = Rng::new(app.seed, "store page");
    let history = if app.download == Download::OldVersionGone {
        "<h2>历史版本</h2><p>1.0.2 版本已下架，该版本不再提供下载，请使用最新版本。</p>"
    } else {
        ""
    };
    format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{0} - 应用商店</title></head><body>\
         <div class=\"app\"><h1>{0}</h1><p class=\"dev\">开发者：{1}</p>\
         <ul class=\"facts\"><li>版本：{2}</li><li>大小：{3:.1} MB</li><li>更新时间：2026-01-0{4}</li><li>下载：{5}次</li></ul>\
         <p><a class=\"download\" href=\"{6}\">立即下载</a></p>\
         <h2>应用介绍</h2><p>{7}移动政务服务平台，提供政务资讯、办事查询等服务。</p>{history}\
         <h2>用户评价</h2><p>评分 4.{8}</p></div></body></html>",
        app.name,
        app.subject,
        version(app).0,
        rng.range(60, 400) as f64 / 10.0,
        rng.range(1, 9),
        rng.range(500, 90_000),
        download_path(&app.slug),
        app.place,
        rng.range(0, 9)
    )
}

fn error_page(title: &str, text: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><div class=\"error\"><h1>{title}</h1><p>{text}</p><p><a href=\"/\">返回首页</a></p></div></body></html>"
    )
}

fn missing(text: &str) -> Response {
    Response::status(404, "text/html; charset=utf-8", error_page("404", text))
}
