//! The seven marks that a footer must carry, as seen on one page.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use memchr::memmem;
use regex::Regex;

use super::dom::Dom;
use super::html::names::Tag;
use super::lexicons::Lexicons;
use super::model::{Area, Mark, MarkSeen};
use super::text::{cut, holds_word, pattern};

/// Reads all marks; each of the seven has an entry.
pub(crate) fn read(dom: &Dom, lexicons: &Lexicons) -> BTreeMap<Mark, MarkSeen> {
    let text = footer_text(dom);
    let references = references(dom);
    let hidden_in = unreadable_sources(dom);
    Mark::ALL
        .into_iter()
        .map(|mark| {
            let value = match mark {
                Mark::党政机关网站标识 => conac(&references),
                Mark::网站标识码 => site_code(&text),
                Mark::ICP备案编号 => icp(&text),
                Mark::公安机关备案标识 => police(&text, &references),
                Mark::网站主办单位 => host(&text, lexicons),
                Mark::联系方式 => contact(dom, &text, lexicons),
                Mark::找错入口 => error_entry(dom, &text, &references, lexicons),
            };
            let seen = match value {
                Some(value) => MarkSeen::Present {
                    value: cut(value.trim(), 80),
                },
                None if hidden_in.contains(&mark) => MarkSeen::Unreadable,
                None => MarkSeen::Absent,
            };
            (mark, seen)
        })
        .collect()
}

/// Lines of the footer, and of boxes beside the content in the last third of the page; of all that third where no footer could be told. Alternative texts of images count as text.
fn footer_text(dom: &Dom) -> Vec<String> {
    let has_footer = dom.nodes.iter().any(|node| node.area == Area::Footer);
    let from = dom.chars - dom.chars / 3;
    let is_wanted = |index: usize| {
        let node = &dom.nodes[index];
        let is_low = node.chars_before >= from;
        match node.area {
            Area::Footer => true,
            // Boxes below the content, above what the template calls the footer.
            Area::Beside => is_low,
            Area::Body => is_low && !has_footer,
            Area::Navigation => false,
        }
    };
    let mut lines: Vec<String> = dom
        .all_lines()
        .iter()
        .filter(|line| is_wanted(line.node))
        .map(|line| line.text.clone())
        .collect();
    for index in dom.named(Tag::Img).filter(|index| is_wanted(*index)) {
        for name in ["alt", "title"] {
            if let Some(text) = dom
                .attr(index, name)
                .map(str::trim)
                .filter(|text| text.chars().count() > 3)
            {
                lines.push(text.to_owned());
            }
        }
    }
    lines
}

/// What the page refers to or runs: addresses and inline scripts, lower case, one after another.
struct References {
    text: String,
    starts: Vec<u32>,
}

impl References {
    fn push(&mut self, reference: &str) {
        self.starts.push(self.text.len() as u32);
        self.text.push_str(reference);
        self.text.push('\n');
    }

    /// The reference at a byte.
    fn at(&self, byte: usize) -> &str {
        let place = self.starts.partition_point(|start| *start as usize <= byte);
        let start = self.starts[place.saturating_sub(1)] as usize;
        let end = self.starts.get(place);
        let end = end.map_or(self.text.len(), |end| *end as usize);
        &self.text[start..end - 1]
    }

    /// The first reference that holds one of the signs.
    fn find(&self, signs: &[&str]) -> Option<&str> {
        signs
            .iter()
            .filter_map(|sign| memmem::find(self.text.as_bytes(), sign.as_bytes()))
            .min()
            .map(|byte| self.at(byte))
    }

    /// The references that hold a sign, in order; one may come twice.
    fn holding(&self, sign: &'static str) -> impl Iterator<Item = &str> + '_ {
        memmem::find_iter(self.text.as_bytes(), sign).map(|byte| self.at(byte))
    }
}

fn references(dom: &Dom) -> References {
    let mut all = References {
        text: String::with_capacity(8192),
        starts: Vec::with_capacity(256),
    };
    for index in 0..dom.nodes.len() {
        for name in ["href", "src", "id", "onclick"] {
            if let Some(value) = dom
                .attr(index, name)
                .filter(|value| !value.starts_with("data:"))
            {
                all.push(value);
            }
        }
        if dom.nodes[index].tag == Tag::Script && dom.attr(index, "src").is_none() {
            let script = dom.raw_text(index);
            if script.len() < 20_000 {
                all.push(&script);
            }
        }
    }
    all.text.make_ascii_lowercase();
    all
}

fn conac(references: &References) -> Option<String> {
    references
        .find(&["conac.cn", "_ideconac"])
        .map(|reference| cut(reference, 80))
}

fn site_code(lines: &[String]) -> Option<String> {
    static CODE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)标识(?:编)?码\s*(?:为)?\s*[：:]?\s*(bm\d{8}|\d{10})(?:\D|$)")
    });
    static SPLIT: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)^\s*[：:]?\s*(bm\d{8}|\d{10})\s*$"));
    lines
        .iter()
        .filter(|line| line.contains('码'))
        .find_map(|line| CODE.captures(line).map(|hit| hit[1].to_owned()))
        .or_else(|| {
            let at = lines
                .iter()
                .position(|line| line.trim_end_matches(['：', ':']).ends_with("标识码"))?;
            SPLIT
                .captures(lines.get(at + 1)?)
                .map(|hit| hit[1].to_owned())
        })
}

fn icp(lines: &[String]) -> Option<String> {
    static ICP: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)[\p{Han}]\s?ICP\s?[备证]\s?(?:案)?\s?\d{5,10}\s?号?(?:\s?-\s?\d{1,3})?")
    });
    lines
        .iter()
        .filter(|line| holds_word(line, "icp"))
        .find_map(|line| ICP.find(line).map(|hit| hit.as_str().replace(' ', "")))
}

fn police(lines: &[String], references: &References) -> Option<String> {
    static POLICE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"[\p{Han}]\s?公网安备\s?\d{10,14}\s?号?|公安(?:机关)?(?:联网)?备案(?:编)?号?\s?[：:]?\s?\d{10,14}",
        )
    });
    static RECORD: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:beian\.(?:gov|mps\.gov)\.cn\S*?(?:recordcode|code)=)(\d{10,14})")
    });
    lines
        .iter()
        .filter(|line| line.contains("公网安备") || line.contains("公安"))
        .find_map(|line| POLICE.find(line).map(|hit| hit.as_str().to_owned()))
        .or_else(|| {
            references
                .holding("beian.")
                .find_map(|reference| RECORD.captures(reference).map(|hit| hit[1].to_owned()))
        })
}

fn host(lines: &[String], lexicons: &Lexicons) -> Option<String> {
    labelled(lines, &lexicons.host_labels.words)
        .filter(|value| value.chars().filter(|c| c.is_alphabetic()).count() >= 2)
        .or_else(|| lines.iter().find_map(|line| hosting(line)))
}

/// A unit before the word: 青石市人民政府办公室主办.
fn hosting(line: &str) -> Option<String> {
    static HOSTING: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:^|[\s\p{P}由])([\p{Han}]{2,28}(?:政府|办公室|[局委厅会院部办处所]|中心))\s?主办(?:$|[\s，,；;。、|｜])",
        )
    });
    let hit = line
        .contains("主办")
        .then(|| HOSTING.captures(line))
        .flatten()?;
    let unit = hit[1].rsplit('由').next().unwrap_or_default();
    Some(unit.to_owned())
}

fn contact(dom: &Dom, lines: &[String], lexicons: &Lexicons) -> Option<String> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?:\(?（?0\d{2,3}[)）]?[-—－ ]?)?\d{7,8}(?:\D|$)|1[3-9]\d{9}|400-?\d{3}-?\d{4}|123\d{2}|[\w.]+@[\w.-]+\.\w+",
        )
    });
    let by_label = lines.iter().find_map(|line| {
        let label = lexicons
            .contact_labels
            .words
            .iter()
            .find(|label| line.contains(label.as_str()))?;
        let at = line.find(label.as_str())? + label.len();
        NUMBER.find(&line[at..]).map(|hit| hit.as_str().to_owned())
    });
    by_label.or_else(|| {
        // 联系我们 as a link of the footer leads to the contact.
        dom.named(Tag::A)
            .find(|index| {
                dom.nodes[*index].area == Area::Footer
                    && matches!(dom.text(*index).as_str(), "联系我们" | "联系方式")
                    && dom
                        .attr(*index, "href")
                        .is_some_and(|href| !href.is_empty() && href != "#")
            })
            .map(|index| dom.text(index))
    })
}

/// `label：value` up to the next gap; the value may stand in the next line.
fn labelled(lines: &[String], labels: &[String]) -> Option<String> {
    for (at, line) in lines.iter().enumerate() {
        for label in labels {
            let Some(found) = line.find(label.as_str()) else {
                continue;
            };
            let rest = line[found + label.len()..].trim_start();
            let Some(rest) = rest
                .strip_prefix(['：', ':'])
                .or(rest.is_empty().then_some(""))
            else {
                continue;
            };
            let rest = rest.trim();
            let value = if rest.is_empty() {
                lines.get(at + 1).map_or("", String::as_str)
            } else {
                rest
            };
            let value = value
                .split(|c: char| c.is_whitespace() || matches!(c, '|' | '｜' | '，' | '；'))
                .next()
                .unwrap_or_default();
            if !value.is_empty() && !value.contains(['：', ':']) {
                return Some(value.to_owned());
            }
        }
    }
    None
}

fn error_entry(
    dom: &Dom,
    lines: &[String],
    references: &References,
    lexicons: &Lexicons,
) -> Option<String> {
    let by_reference =
        references.find(&["_jiucuo_", "jiucuo", "zfwzzc", "sitecode=", "site_code="]);
    if let Some(reference) = by_reference {
        return Some(cut(reference, 80));
    }
    // One look at all texts together tells most pages from those whose links are worth looking at.
    let all = super::links::all_anchor_words(dom);
    let linked = if lexicons.error_entry.may_hit(all).is_empty() {
        None
    } else {
        dom.named(Tag::A)
            .map(|index| super::links::anchor_words(dom, index))
            .find(|text| lexicons.error_entry.find(text).is_some())
            .map(str::to_owned)
    };
    linked.or_else(|| lines.iter().find(|line| line.contains("找错")).cloned())
}

/// A footer that shows fewer characters shows no marks.
const FOOTER_CHARS_MIN: u32 = 30;
/// What counts visitors, or shows one mark that is read by its address.
const KNOWN_SCRIPTS: [&str; 9] = [
    "conac",
    "jiucuo",
    "zfwzzc",
    "hm.baidu",
    "cnzz",
    "51.la",
    "51yes",
    "google",
    "gov.cn/js/share",
];

/// Visible characters of the footer; `None` where none could be told.
fn footer_chars(dom: &Dom) -> Option<u32> {
    let mut total = None;
    let mut index = 0;
    while index < dom.nodes.len() {
        if dom.nodes[index].area == Area::Footer {
            total = Some(total.unwrap_or(0) + dom.chars_of(index));
            index = dom.nodes[index].end();
        } else {
            index += 1;
        }
    }
    total
}

/// Whether an image says nothing in words.
fn is_wordless(dom: &Dom, image: usize) -> bool {
    let words = ["alt", "title"]
        .iter()
        .filter_map(|name| dom.attr(image, name));
    !words.into_iter().any(|words| !words.trim().is_empty())
}

/// Whether the whole bottom of the page may be an image or be written by a script: a footer that shows next to nothing beside one, or,
/// where there is no footer, one behind all that the page shows.
fn is_footer_unreadable(dom: &Dom, footer_chars: Option<u32>) -> bool {
    let images = || dom.named(Tag::Img).filter(|image| is_wordless(dom, *image));
    let is_behind_all = |index: usize| dom.nodes[index].chars_before >= dom.chars;
    let is_inside = |index: &usize| dom.nodes[*index].area == Area::Footer;
    let writes = |script: usize| {
        let source = dom.attr(script, "src").unwrap_or("").to_ascii_lowercase();
        match source.is_empty() {
            true => {
                let script = dom.raw_text(script);
                ["document.write", "innerHTML", ".html(", "append("]
                    .iter()
                    .any(|sign| script.contains(sign))
            }
            false => !KNOWN_SCRIPTS.iter().any(|known| source.contains(known)),
        }
    };
    let Some(chars) = footer_chars else {
        let mut last = dom
            .named(Tag::Script)
            .filter(|script| is_behind_all(*script));
        return images().any(is_behind_all) || last.any(writes);
    };
    if chars >= FOOTER_CHARS_MIN {
        return false;
    }
    let mut scripts = dom.named(Tag::Script);
    images().any(|image| is_inside(&image))
        || dom.named(Tag::Script).filter(is_inside).any(writes)
        || chars == 0 && scripts.any(writes)
}

/// Marks that may stand in an image without text, a frame or a script of the footer.
fn unreadable_sources(dom: &Dom) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let footer_chars = footer_chars(dom);
    if is_footer_unreadable(dom, footer_chars) {
        return Mark::ALL.to_vec();
    }
    let footer_chars = footer_chars.unwrap_or(0);
    for index in (0..dom.nodes.len()).filter(|index| {
        let node = &dom.nodes[*index];
        matches!(node.tag, Tag::Img | Tag::Iframe | Tag::Frame | Tag::Script)
            && (node.area == Area::Footer || footer_chars == 0)
    }) {
        let source = dom.attr(index, "src").unwrap_or("").to_ascii_lowercase();
        if source.is_empty() {
            continue;
        }
        let file = source.rsplit('/').next().unwrap_or_default();
        let is_footer_file = ["foot", "bottom", "copyright", "banquan"]
            .iter()
            .any(|word| file.contains(word));
        match dom.name(index) {
            "img" if is_wordless(dom, index) => {
                if is_footer_file {
                    marks.extend(Mark::ALL);
                }
                for (sign, mark) in [
                    ("beian", Mark::公安机关备案标识),
                    ("icp", Mark::ICP备案编号),
                    ("gongan", Mark::公安机关备案标识),
                    ("bsm", Mark::网站标识码),
                    ("sitecode", Mark::网站标识码),
                    ("zhuban", Mark::网站主办单位),
                    ("lianxi", Mark::联系方式),
                    ("contact", Mark::联系方式),
                    ("dzjg", Mark::党政机关网站标识),
                    ("dangzheng", Mark::党政机关网站标识),
                    ("zhaocuo", Mark::找错入口),
                ] {
                    if file.contains(sign) {
                        marks.push(mark);
                    }
                }
            }
            "iframe" | "frame" if is_footer_file || dom.nodes[index].area == Area::Footer => {
                marks.extend(Mark::ALL)
            }
            "script" if is_footer_file && footer_chars < FOOTER_CHARS_MIN => {
                marks.extend(Mark::ALL)
            }
            _ => {}
        }
    }
    marks.sort();
    marks.dedup();
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::links::Resolver;
    use crate::facts::navigation;

    fn marks(footer: &str) -> BTreeMap<Mark, MarkSeen> {
        let mut dom = Dom::parse(format!(
            "<div><p>{}</p></div>{footer}",
            "正文内容".repeat(50)
        ));
        let resolver = Resolver::new("https://www.qingshi.gov.cn/", &dom, encoding_rs::UTF_8);
        let lexicons = Lexicons::builtin();
        navigation::read(&mut dom, &resolver, &lexicons);
        read(&dom, &lexicons)
    }

    #[test]
    fn boxes_between_the_content_and_the_footer_belong_to_the_bottom() {
        let content = "正文内容".repeat(50);
        let footer = "<div class=widgets><p>主办单位：青石县人民政府办公室</p><p>网站标识码：9901230001 云ICP备12345678号-1</p></div><footer class=site-footer>青石县</footer>";
        let page = |content: &str| {
            let page = super::super::test_page(
                "https://www.qingshi.gov.cn/",
                &format!("{content}{footer}"),
            );
            page.marks[&Mark::网站标识码].clone()
        };
        let seen = MarkSeen::Present {
            value: "9901230001".to_owned(),
        };
        assert_eq!(
            page(&format!("<main><h1>首页</h1><p>{content}</p></main>")),
            seen
        );
        // Without a main part the text above the footer may be an article.
        assert_eq!(
            page(&format!("<div><h1>首页</h1><p>{content}</p></div>")),
            MarkSeen::Absent
        );
    }

    #[test]
    fn a_footer_without_words_is_unreadable() {
        for html in [
            "<div class=footer><img src=/images/bottom.jpg></div>",
            "<div class=footer><p>青石县</p><img src=/i/20260301.png></div>",
            "<div class=zz><img src=/footer.png alt=''></div>",
            "<div class=zz><img src=/i/20260301.png></div>",
            "<div id=footer></div><script src=/js/common.js></script>",
            "<div class=footer><script>document.write(footerHtml)</script></div>",
            "<div class=x1><script>document.write(decodeURIComponent('%E4%B8%BB'))</script></div>",
            "<footer><script src=/include/f.js></script></footer>",
        ] {
            let seen = marks(html);
            let all = seen.values().all(|seen| *seen == MarkSeen::Unreadable);
            assert!(all, "{html}: {seen:?}");
        }
        for html in [
            "<div class=footer><p>技术支持：青石科技</p></div>",
            "<div class=footer><p>技术支持：青石科技 青石县融媒体中心 建议使用1024×768以上分辨率浏览</p><img src=/i/1.png></div>",
            "<div class=footer><p>技术支持：青石科技</p><script src=https://hm.baidu.com/hm.js></script></div>",
            "<img src=/i/1.png><p>欢迎访问本网站</p>",
            "<script>document.write('1')</script><p>欢迎访问本网站</p>",
            "<p>欢迎访问本网站</p><script>var a = 1;</script><script src=https://hm.baidu.com/hm.js></script>",
        ] {
            let seen = marks(html);
            assert_eq!(seen[&Mark::网站标识码], MarkSeen::Absent, "{html}");
        }
    }

    #[test]
    fn all_seven_and_near_misses() {
        let full = marks(
            "<div class=footer><p>主办单位：青石市人民政府办公室 承办：青石市大数据局</p><p>网站标识码：9901000001 云ICP备12345678号-1</p>
             <p><a href='http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=99010002000001'><img src=ghs.png>云公网安备 99010002000001号</a></p>
             <p>联系电话：0990-1234567</p><script src='https://dcs.conac.cn/js/1.js'></script><script src='https://zfwzzc.www.gov.cn/check_web/_jiucuo_.js'></script></div>",
        );
        for (mark, seen) in &full {
            assert!(
                matches!(seen, MarkSeen::Present { .. }),
                "{mark:?} {seen:?}"
            );
        }
        let near = marks(
            "<div class=footer><p>技术支持：青石科技 电话：无</p><p>编号 9901000001</p><p>ICP备案</p><img src=logo.png></div>",
        );
        for (mark, seen) in &near {
            assert_eq!(seen, &MarkSeen::Absent, "{mark:?}");
        }
        let other = marks(
            "<footer><p>青石市人民政府办公室主办 青石市大数据局承办 工信部备案：云ICP备05000001号 公安备案号：99010002000001 标识码：9901000001</p></footer>",
        );
        for (mark, value) in [
            (Mark::网站主办单位, "青石市人民政府办公室"),
            (Mark::公安机关备案标识, "公安备案号：99010002000001"),
        ] {
            let value = value.to_owned();
            assert_eq!(other[&mark], MarkSeen::Present { value });
        }
        let news = marks(
            "<div class=footer><p>由县教育局主办的运动会闭幕 公安备案号办理指南 本次活动主办</p></div>",
        );
        assert_eq!(news[&Mark::网站主办单位], MarkSeen::Absent);
        assert_eq!(news[&Mark::公安机关备案标识], MarkSeen::Absent);
        let alt =
            marks("<div class=footer><img src=/i/bsm.png alt='网站标识码：9901000001'></div>");
        assert_eq!(
            alt[&Mark::网站标识码],
            MarkSeen::Present {
                value: "9901000001".to_owned()
            }
        );
    }
}
