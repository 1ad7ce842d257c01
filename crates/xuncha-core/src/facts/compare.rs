//! Both ways to the links of a page, compared: what the tests and `cargo xtask bench facts --compare` ask.

use super::html::{Comparison, GaveUp};
use super::lexicons::Lexicons;
use super::missing::SHORT_PAGE_CHARS;
use super::model::PageFacts;
use super::page::{ByTags, links_by};
use crate::evidence::Capture;

/// Reads the links of a page from its tags alone and from its tree, and tells whether they are the same.
pub fn compare_skim(capture: &Capture, body: &[u8], lexicons: &Lexicons) -> Comparison {
    let skimmed = match links_by(ByTags::Yes, capture, body, lexicons) {
        Ok(skimmed) => skimmed,
        Err(GaveUp(reason)) => return Comparison::GaveUp(reason),
    };
    let Ok(whole) = links_by(ByTags::No, capture, body, lexicons) else {
        return Comparison::Differ(format!("a missing page: {}", skimmed.title));
    };
    // A tree has its bounds, which tags alone do not reach.
    if whole.capture.truncated {
        return Comparison::GaveUp("bounds of the tree");
    }
    for ((name, one), (_, other)) in lines(&skimmed).into_iter().zip(lines(&whole)) {
        if one != other {
            let at = one.iter().zip(&other).position(|(one, other)| one != other);
            let at = at.unwrap_or(one.len().min(other.len()));
            return Comparison::Differ(format!(
                "{name} {at}: by tags {:?}, by tree {:?}",
                one.get(at),
                other.get(at)
            ));
        }
    }
    Comparison::Same
}

/// What a check of links alone goes by.
fn lines(facts: &PageFacts) -> [(&'static str, Vec<String>); 5] {
    let words = [
        facts.title.clone(),
        facts.charset.clone(),
        facts.blocked_wording.clone(),
        format!("script {}", facts.needs_script),
        format!("chars {}", facts.text_chars.min(SHORT_PAGE_CHARS + 1)),
        format!("simhash {:x}", facts.text_simhash),
    ];
    let links = facts.links.iter();
    let links = links.map(|link| {
        format!(
            "{:?} {} {:?} {}",
            link.kind, link.url, link.text, link.count
        )
    });
    let anchors = &facts.anchors;
    let wanted = anchors.wanted();
    let wanted = wanted.map(|(place, fragment)| format!("{place} #{fragment}"));
    let flags = format!("{} {}", anchors.is_whole, anchors.has_scripts);
    let ids = anchors.ids.iter().map(|id| format!("{id:x}"));
    let forms = facts.search_forms.iter().map(|form| format!("{form:?}"));
    [
        ("words", words.to_vec()),
        ("links", links.collect()),
        ("wanted", wanted.collect()),
        ("ids", ids.chain([flags]).collect()),
        ("forms", forms.collect()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::test_capture;

    fn compared(html: &str) -> Comparison {
        // A page that shows little is never read from its tags.
        let page = format!("{html}<p>{}</p>", "本页的内容足够长，".repeat(12));
        let capture = test_capture("https://www.qingshi.gov.cn/zwgk/t1.html");
        compare_skim(&capture, page.as_bytes(), &Lexicons::builtin())
    }

    #[test]
    fn plain_structure_is_read_from_tags() {
        for html in [
            "<html><head><title>青石市</title><base target=_blank><link rel=stylesheet href=a.css></head><body id=top background=b.png>",
            "<h1>通知<a name=x>公告</a></h1><a href=1>一<b>二</b></a><a href='1#x' title=全名>短…</a><a href=#x>x</a>",
            "<a href=1><div>块</div><img src=i.png alt=图></a><img srcset='a.png 1x, b.png 2x' id=pic>",
            "<div style='display:none'><ul><li><a href=1>隐</a></ul></div><span hidden>藏<a href=2>二</a></span>显",
            "<form action=/s><div><input name=q placeholder=搜索></div><input type=hidden name=c value=1></form>",
            "<table><tr><td><a href=1>一</a><td><table><tr><th>二</table></table>三",
            "<select onchange='window.open(this.value)'><option value=http://a.gov.cn/>甲<option value=http://b.gov.cn/ selected>乙</select>",
            "<script>location.href='/x';document.getElementById('a').innerHTML='<i id=\"w\">'</script><style>a{background:url(b.png)}</style>",
            "<noscript><img src=t.gif></noscript><!-- <a href=no>no</a> --><p onclick=\"window.open('/y')\">一<p>二",
            "<a href=1><svg viewBox='0 0 1 1'><title>图标</title><g id=g1><path d=M0 /></g></svg>文</a>",
            "<h2><a href=1>一</a></h2><h3>二</h3><iframe src=f.html>x</iframe><object data=o.swf><embed src=e.swf></object>",
        ] {
            assert_eq!(compared(html), Comparison::Same, "{html}");
        }
    }

    #[test]
    fn what_needs_a_tree_is_left_to_it() {
        for html in [
            "<a href=1>一<p>二</a>三",
            "<div><a href=1>一</div>二",
            "<a href=1>一<a href=2>二</a>",
            "<b><a href=1>一</b>二</a>",
            "<table><a href=1>一</a><tr><td>二</table>",
            "<table>一<tr><td>二</table>",
            "<td id=x>一</td>",
            "<form><div><input name=q></form></div>",
            "<template><a href=1>一</a></template>",
            "<svg><a href=1><text>一</text></a></svg>",
            "<frameset><frame src=a></frameset>",
            "<li hidden>一<li>二",
            "<p>一<body id=x>",
            "<script>'<noscript>'</script><a href=1>一</a>",
            "一\r\n二",
            "<link charset>\u{feff}一",
        ] {
            assert!(
                matches!(compared(html), Comparison::GaveUp(_)),
                "{html}: {:?}",
                compared(html)
            );
        }
    }
}
