//! Dead links: what every look said, and what both looks together mean.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use super::landing::{landing, leads_home};
use super::records::{Answer, Records};
use crate::evidence::{Capture, EvidenceRef, Failure};
use crate::facts::body_kind::{Use, contradiction};
use crate::facts::missing_likeness;
use crate::facts::model::{LinkFacts, LinkKind, LinkState, PageFacts};
use crate::facts::network::tls_trouble;
use crate::facts::scope::{Scope, canonical};
use crate::facts::sitemap::SITEMAP_INDEX;
use crate::verdict::{MAX_PLACES, Place, UndeterminedReason};

/// What one look says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    Good,
    Bad {
        kind: String,
        why: String,
    },
    Unknown {
        reason: UndeterminedReason,
        why: String,
    },
}

/// Whether an answer speaks against the link, so that the crawler has to look a second time.
pub fn is_bad_look(capture: &Capture) -> bool {
    look(capture, true) != Look::Good
}

/// What the looks at an address of a site say by themselves, without the texts that came.
pub(crate) fn state_alone(captures: &[&Capture]) -> LinkState {
    let looks: Vec<Look> = captures.iter().map(|capture| look(capture, true)).collect();
    combine(&looks, captures)
}

/// Whether a page has to be looked at a second time: it failed, or reads like a missing page.
pub fn needs_second_look(page: &PageFacts, home: &Url) -> bool {
    is_bad_look(&page.capture)
        || !page.missing_wording.is_empty()
        || !page.blocked_wording.is_empty()
        || landing(&page.capture).is_some()
        || contradiction(&page.capture, page.body_kind, Use::default()).is_some()
        || leads_home(&page.capture, home)
}

pub(super) fn bad(kind: &str, why: &str) -> Look {
    Look::Bad {
        kind: kind.to_owned(),
        why: why.to_owned(),
    }
}

pub(super) fn unknown(reason: UndeterminedReason, why: &str) -> Look {
    Look::Unknown {
        reason,
        why: why.to_owned(),
    }
}

fn is_invalid_name(url: &str) -> bool {
    Url::parse(url)
        .ok()
        .and_then(|url| {
            url.host_str()
                .map(|host| host.trim_end_matches('.').ends_with(".invalid"))
        })
        .unwrap_or(false)
}

/// Redirects beyond this many are too many, whatever they lead to; browsers give up here too.
const MAX_HOPS: usize = 20;

/// Which kind of redirect without end it is.
fn loop_of(capture: &Capture) -> Look {
    if capture.hops.len() >= MAX_HOPS {
        return bad("loop", "跳转次数过多，无法打开");
    }
    if capture.hops.is_empty() {
        return bad("loop", "跳转到自身或没有跳转目标，无法打开");
    }
    bad("loop", "循环跳转，无法打开")
}

/// One answer without its text.
fn look(capture: &Capture, is_inside: bool) -> Look {
    use UndeterminedReason::{Blocked, OurSide, Transient};
    match &capture.failure {
        Some(Failure::RefusedByGuard { .. }) => {
            return unknown(OurSide, "我方安全策略未放行，未检查");
        }
        Some(Failure::KeptOff) => {
            return unknown(
                OurSide,
                "跳转到网站的 robots.txt 不允许抓取的网址，没有跟随",
            );
        }
        Some(Failure::Unread) => {
            return unknown(OurSide, "我方程序读取这个网页时出错，未检查");
        }
        Some(Failure::Tls { detail }) => {
            return unknown(OurSide, &format!("{}，无法判定", tls_trouble(detail)));
        }
        Some(Failure::Dns { control_resolved }) => {
            let is_certain = *control_resolved
                || is_invalid_name(&capture.url)
                || is_invalid_name(&capture.final_url);
            return if is_certain {
                bad("dns", "域名无法解析")
            } else {
                unknown(OurSide, "我方域名解析异常，无法判定")
            };
        }
        Some(Failure::Connect) => return bad("connect", "无法建立连接"),
        Some(Failure::Reset) => return bad("reset", "连接被中断"),
        Some(Failure::RedirectLoop) => return loop_of(capture),
        Some(Failure::Protocol { detail }) if detail.ends_with("that was not asked for") => {
            return unknown(OurSide, "返回内容用了我方没有要求的压缩方式，无法判定");
        }
        Some(Failure::Protocol { detail }) if detail.starts_with("content encoding") => {
            return bad("corrupt", "返回内容损坏，无法解压");
        }
        Some(Failure::Protocol { .. }) => return bad("protocol", "应答不是有效的网页"),
        // A slow outside host may be slow towards us only.
        Some(Failure::Timeout { .. }) if is_inside => return bad("timeout", "超过时限未打开"),
        Some(Failure::Timeout { .. }) => return unknown(Transient, "外部网站超时未响应，无法判定"),
        None => {}
    }
    if capture.is_blocked() {
        return unknown(Blocked, "被目标网站拦截，无法判定");
    }
    match capture.status {
        Some(404) => bad("status_404", "页面不存在（404）"),
        Some(410) => bad("status_410", "页面已被移除（410）"),
        Some(status) if status >= 500 => Look::Bad {
            kind: format!("status_{status}"),
            why: format!("服务器错误（{status}）"),
        },
        Some(408 | 425) => unknown(Transient, "服务器暂时无法应答，无法判定"),
        Some(status) if status >= 400 => Look::Bad {
            kind: format!("status_{status}"),
            why: format!("无法打开（{status}）"),
        },
        Some(200) if capture.size_bytes == 0 && !capture.truncated => bad("empty", "打开后为空白"),
        Some(_) => Look::Good,
        None => unknown(Transient, "没有应答记录，无法判定"),
    }
}

/// What the site's missing page looks like.
pub(super) struct MissingPage {
    simhash: u64,
    chars: u32,
    sha256: String,
    size_bytes: u64,
}

impl MissingPage {
    /// Learned from the random path, where it answers with success and does not simply show the home page.
    pub fn learn(records: &Records, home: Option<&PageFacts>) -> Option<MissingPage> {
        let page = records
            .missing
            .as_ref()
            .filter(|page| page.capture.is_success())
            // Where scripts draw every page, all of them answer alike before that.
            .filter(|page| !page.needs_script)?;
        let is_home = home.is_some_and(|home| {
            home.text_chars > 200 && missing_likeness(home.text_simhash, page.text_simhash) <= 3
        });
        (!is_home).then(|| MissingPage {
            simhash: page.text_simhash,
            chars: page.text_chars,
            sha256: page.capture.evidence.sha256.clone(),
            size_bytes: page.capture.size_bytes,
        })
    }

    fn is_like(&self, answer: &Answer) -> bool {
        let (less, more) = (
            self.chars.min(answer.text_chars),
            self.chars.max(answer.text_chars),
        );
        let is_near_in_length = more - less <= (more / 20).max(12);
        let limit = if answer.missing_wording.is_empty() {
            2
        } else {
            10
        };
        is_near_in_length
            && !answer.is_article
            && self.chars > 0
            && missing_likeness(self.simhash, answer.text_simhash) <= limit
    }
}

/// Everything that judging looks needs.
pub(super) struct Judge<'a> {
    pub records: &'a Records,
    pub outside: &'a BTreeMap<String, Vec<Capture>>,
    pub scope: Scope,
    pub home: Url,
    pub missing: Option<MissingPage>,
    /// Default documents that are the page of their folder.
    pub twins: BTreeSet<String>,
}

impl Judge<'_> {
    /// State of an address and the evidence of its looks; `None` where nobody looked.
    pub fn state(&self, url: &str) -> Option<(LinkState, Vec<EvidenceRef>)> {
        self.state_as(url, Use::default())
    }

    /// The state of an address that the site uses in this way.
    pub fn state_as(&self, url: &str, used: Use) -> Option<(LinkState, Vec<EvidenceRef>)> {
        let key = canonical(url);
        let is_inside = Url::parse(url).is_ok_and(|url| self.scope.contains(&url));
        let empty = Vec::new();
        let own = self.records.looks.get(&key).unwrap_or(&empty);
        let other = self
            .outside
            .get(&key)
            .or_else(|| self.outside.get(url))
            .unwrap_or(&empty);
        let mut captures: Vec<&Capture> = own.iter().chain(other).collect();
        captures.sort_by_key(|capture| capture.at);
        if captures.is_empty() {
            let why = self.records.skipped.get(&key)?;
            let why = format!("未检查：{}", why.text());
            return Some((
                LinkState::Unknown {
                    reason: UndeterminedReason::NotGathered,
                    why,
                },
                Vec::new(),
            ));
        }
        let mut looks = self.looks(&captures, &key, is_inside, used);
        if used.is_image || used.is_code || used.is_frame {
            // Scripts, styles, counters and frames may be empty: nobody misses anything.
            for look in &mut looks {
                if matches!(look, Look::Bad { kind, .. } if kind == "empty") {
                    *look = Look::Good;
                }
            }
        }
        if used.is_form {
            // A form's address was asked without its fields: only that it is gone can be told.
            for look in &mut looks {
                let is_gone = matches!(look, Look::Bad { kind, .. } if kind == "status_404" || kind == "status_410");
                if !is_gone {
                    *look = Look::Good;
                }
            }
        }
        let evidence = captures
            .iter()
            .map(|capture| capture.evidence.clone())
            .collect();
        Some((combine(&looks, &captures), evidence))
    }

    fn looks(&self, captures: &[&Capture], key: &str, is_inside: bool, used: Use) -> Vec<Look> {
        let answers = self.records.answers.get(key);
        let mut soft: Option<(&str, u64)> = None;
        let mut looks = Vec::new();
        for capture in captures {
            let first = look(capture, is_inside);
            let answer =
                answers.and_then(|answers| answers.iter().find(|answer| answer.at == capture.at));
            if first != Look::Good {
                // A firewall may answer with any status; its words tell it.
                let is_firewall = answer.is_some_and(|answer| !answer.blocked_wording.is_empty());
                looks.push(if is_firewall { shut_out() } else { first });
                continue;
            }
            let is_home = canonical(&capture.url) == canonical(self.home.as_str());
            let from_body = answer.filter(|_| !is_home);
            if let Some(found) = from_body
                .and_then(|answer| spoken(answer, capture, used))
                .or_else(|| landing(capture).filter(|_| !is_home))
            {
                looks.push(found);
                continue;
            }
            let is_soft = match answer {
                Some(answer) => !is_home && self.is_soft_missing(answer),
                // A look keeps no text: the same body, or the body of the site's missing page, says the same again.
                None => {
                    soft.is_some_and(|(sha256, size)| {
                        !sha256.is_empty() && sha256 == capture.evidence.sha256
                            || size.abs_diff(capture.size_bytes) * 50 <= size
                    }) || is_inside
                        && self.missing.as_ref().is_some_and(|missing| {
                            missing.size_bytes > 0
                                && !missing.sha256.is_empty()
                                && missing.sha256 == capture.evidence.sha256
                        })
                }
            };
            if is_soft {
                soft = Some((&capture.evidence.sha256, capture.size_bytes));
                looks.push(bad("soft_404", "打开后提示页面不存在"));
            } else if is_inside && !is_home && leads_home(capture, &self.home) {
                looks.push(bad("soft_404", "跳转到首页，原内容不存在"));
            } else {
                looks.push(Look::Good);
            }
        }
        looks
    }

    fn is_soft_missing(&self, answer: &Answer) -> bool {
        if answer.text_chars > 1500 {
            return false;
        }
        !answer.missing_wording.is_empty()
            || self
                .missing
                .as_ref()
                .is_some_and(|missing| missing.is_like(answer))
    }
}

fn shut_out() -> Look {
    unknown(
        UndeterminedReason::Blocked,
        "被防火墙或验证码拦截，无法判定",
    )
}

/// What an answer's body says, apart from being a missing page.
fn spoken(answer: &Answer, capture: &Capture, used: Use) -> Option<Look> {
    if !answer.blocked_wording.is_empty() {
        return Some(shut_out());
    }
    contradiction(capture, answer.body_kind, used).map(|why| bad("wrong_type", why))
}

fn combine(looks: &[Look], captures: &[&Capture]) -> LinkState {
    if looks.contains(&Look::Good) {
        return LinkState::Alive;
    }
    if let Some(Look::Unknown { reason, why }) = looks
        .iter()
        .find(|look| matches!(look, Look::Unknown { .. }))
    {
        return LinkState::Unknown {
            reason: *reason,
            why: why.clone(),
        };
    }
    let has_two_times =
        captures.first().map(|capture| capture.at) != captures.last().map(|capture| capture.at);
    match looks.last() {
        Some(Look::Bad { kind, why }) if looks.len() >= 2 && has_two_times => LinkState::Dead {
            why: why.clone(),
            kind: kind.clone(),
        },
        Some(Look::Bad { why, .. }) => LinkState::Unknown {
            reason: UndeterminedReason::Transient,
            why: format!("只检查到一次异常（{why}），尚未复核"),
        },
        _ => LinkState::Alive,
    }
}

/// 链接位置. One address that the site links, with how and where.
pub(super) struct Spot {
    pub url: String,
    pub on_home: bool,
    pub places: Vec<Place>,
    pub count: u64,
    pub kinds: BTreeSet<LinkKind>,
}

impl Spot {
    fn add(&mut self, page: &str, text: &str) {
        if self.places.last().is_some_and(|place| place.url == page) {
            return;
        }
        self.count += 1;
        if self.places.len() < MAX_PLACES {
            self.places.push(Place {
                url: page.to_owned(),
                text: text.to_owned(),
            });
        }
    }

    /// How the site uses the address.
    pub fn used(&self) -> Use {
        let is_only = |allowed: &[LinkKind]| self.kinds.iter().all(|kind| allowed.contains(kind));
        Use {
            is_image: is_only(&[LinkKind::Image]),
            is_code: is_only(&[LinkKind::Script, LinkKind::Style]),
            is_frame: is_only(&[LinkKind::Frame]),
            is_form: is_only(&[LinkKind::Form]),
            is_sitemap: is_only(&[LinkKind::Sitemap]),
        }
    }
}

/// Every address that the site's pages, style sheets and sitemaps link, by its canonical form.
pub(super) fn spots(judge: &Judge<'_>, home: Option<&PageFacts>) -> BTreeMap<String, Spot> {
    let mut spots: BTreeMap<String, Spot> = BTreeMap::new();
    let home_key = home.map(|home| canonical(&home.capture.url));
    let own_home = canonical(judge.home.as_str());
    let framed: Vec<String> = judge
        .records
        .pages
        .get(&own_home)
        .into_iter()
        .flat_map(|page| &page.links)
        .filter(|link| link.kind == LinkKind::Frame)
        .map(|link| canonical(&link.url))
        .collect();
    let extra = home.filter(|home| {
        !judge
            .records
            .pages
            .contains_key(&canonical(&home.capture.url))
    });
    let pages = judge.records.good_pages().chain(extra);
    let (sitemaps, sheets): (Vec<&PageFacts>, Vec<&PageFacts>) =
        judge.records.sources.values().partition(|source| {
            source
                .links
                .iter()
                .any(|link| link.kind == LinkKind::Sitemap)
        });
    let sitemaps = sitemaps
        .into_iter()
        .filter(|source| source.title != SITEMAP_INDEX);
    for page in pages.chain(sheets).chain(sitemaps) {
        // A frameset's parts are the home page too.
        let key = canonical(&page.capture.url);
        let is_home =
            home_key.as_deref() == Some(key.as_str()) || key == own_home || framed.contains(&key);
        if !is_home && judge.twins.contains(&key) {
            continue;
        }
        for link in &page.links {
            // A pager's pages are a guess at what its script would do, never held against the site. A search that is gone is told
            // by the check of searches, and a form that is sent by POST cannot be asked.
            let is_search = || page.search_forms.iter().any(|form| form.action == link.url);
            let is_form = link.kind == LinkKind::Form;
            if link.kind == LinkKind::Pager || is_form && (link.text == "post" || is_search()) {
                continue;
            }
            let url = canonical(&link.url);
            let spot = spots.entry(url.clone()).or_insert_with(|| Spot {
                url,
                on_home: false,
                places: Vec::new(),
                count: 0,
                kinds: BTreeSet::new(),
            });
            spot.on_home |= is_home;
            // Sitemaps come last: what a page links too has its places there.
            let is_spare = link.kind == LinkKind::Sitemap && !spot.used().is_sitemap;
            spot.kinds.insert(link.kind);
            if !is_spare {
                spot.add(&page.capture.url, &link.text);
            }
        }
    }
    spots
}

/// Dead and unknown links with their places, in the order of address, and the number of all that were looked at.
pub(super) fn links(judge: &Judge<'_>, spots: &BTreeMap<String, Spot>) -> (Vec<LinkFacts>, u64) {
    let mut found = Vec::new();
    let mut looked = 0;
    for spot in spots.values() {
        let used = spot.used();
        // What only a sitemap names, no reader meets: it is a weak link where it is dead.
        if used.is_sitemap {
            continue;
        }
        let Some((state, evidence)) = judge.state_as(&spot.url, used) else {
            continue;
        };
        looked += u64::from(!evidence.is_empty());
        if state == LinkState::Alive || used.is_form && !matches!(state, LinkState::Dead { .. }) {
            continue;
        }
        found.push(LinkFacts {
            url: spot.url.clone(),
            state,
            on_home: spot.on_home,
            places: spot.places.clone(),
            place_count: spot.count,
            evidence,
        });
    }
    found.sort_by(|left, right| left.url.cmp(&right.url));
    (found, looked)
}

/// State of one address outside of the link table (store page, download).
pub(super) fn lone(url: &str, captures: &[Capture], soft_missing: bool) -> LinkFacts {
    let mut captures: Vec<&Capture> = captures.iter().collect();
    captures.sort_by_key(|capture| capture.at);
    let looks: Vec<Look> = captures
        .iter()
        .map(|capture| match look(capture, true) {
            Look::Good if soft_missing => bad("soft_404", "打开后提示内容不存在或已下架"),
            other => other,
        })
        .collect();
    let state = if captures.is_empty() {
        LinkState::Unknown {
            reason: UndeterminedReason::NotGathered,
            why: "未检查".to_owned(),
        }
    } else {
        combine(&looks, &captures)
    };
    LinkFacts {
        url: url.to_owned(),
        state,
        on_home: false,
        places: Vec::new(),
        place_count: 0,
        evidence: captures
            .iter()
            .map(|capture| capture.evidence.clone())
            .collect(),
    }
}
