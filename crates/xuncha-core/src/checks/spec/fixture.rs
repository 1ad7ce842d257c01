//! The sound targets that a case is laid over: a portal, a department site, an account and an app, all without any problem.

use jiff::civil::DateTime;
use serde_json::{Map, Value, json};

use crate::facts::model::Facts;
use crate::round::Subject;

/// The input of one case.
pub(super) struct Built {
    pub as_of: DateTime,
    pub seed: String,
    pub params: Value,
    pub subject: Subject,
    pub facts: Facts,
}

const AS_OF: &str = "2026-03-20T09:00:00";
const FIELDS: [&str; 7] = [
    "target", "as_of", "seed", "visits", "params", "subject", "facts",
];

/// Lays a case over the sound target that it names.
pub(super) fn build(input: &Value) -> Result<Built, String> {
    let input = input.as_object().ok_or("the input is no table")?;
    if let Some(field) = input.keys().find(|field| !FIELDS.contains(&field.as_str())) {
        return Err(format!("unknown field {field}"));
    }
    let text = |field: &str, default: &str| {
        input
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or(default)
            .to_owned()
    };
    let target = text("target", "portal");
    let (mut subject, mut facts) = match target.as_str() {
        "portal" | "department" => (site_subject(&target), site_facts()),
        "account" | "app" => (account_subject(&target), account_facts(&target)),
        other => return Err(format!("unknown target {other}")),
    };
    if let Some(over) = input.get("subject") {
        lay_over(&mut subject, over, "subject")?;
    }
    if let Some(visits) = input.get("visits") {
        facts["probes"] = probes(visits)?;
    }
    if let Some(over) = input.get("facts") {
        lay_over(&mut facts, over, "facts")?;
    }
    Ok(Built {
        as_of: text("as_of", AS_OF)
            .parse()
            .map_err(|error| format!("as_of: {error}"))?,
        seed: text("seed", "7"),
        params: input.get("params").cloned().unwrap_or(Value::Null),
        subject: read(subject)?,
        facts: read(facts)?,
    })
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// Fields of these are names of the case's own.
const MAPS: [&str; 4] = ["marks", "missing_tags", "elements", "hidden"];

/// Lays `over` over `base`: fields that the base does not know are errors, 无 is nothing, elements of lists are completed.
fn lay_over(base: &mut Value, over: &Value, name: &str) -> Result<(), String> {
    if over.as_str() == Some("无") {
        *base = Value::Null;
        return Ok(());
    }
    match over {
        Value::Array(elements) => {
            *base = elements
                .iter()
                .map(|element| completed(element, name))
                .collect::<Result<_, _>>()?;
        }
        Value::Object(fields) if !is_tagged(fields) => {
            if !base.is_object() {
                *base = template(name).ok_or(format!("{name} cannot be completed"))?;
            }
            lay_fields(base, fields, name)?;
        }
        _ => *base = over.clone(),
    }
    Ok(())
}

fn lay_fields(base: &mut Value, fields: &Map<String, Value>, name: &str) -> Result<(), String> {
    let known = base.as_object_mut().ok_or("no table")?;
    for (field, value) in fields {
        if !known.contains_key(field) {
            if !MAPS.contains(&name) {
                return Err(format!("{name} has no field {field}"));
            }
            known.insert(field.clone(), Value::Null);
        }
        let inner = if name == "missing_tags" {
            "places"
        } else {
            field
        };
        lay_over(
            known.entry(field.as_str()).or_insert(Value::Null),
            value,
            inner,
        )?;
    }
    Ok(())
}

/// Values such as the state of a link are replaced as a whole.
fn is_tagged(fields: &Map<String, Value>) -> bool {
    fields.contains_key("present") || fields.get("state").is_some_and(Value::is_string)
}

fn completed(element: &Value, list: &str) -> Result<Value, String> {
    let Value::Object(fields) = element else {
        return Ok(element.clone());
    };
    let mut whole = template(list).ok_or(format!("elements of {list} cannot be completed"))?;
    if let (Some(url), Some(proof)) = (fields.get("url"), whole.get_mut("evidence")) {
        match proof {
            Value::Array(looks) => looks.iter_mut().for_each(|look| look["url"] = url.clone()),
            one => one["url"] = url.clone(),
        }
    }
    lay_fields(&mut whole, fields, list)?;
    Ok(whole)
}

/// What the elements of a list are completed to.
fn template(list: &str) -> Option<Value> {
    let page = "https://www.qingshi.gov.cn/";
    Some(match list {
        "evidence" | "channel" | "scripted" | "marks_evidence" | "article_evidence"
        | "page_evidence" | "feed_evidence" => evidence(page),
        "places" | "newest_item" => json!({"url": page, "text": ""}),
        "columns" => column("", page, "other", "2026-03-18"),
        "links" | "store_page" | "download" => json!({
            "url": page, "state": {"state": "alive"}, "on_home": false,
            "places": [{"url": page, "text": ""}], "place_count": 1,
            "evidence": [evidence(page), evidence(page)],
        }),
        "weak_links" => json!({
            "url": page, "case": "missing_fragment", "why": "页面上没有锚点", "is_unsure": false, "places": [],
            "place_count": 1, "evidence": [evidence(page)],
        }),
        "articles" => json!({
            "url": page, "title": "关于开展春季防火工作的通知", "date": "2026-03-10", "source": "text",
            "quote": "发布时间：2026-03-10", "is_document": false, "origin_day": null, "address_day": null,
            "modified": null, "read": "2026-03-20", "listed": null, "earlier": null, "evidence": evidence(page),
        }),
        "listed" => {
            json!({"url": "https://www.qingshi.gov.cn/tz/", "place": 0, "day": null, "before": null})
        }
        "earlier" => json!({
            "round": "2025Q4", "read": "2025-12-20", "date": null, "is_same_title": true,
        }),
        "before" => json!({
            "round": "2025Q4", "read": "2025-12-20", "oldest": "2025-06-01", "newest": "2025-09-01",
            "outline": outline(),
        }),
        "home_outline" => json!({
            "url": page, "outline": outline(), "evidence": evidence(page), "before": null,
        }),
        "scripts" => json!({"id": "a", "quote": "", "is_risky": false}),
        "foreign" => json!({"language": "英文", "quote": ""}),
        "signs" => json!({
            "sign": {"case": "hidden_link", "what": "", "way": "", "quote": "", "confidence": "high"},
            "url": page, "on_home": false, "places": [], "place_count": 1, "evidence": evidence(page),
        }),
        "policies" => json!({
            "url": page, "title": "青石市促进就业若干措施", "document_number": "青政发〔2026〕1号",
            "date": "2026-02-01", "is_own": true, "interpretations": [], "evidence": evidence(page),
        }),
        "interpretations" => json!({
            "url": page, "title": "《青石市促进就业若干措施》解读", "date": "2026-02-03",
            "policy": "https://www.qingshi.gov.cn/zc/1.html", "links_policy": true,
            "policy_links_back": true, "evidence": evidence(page),
        }),
        "search" => {
            json!({"form": form(), "questions": [], "evidence": evidence(page), "scripted": null, "nonsense": null})
        }
        "nonsense" => json!({
            "query": "鬯鬲鬵鬻鬾", "shown": [], "evidence": evidence("https://www.qingshi.gov.cn/search?q=2"),
        }),
        "shown" => json!({"url": page, "text": ""}),
        "activities" => json!({
            "kind": "survey", "url": page, "name": "调查征集", "activities": [], "is_whole": true,
            "needs_script": false, "evidence": evidence(page), "date": null, "by_mail": false, "title": "",
        }),
        "sign_ins" => json!({
            "case": "guide", "url": page, "text": "", "places": [], "evidence": [evidence(page)],
        }),
        "annual_forms" => json!({
            "kind": "work", "year": 2025, "url": page, "title": "2025年政府网站工作年度报表",
            "published": "2026-01-20", "content": null, "evidence": evidence(page),
        }),
        "content" => json!({
            "kind": "work", "year": 2025, "shown": 56, "missing": [], "has_other": false,
        }),
        "front" => front(),
        "screen" => json!({
            "url": page, "screen_px": 390, "viewport_px": 390, "content_px": 390, "widest": "", "widest_px": 0,
            "quote": "", "doubts": [], "trouble": "", "evidence": evidence(page),
        }),
        "accessibility" => json!({
            "url": page, "engine": "axe-core 4.12.1", "faults": [], "doubts": [], "trouble": "", "evidence": evidence(page),
        }),
        "faults" => json!({
            "rule": "image-alt", "impact": "critical", "help": "Images must have alternative text",
            "name": "图片没有替代文字", "count": 1, "nodes": [{"selector": "img", "html": "<img src=\"a.png\">"}],
        }),
        "nodes" => json!({"selector": "", "html": ""}),
        "phone_version" => json!({"url": page, "text": "手机版"}),
        "entry_link" => {
            json!({"url": page, "state": {"state": "alive"}, "evidence": [evidence(page), evidence(page)]})
        }
        "notices" => json!({
            "kind": "closing", "url": page, "state": "running", "start": "2026-03-01", "due": "2026-03-31",
            "first_seen": "2026-03-01", "last_seen": "2026-03-19", "looks": 10, "quote": "本网站将于2026年3月31日关停",
        }),
        "questions" => json!({
            "query": "", "expected_url": page, "found": true, "classified": true,
            "evidence": evidence("https://www.qingshi.gov.cn/search?q=1"),
        }),
        "guides" => json!({"url": page, "guide": guide(), "evidence": evidence(page)}),
        "downloads" => json!({
            "url": "https://www.qingshi.gov.cn/f/1.docx", "kind": "anchor", "text": "申请表", "area": "body", "count": 1,
        }),
        "statistics" => json!({
            "url": page, "evidence": evidence(page),
            "statistics": {"kind": "service", "newest": "2026-02-28", "quote": "2026年2月办件统计"},
        }),
        "messages" => json!({"evidence": evidence(page), "message": {
            "title": "", "url": page, "asked": "2026-03-01", "replied": "2026-03-05",
            "has_reply": true, "unit": "青石市人民政府办公室",
        }}),
        "posts" => json!({"title": "", "url": "https://mp.example.cn/p/1", "date": "2026-03-18"}),
        "same_named" | "first_of_unit" => json!({
            "id": "A000007", "name": "青石发布", "platform": "微信", "organization_name": "青石市人民政府办公室",
        }),
        "lacking_unit" => json!({"ended": []}),
        "previous_followers" => json!({"round": "2025Q4", "on": "2025-12-20", "count": 10_000}),
        "trouble" => json!({"reason": "blocked", "detail": "", "places": []}),
        "package" => json!({
            "kind": "apk", "size_bytes": 8_000_000, "package": "cn.gov.qingshi", "manifest": null, "signatures": ["v2"],
        }),
        _ => return None,
    })
}

fn evidence(url: &str) -> Value {
    json!({"url": url, "at": AS_OF, "sha256": "0".repeat(64), "record": "w1@0", "quote": ""})
}

fn column(name: &str, url: &str, kind: &str, newest: &str) -> Value {
    json!({
        "url": url, "name": name, "kind": kind, "kind_is_sure": true, "depth": 1,
        "is_parent_only": false, "item_count": 20, "newest": newest, "is_empty": false,
        "needs_script": false, "evidence": evidence(url),
    })
}

fn form() -> Value {
    json!({
        "action": "https://www.qingshi.gov.cn/search", "is_get": true, "field": "q",
        "hidden": {}, "charset": "utf-8",
    })
}

fn guide() -> Value {
    json!({
        "title": "取水许可",
        "elements": {
            "事项名称": "取水许可", "设定依据": "《中华人民共和国水法》第四十八条",
            "申请条件": "依法取水的单位和个人", "办理材料": "申请书原件1份，身份证复印件1份",
            "办理地点": "青石市政务服务中心3号窗口", "办理时间": "工作日9:00—17:00",
            "联系电话": "0999-1234567", "办理流程": "申请、受理、审查、发证",
        },
        "vague": [], "material_format_stated": true, "downloads": [],
    })
}

fn site_subject(target: &str) -> Value {
    let is_portal = target == "portal";
    let pick =
        |portal: &str, department: &str| (if is_portal { portal } else { department }).to_owned();
    json!({
        "target": {
            "target_kind": "site", "id": pick("9901000001", "9901000012"),
            "name": pick("青石市人民政府门户网站", "青石市水利局网站"),
            "home": pick("https://www.qingshi.gov.cn/", "https://slj.qingshi.gov.cn/"),
            "kind": target, "organization": "U0001", "region": "990100", "state": "running",
            "icp": "云ICP备20260001号", "police": "云公网安备99010002000001号", "no_services": false,
        },
        "organization_name": pick("青石市人民政府办公室", "青石市水利局"),
        "region_name": "青石市", "region_path": ["云岭省"], "reporting_name": null,
        "sibling_accounts": [], "kin": kin(),
    })
}

fn account_subject(target: &str) -> Value {
    let is_app = target == "app";
    let pick = |account: &str, app: &str| (if is_app { app } else { account }).to_owned();
    json!({
        "target": {
            "target_kind": "account", "id": pick("A000001", "A000002"),
            "name": pick("青石发布", "青石通"), "platform": pick("微信", "应用商店"),
            "kind": pick("订阅号", "客户端"), "organization": "U0001", "region": "990100",
            "certified_subject": "青石市人民政府办公室",
            "page_url": pick("https://mp.example.cn/a/1", "https://store.example.cn/app/1"),
            "feed_url": null, "download_url": null, "state": "running", "opened": "2019-05-01",
            "platform_id": null, "contacts": null, "followers": null, "functions": [], "qr": null,
            "filing_number": is_app.then_some("云政务应用备2026000001号"),
        },
        "organization_name": "青石市人民政府办公室", "region_name": "青石市",
        "region_path": ["云岭省"], "reporting_name": null, "sibling_accounts": ["A000001"],
        "kin": kin(),
    })
}

fn kin() -> Value {
    json!({"same_named": [], "first_of_unit": null, "lacking_unit": null, "previous_followers": null})
}

fn site_facts() -> Value {
    let home = "https://www.qingshi.gov.cn/";
    let at = |path: &str| format!("{home}{path}");
    let marks = json!({
        "党政机关网站标识": {"present": {"value": "dcs.conac.cn"}},
        "网站标识码": {"present": {"value": "9901000001"}},
        "ICP备案编号": {"present": {"value": "云ICP备20260001号"}},
        "公安机关备案标识": {"present": {"value": "云公网安备99010002000001号"}},
        "网站主办单位": {"present": {"value": "青石市人民政府办公室"}},
        "联系方式": {"present": {"value": "0999-1234567"}},
        "找错入口": {"present": {"value": "sitecode=9901000001"}},
    });
    json!({
        "facts": "site", "monitor_from": "2026-03-06T09:00:00", "as_of": AS_OF, "page_count": 212,
        "phases": ["crawl", "documents", "looks", "network", "probe", "search"], "is_partial": false, "probes": [],
        "home": {
            "url": home, "title": "青石市人民政府门户网站", "header_name": "青石市人民政府",
            "site_name": "青石市人民政府", "newest": "2026-03-19",
            "newest_item": {"url": at("xw/1.html"), "text": "市政府召开常务会议"},
            "is_navigation_only": false, "new_links": 0, "evidence": evidence(home),
        },
        "columns": [
            column("政务要闻", &at("xw/"), "news", "2026-03-19"),
            column("通知公告", &at("tz/"), "notice", "2026-03-10"),
            column("政策文件", &at("zc/"), "policy", "2026-02-01"),
            column("政策解读", &at("jd/"), "interpretation", "2026-02-03"),
            column("办事服务", &at("bs/"), "services", "2026-01-05"),
            column("领导信箱", &at("hd/"), "interaction", "2026-03-05"),
        ],
        "links": [], "link_count": 640, "marks": marks, "marks_evidence": evidence(home),
        "missing_tags": {}, "article_count": 40, "article_evidence": evidence(&at("xw/1.html")),
        "search": {
            "form": form(), "questions": [], "evidence": evidence(home), "scripted": null, "nonsense": null,
        },
        "policies": [], "interpretations": [], "guides": [], "service_directory": at("bs/"),
        "statistics": [], "messages": [], "channel": evidence(&at("hd/xx.html")),
        "unrendered_pages": [], "weak_links": [], "signs": [], "articles": [], "home_outline": null, "corrected": [], "network": network(home),
        "activities": [], "sign_ins": [], "annual_forms": [], "front": front(), "notices": [], "accessibility": [],
    })
}

/// What a home page is built of: nothing.
fn outline() -> Value {
    json!({
        "skeleton": 0, "parts": [], "labels": [], "script_hosts": [], "scripts": [], "foreign": [],
    })
}

fn front() -> Value {
    let home = "https://www.qingshi.gov.cn/";
    json!({
        "viewport": "width=device-width, initial-scale=1", "width_px": 0, "quote": "", "phone_version": null,
        "entry": "无障碍浏览", "entry_link": null, "screen": null, "evidence": evidence(home),
    })
}

fn network(home: &str) -> Value {
    json!({
        "host": "www.qingshi.gov.cn", "at": AS_OF, "ipv4": ["203.0.113.7"], "ipv6": [],
        "cname": [], "name_servers": [], "dns_trouble": "", "ipv6_reach": {"state": "no_address"},
        "tls": {"state": "modern", "version": "TLS 1.3", "cipher": "TLS13_AES_256_GCM_SHA384"},
        "certificate": {
            "subject": "CN=www.qingshi.gov.cn", "issuer": "CN=示例签发机构",
            "names": ["www.qingshi.gov.cn"], "not_before": "2025-06-01T00:00:00",
            "not_after": "2026-06-01T00:00:00", "key": "RSA", "key_bits": 2048,
            "signature": "sha256WithRSAEncryption", "is_self_issued": false, "sent": 2,
            "chain": {"state": "trusted"}, "sha256": "0".repeat(64),
        },
        "redirects_to_https": true, "hsts": null, "evidence": evidence(home),
    })
}

fn account_facts(target: &str) -> Value {
    let mut facts = json!({
        "facts": "account", "monitor_from": "2026-03-06T09:00:00", "as_of": AS_OF,
        "posts": [{"title": "青石三月", "url": "https://mp.example.cn/p/9", "date": "2026-03-18"}],
        "is_readable": true, "interaction": ["留言"],
        "page_evidence": evidence("https://mp.example.cn/a/1"), "feed_evidence": null,
        "store_page": null, "package": null, "download": null, "trouble": null, "says_empty": false,
    });
    if target == "app" {
        let link = |url: &str| {
            let element = json!({"url": url});
            completed(&element, "links").unwrap_or(Value::Null)
        };
        facts["store_page"] = link("https://store.example.cn/app/1");
        facts["download"] = link("https://store.example.cn/app/1.apk");
        facts["package"] = template("package").unwrap_or(Value::Null);
    }
    facts
}

/// The visits of a week, every 72 minutes: first those that failed, then the slow, then the lost, then the good ones.
fn probes(visits: &Value) -> Result<Value, String> {
    let number = |field: &str| visits.get(field).and_then(Value::as_u64).unwrap_or(0);
    let (total, failed, slow, lost) = (
        number("total"),
        number("failed"),
        number("slow"),
        number("lost"),
    );
    if visits.as_object().is_none_or(|fields| fields.len() > 5) {
        return Err("visits is {total, failed, slow, slow_millis, lost}".to_owned());
    }
    let end: DateTime = AS_OF.parse().map_err(|_| "as_of")?;
    let probe = |slot: u64| {
        let (opened, millis, detail) = match slot {
            _ if slot < failed => (json!(false), 0, "连接超时"),
            _ if slot < failed + slow => (json!(true), number("slow_millis"), ""),
            _ if slot < failed + slow + lost => (Value::Null, 0, "我方出口不通"),
            _ => (json!(true), 180, ""),
        };
        let back = jiff::Span::new().minutes(i64::try_from((total - slot) * 72).unwrap_or(0));
        json!({
            "slot": slot, "at": end.saturating_sub(back).to_string(), "opened": opened,
            "millis": millis, "timing": {"dns_ms": 0, "connect_ms": 0, "tls_ms": 0, "first_byte_ms": 0}, "detail": detail, "evidence": evidence("https://www.qingshi.gov.cn/"),
        })
    };
    Ok((0..total).map(probe).collect())
}
