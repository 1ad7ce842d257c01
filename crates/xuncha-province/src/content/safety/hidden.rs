//! Ways to hide a link from readers, and what looks hidden and is how pages are built.
//!
//! `{u}` is the stranger's address, `{h}` the same without its scheme, `{t}` a text that says nothing, `{n}` a number of its own.

/// 藏法: the word of the truth file and what stands on the page.
pub(super) const WAYS: &[(&str, &str)] = &[
    (
        "text_indent",
        "<div style=\"text-indent:-9999px\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "no_height",
        "<div style=\"height:0px;overflow:hidden;line-height:0\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "off_screen",
        "<div style=\"position:absolute;left:-3000px;top:-3000px\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "font_size",
        "<span style=\"font-size:0px\"><a href=\"{u}\">{t}</a></span>",
    ),
    (
        "same_colour",
        "<div style=\"background-color:#ffffff\"><a href=\"{u}\" style=\"color:#fff\">{t}</a></div>",
    ),
    (
        "marquee",
        "<marquee height=\"1\" width=\"4\" scrollamount=\"3000\"><a href=\"{u}\">{t}</a></marquee>",
    ),
    (
        "display_none_gambling",
        "<div id=\"qd{n}\" style=\"display:none\"><a href=\"{u}\">澳门新葡京</a></div>",
    ),
    (
        "written_hidden",
        "<script>document.write('<div style=\"display:none\"><a href=\"{u}\">x</a></div>');</script>",
    ),
    (
        "iframe",
        "<iframe src=\"{u}\" width=\"0\" height=\"0\"></iframe>",
    ),
    (
        "clip",
        "<div style=\"position:absolute;clip:rect(0 0 0 0)\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "display_none",
        "<p style=\"display:none\"><a href=\"{u}\">{t}</a></p>",
    ),
    (
        "visibility",
        "<div style=\"visibility:hidden\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "opacity",
        "<div style=\"opacity:0\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "filter",
        "<div style=\"filter:alpha(opacity=0);opacity:0.0\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "off_screen_fixed",
        "<div style=\"position:fixed;top:-1200px\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "margin",
        "<div style=\"margin-left:-9000px\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "margin_above",
        "<div style=\"margin:-3000px 0 0 0\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "max_height",
        "<div style=\"max-height:0;overflow:hidden\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "no_width",
        "<div style=\"width:1px;overflow:hidden;white-space:nowrap\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "scale",
        "<div style=\"transform:scale(0)\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "translate",
        "<div style=\"transform:translateX(-9999px)\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "behind",
        "<div style=\"position:absolute;z-index:-99\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "transparent",
        "<a href=\"{u}\" style=\"color:transparent\">{t}</a>",
    ),
    (
        "no_alpha",
        "<a href=\"{u}\" style=\"color:rgba(255,255,255,0)\">{t}</a>",
    ),
    (
        "font_of_the_page",
        "<table><tr><td bgcolor=\"#FFFFFF\"><a href=\"{u}\"><font color=\"#ffffff\">{t}</font></a></td></tr></table>",
    ),
    (
        "letter_spacing",
        "<div style=\"letter-spacing:-60px\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "content_visibility",
        "<div style=\"content-visibility:hidden\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "clip_path",
        "<div style=\"clip-path:inset(100%)\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "rule_of_a_sheet",
        "<style>.zk{n}{text-indent:-8000px}</style><div class=\"zk{n}\"><a href=\"{u}\">{t}</a></div>",
    ),
    (
        "rule_by_id",
        "<style>#zj{n}{position:absolute;left:-4000px}</style><div id=\"zj{n}\"><a href=\"{u}\">时时彩平台</a></div>",
    ),
    (
        "font_size_of_a_sheet",
        "<style>.zf{n}{font-size:0}</style><span class=\"zf{n}\"><a href=\"{u}\">{t}</a></span>",
    ),
    ("one_dot", "<p>报名地点另行通知<a href=\"{u}\">.</a></p>"),
    (
        "one_pixel",
        "<a href=\"{u}\"><img src=\"/images/mark0.png\" width=\"1\" height=\"1\" alt=\"\" /></a>",
    ),
    (
        "hidden_inside",
        "<a href=\"{u}\"><span style=\"display:none\">真人百家乐</span></a>",
    ),
    (
        "attribute_hidden",
        "<p hidden=\"hidden\"><a href=\"{u}\">{t}</a></p>",
    ),
    (
        "frame_of_no_display",
        "<iframe src=\"{u}\" style=\"display:none\"></iframe>",
    ),
    (
        "frame_of_one_pixel",
        "<iframe src=\"//{h}\" width=\"1\" height=\"1\" frameborder=\"0\"></iframe>",
    ),
    (
        "written_marquee",
        "<script>document.write('<marquee height=1 width=1><a href={u}>x</a></marquee>');</script>",
    ),
    (
        "hidden_by_script",
        "<div id=\"yc{n}\"><a href=\"{u}\">北京赛车pk10</a></div><script>document.write('<style>#yc{n}{display:none}</style>');</script>",
    ),
    (
        "escaped",
        "<script>document.write(unescape('{%}'));</script>",
    ),
    (
        "character_codes",
        "<script>eval(String.fromCharCode({#}));</script>",
    ),
    ("hexadecimal", "<script>document.write('{x}');</script>"),
    ("base64", "<script>document.write(atob('{b}'));</script>"),
];

/// 近似: how pages are built, to no harm.
pub(super) const USUAL: &[(&str, &str)] = &[
    (
        "drop_down",
        "<div class=\"sub\" style=\"display:none\"><a href=\"{u}\">云岭新闻网</a></div>",
    ),
    (
        "tab",
        "<div id=\"tab{n}\" style=\"display:none\"><a href=\"{u}\">云岭新闻网</a></div>",
    ),
    (
        "hidden_government_link",
        "<div style=\"display:none\"><a href=\"https://www.gov.cn/\">中国政府网</a></div>",
    ),
    (
        "white_on_red",
        "<div style=\"background:#c00\"><a style=\"color:#fff\" href=\"{u}\">云岭新闻网</a></div>",
    ),
    (
        "slide",
        "<div class=\"slide\" style=\"position:absolute;left:-1000px\"><a href=\"{u}\"><img src=\"/images/pic1.svg\" alt=\"云岭新闻网\" /></a></div>",
    ),
    (
        "scrolling_line",
        "<marquee height=\"26\" scrollamount=\"3\"><a href=\"{u}\">云岭新闻网：今日要闻</a></marquee>",
    ),
    (
        "cut_box",
        "<div style=\"height:40px;overflow:hidden\"><a href=\"{u}\">云岭新闻网</a></div>",
    ),
    (
        "shown_on_hover",
        "<style>.xl{n}{display:none}li:hover .xl{n}{display:block}</style><ul><li>相关链接<div class=\"xl{n}\"><a href=\"{u}\">云岭新闻网</a></div></li></ul>",
    ),
    (
        "picture_for_text",
        "<a class=\"logo{n}\" style=\"text-indent:-9999px\" href=\"{u}\">云岭新闻网</a>",
    ),
    (
        "white_text",
        "<p><a href=\"{u}\" style=\"color:#ffffff\">云岭新闻网</a></p>",
    ),
];

/// A way with its address, text and number, its script veiled where the way says so.
pub(super) fn filled(template: &str, url: &str, nth: usize) -> String {
    let bare = url.trim_start_matches("http://");
    let written = format!("<div style=\"display:none\"><a href=\"{url}\">x</a></div>");
    let hex: String = written
        .bytes()
        .map(|byte| format!("\\x{byte:02x}"))
        .collect();
    let percent: String = written.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let codes: Vec<String> = format!("document.write('{written}')")
        .bytes()
        .map(|byte| byte.to_string())
        .collect();
    template
        .replace("{u}", url)
        .replace("{h}", bare)
        .replace("{t}", "推荐阅读")
        .replace("{n}", &nth.to_string())
        .replace("{%}", &percent)
        .replace("{#}", &codes.join(","))
        .replace("{x}", &hex)
        .replace("{b}", &base64(written.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let number = three
            .iter()
            .fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for place in 0..4 {
            let sign = SIGNS[(number >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= three.len() {
                char::from(sign)
            } else {
                '='
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_thirty_ways_and_more_each_with_its_own_word() {
        let words: std::collections::BTreeSet<&str> = WAYS.iter().map(|(word, _)| *word).collect();
        assert_eq!(words.len(), WAYS.len());
        assert!(words.len() >= 30, "{}", words.len());
    }

    #[test]
    fn letters_are_veiled_as_scripts_unveil_them() {
        for (plain, veiled) in [("", ""), ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj")] {
            assert_eq!(base64(plain.as_bytes()), veiled);
        }
        let way = filled("{x} {#}", "http://a/", 1);
        assert!(way.starts_with("\\x3c\\x64"), "{way}");
        assert!(way.contains(" 100,111,99,"), "{way}");
    }
}
