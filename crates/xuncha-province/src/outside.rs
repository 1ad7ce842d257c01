//! Hosts outside the inspected province that its pages link to: the filing platforms, the national portal, a newspaper.

use crate::response::Response;

const HOSTS: &[(&str, &str)] = &[
    ("www.gov.cn", "中国政府网"),
    ("beian.miit.gov.cn", "ICP/IP地址/域名信息备案管理系统"),
    ("www.beian.gov.cn", "全国互联网安全管理服务平台"),
    ("bszs.conac.cn", "党政机关网站标识查询"),
    ("dcs.conac.cn", "标识服务"),
    ("zfwzzc.www.gov.cn", "我为政府网站找错"),
    ("www.yunlingnews.cn", "云岭新闻网"),
    ("pan.baidu.com", "网盘分享"),
    ("pagead2.googlesyndication.com", "adsbygoogle"),
    ("cpro.baidustatic.com", "cpro"),
    ("pos.baidu.com", "cpro"),
    ("hm.baidu.com", "hm"),
    ("item.taobao.com", "商品详情"),
    ("detail.tmall.com", "商品详情"),
    ("mobile.yangkeduo.com", "商品详情"),
];

/// Where planted links of strangers lead.
const HOUSES: &str = ".lucky-house.example";

/// Answers for an outside host; `None` when it is not one of them.
#[must_use]
pub fn respond(host: &str, target: &str) -> Option<Response> {
    let known = HOSTS.iter().find(|(h, _)| *h == host);
    let name = match known {
        Some((_, name)) => name,
        // Houses that hidden links lead to: every name below is one.
        None if host.ends_with(HOUSES) => "幸运之家",
        None => return None,
    };
    if host == "www.yunlingnews.cn" && target.contains("/2024/") {
        return Some(Response::status(
            404,
            "text/html; charset=utf-8",
            "<html><body><h1>404 Not Found</h1></body></html>",
        ));
    }
    if host.ends_with(".old.lucky-house.example") {
        return Some(Response::html(
            "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>真人百家乐_注册送彩金</title></head><body><h1>真人百家乐</h1></body></html>",
        ));
    }
    let path = target.split('?').next().unwrap_or(target);
    Some(match path.rsplit('.').next() {
        Some("js") => Response::ok("application/javascript", "/* mark */"),
        Some("png") => Response::ok("image/png", crate::render::assets::mark(0)),
        _ => Response::html(format!(
            "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>{name}</title></head><body><h1>{name}</h1><p>本页面为模拟环境中的外部网站，内容正常。</p></body></html>"
        )),
    })
}
