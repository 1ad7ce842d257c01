//! 内容安全: what a security officer would stop at on a page. Signs hold personal data masked; nothing else of it leaves this module.
//!
//! One file for each thing looked for; `lists` are what they go by. `read` reads a page, `read_document` the text of a file.

mod css;
mod harmful;
mod hidden;
mod hosts;
mod leaks;
pub(crate) mod lists;
mod mask;
mod numbers;
mod personal;
mod scripts;
mod skeleton;
mod source;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
mod wording;

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::dom::Dom;
use super::links::PageLinks;
use super::model::{Sign, SignCase};
use super::text::lowercase;
use super::{charset, page};
use crate::evidence::Purpose;
use crate::verdict::Confidence;
pub use source::{masked_source, masked_text};

pub use lists::{FILES as LIST_FILES, SafetyLists};

pub(crate) use hosts::{host_of, registered};
pub(crate) use mask::Secrets;

/// Signs of one page that are kept.
const SIGNS_MAX: usize = 1000;

/// What is read of a page.
pub(crate) struct Input<'a> {
    pub dom: &'a Dom<'a>,
    pub links: &'a PageLinks,
    pub metas: &'a BTreeMap<String, String>,
    pub title: &'a str,
    pub url: &'a str,
    pub purpose: &'a Purpose,
    pub today: Date,
    pub lists: &'a SafetyLists,
}

/// What a page shows: signs, the numbers to strike out of its other facts, and its skeleton where it is a home page.
#[derive(Default)]
pub(crate) struct Shown {
    pub signs: Vec<Sign>,
    pub secrets: Secrets,
    pub skeleton: u64,
}

/// Reads a page.
pub(crate) fn read(input: &Input) -> Shown {
    let Input {
        dom, links, lists, ..
    } = *input;
    let mut shown = Shown::default();
    let signs = &mut shown.signs;
    personal::read(dom.whole_text(), input.today, &mut shown.secrets, signs);
    wordings(dom.lower_text(), lists, signs);
    let own = hosts::host_of(input.url);
    outline(input, own, signs);
    let mut known = hosts::Hosts::new(own, &lists.hosts);
    let whose: Vec<hosts::Whose> = links
        .iter()
        .map(|link| known.whose(host_of(link.url)))
        .collect();
    harmful::links(links, &whose, lists, signs);
    hidden::read(dom, links, (own, &whose), lists, signs);
    scripts::read(dom, own, lists, signs);
    leaks::leaks(input.title, input.url, links, signs);
    let is_home = leaks::is_front(input.url);
    if is_home {
        leaks::prompt(dom, own, links, lists, signs);
    }
    if is_home || matches!(input.purpose, Purpose::HomeSnapshot { .. }) {
        shown.skeleton = skeleton::of(dom);
    }
    if is_home {
        skeleton::parts(dom, signs);
    }
    settle(signs, &shown.secrets);
    shown
}

/// Harmful and severe words of a text in lower case.
fn wordings(lower: &str, lists: &SafetyLists, signs: &mut Vec<Sign>) {
    let words = lists.words_in(lower);
    if !words.is_empty() {
        harmful::text(lower, &words, lists, signs);
        wording::read(lower, &words, lists, signs);
    }
}

/// Signs of a text that came out of a file.
pub fn read_document(text: &str, today: Date, lists: &SafetyLists) -> Vec<Sign> {
    let (mut signs, mut secrets) = (Vec::new(), Secrets::default());
    personal::read(text, today, &mut secrets, &mut signs);
    let lower = lowercase(text);
    let words = lists.words_in(&lower);
    wording::read(&lower, &words, lists, &mut signs);
    settle(&mut signs, &secrets);
    signs
}

/// Signs of a page's text, as the page's reader finds them in it; `lap` is called behind each step, for those who measure.
pub fn read_text_in_steps(
    text: &str,
    today: Date,
    lists: &SafetyLists,
    lap: &mut dyn FnMut(&'static str),
) -> Vec<Sign> {
    let (mut signs, mut secrets) = (Vec::new(), Secrets::default());
    personal::read(text, today, &mut secrets, &mut signs);
    lap("个人隐私");
    let lower = lowercase(text);
    lap("转小写");
    wordings(&lower, lists, &mut signs);
    lap("严重表述、赌博色情用语");
    settle(&mut signs, &secrets);
    signs
}

/// What a page of a stranger, to which a site links, advertises by its title, its tags or its text: an expired domain may serve
/// something else by now. `None` where it advertises nothing.
pub fn outside_page(
    url: &str,
    content_type: &str,
    body: &[u8],
    lists: &SafetyLists,
) -> Option<Sign> {
    let host = hosts::host_of(url).to_ascii_lowercase();
    if hosts::whose(&host, "", &lists.hosts) != hosts::Whose::Strange {
        return None;
    }
    let text = charset::decode(body, charset::detect(body, content_type));
    let dom = Dom::parse(text);
    let title = page::title(&dom);
    let metas = page::metas(&dom);
    let meta = |name: &str| metas.get(name).map_or("", String::as_str);
    let mut signs = Vec::new();
    let parts = [
        ("title", title.as_str()),
        ("keywords", meta("Keywords")),
        ("description", meta("Description")),
    ];
    harmful::outline(parts.into_iter(), lists, &mut signs);
    let lower = dom.lower_text();
    harmful::text(lower, &lists.words_in(lower), lists, &mut signs);
    let found = signs.into_iter().next()?;
    let harm = harmful::harm_of(&found.what, "", lists)?;
    Some(Sign {
        case: harm.case(),
        what: url.to_owned(),
        way: "target".to_owned(),
        quote: found.quote,
        confidence: Confidence::Medium,
    })
}

/// The host of a web address, where it is a stranger to the site of `own`.
pub fn stranger(address: &str, own: &str, lists: &SafetyLists) -> Option<String> {
    let address = address.trim();
    let lower = address.to_ascii_lowercase();
    if !lower.starts_with("http://") && !lower.starts_with("https://") {
        return None;
    }
    let host = hosts::host_of(&lower);
    let whose = hosts::whose(host, hosts::host_of(own), &lists.hosts);
    (whose == hosts::Whose::Strange).then(|| host.to_owned())
}

fn outline(input: &Input, own: &str, signs: &mut Vec<Sign>) {
    let meta = |name: &str| input.metas.get(name).map_or("", String::as_str);
    let parts = [
        ("title", input.title),
        ("keywords", meta("Keywords")),
        ("description", meta("Description")),
    ];
    harmful::outline(parts.into_iter(), input.lists, signs);
    let kana = |c: &char| ('\u{3040}'..='\u{30ff}').contains(c);
    if input.title.chars().filter(kana).count() >= 6 {
        signs.push(Sign {
            case: SignCase::TamperedTitle,
            what: input.title.to_owned(),
            way: "foreign".to_owned(),
            quote: input.title.to_owned(),
            confidence: Confidence::Low,
        });
    }
    // The tag of the rule names the site's own domain.
    let said = meta("SiteDomain").trim().to_ascii_lowercase();
    let hosts_said: Vec<&str> = said
        .split([',', ';', '，', '、', ' ', '|'])
        .map(hosts::host_of)
        .filter(|host| host.contains('.'))
        .collect();
    let is_host = said.contains('.') && said.is_ascii();
    let is_own = |host: &&str| hosts::registered(host) == hosts::registered(own);
    // Beside its own a site may name another government domain, and no other one.
    let is_government = |host: &&str| host.ends_with(".gov.cn") || host.ends_with(".xn--zfr164b");
    let foreign = hosts_said
        .iter()
        .find(|host| !is_own(host) && !is_government(host));
    let has_own = hosts_said.iter().any(is_own);
    let what = match (has_own, foreign) {
        (false, _) => Some(said.clone()),
        (true, foreign) => foreign.map(|host| (*host).to_owned()),
    };
    if let Some(what) = what.filter(|_| is_host) {
        signs.push(Sign {
            case: SignCase::OtherHost,
            what,
            way: "SiteDomain".to_owned(),
            quote: format!("<meta name=\"SiteDomain\" content=\"{said}\">"),
            confidence: Confidence::Low,
        });
    }
}

/// Signs in order, each once, none with a number as it was.
fn settle(signs: &mut Vec<Sign>, secrets: &Secrets) {
    if !secrets.is_empty() {
        for sign in signs.iter_mut() {
            let is_address = sign.what.starts_with("http");
            if !is_address {
                sign.what = secrets.strike(&sign.what).into_owned();
            }
            sign.quote = secrets.strike(&sign.quote).into_owned();
        }
    }
    signs.sort();
    signs.dedup_by(|a, b| (a.case, &a.what, &a.way) == (b.case, &b.what, &b.way));
    signs.truncate(SIGNS_MAX);
}
