//! The footer with its seven marks, each in a usual and an unusual form.

use std::fmt::Write;

use super::shell::{href, planted};
use crate::content::Site;
use crate::content::links::Place;
use crate::content::skin::Shell;

/// The footer with the marks that the site has.
pub fn footer(site: &Site, out: &mut String) {
    let s = &site.skin;
    let tag = if s.shell == Shell::Sections {
        "footer"
    } else {
        "div"
    };
    let _ = write!(
        out,
        "<{tag} class=\"{} foot\"><div class=\"w\">",
        s.class(9)
    );
    let _ = write!(
        out,
        "<p><a href=\"{}\">网站首页</a> | <a href=\"#top\">返回顶部</a></p>",
        href(site, "/")
    );
    for link in site.links.iter().filter(|l| l.place == Place::Footer) {
        planted(site, link, out);
    }
    marks(site, out);
    let _ = write!(
        out,
        "<p>建议使用1024×768以上分辨率浏览本站 &copy; 2015-2026</p></div></{tag}>"
    );
}

/// The seven marks, each with its unusual form.
fn marks(site: &Site, out: &mut String) {
    let d = &site.plan.defects;
    let plan = &site.plan;
    let code = &plan.code;
    let image = |n: u8, alt: &str| {
        format!(
            "<img src=\"{}\" alt=\"{alt}\" width=\"20\" height=\"20\" />",
            href(site, &format!("/images/mark{n}.png"))
        )
    };
    let has = |n: u8| !d.missing_marks.contains(&n);
    let near = |n: u8| d.near_marks.contains(&n);
    out.push_str("<p>");
    if has(4) {
        let org = if plan.kind == crate::model::SiteKind::Portal {
            format!("{}办公室", site.voice.unit)
        } else {
            site.voice.unit.clone()
        };
        let word = if near(4) {
            "主办："
        } else {
            site.skin
                .word(&["主办单位：", "网站主办单位：", "主办单位："])
        };
        let _ = write!(out, "{word}{org}&nbsp;&nbsp;");
    }
    if has(5) {
        let phone = format!(
            "0990-{}",
            2_100_000
                + code
                    .bytes()
                    .fold(0_u32, |n, b| (n * 31 + u32::from(b)) % 800_000)
        );
        let _ = if near(5) {
            write!(out, "{}", image(3, &format!("联系电话：{phone}")))
        } else {
            write!(
                out,
                "{}{phone}",
                site.skin.word(&["联系电话：", "联系方式：", "电话："])
            )
        };
    }
    out.push_str("</p><p>");
    if has(1) {
        let _ = if near(1) {
            write!(out, "{}", image(1, &format!("政府网站标识码 {code}")))
        } else {
            write!(
                out,
                "{}{code}&nbsp;",
                site.skin
                    .word(&["网站标识码：", "政府网站标识码：", "网站标识码:"])
            )
        };
    }
    if has(2) {
        let icp = if near(2) {
            plan.icp.replace("备", "备 ")
        } else {
            plan.icp.clone()
        };
        let _ = write!(
            out,
            "<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{icp}</a>&nbsp;"
        );
    }
    if has(3) {
        let digits: String = plan.police.chars().filter(char::is_ascii_digit).collect();
        let address =
            format!("http://www.beian.gov.cn/portal/registerSystemInfo?recordcode={digits}");
        let text = if near(3) {
            image(2, &plan.police.replace(' ', ""))
        } else {
            format!("{}{}", image(2, ""), plan.police)
        };
        let _ = write!(out, "<a href=\"{address}\">{text}</a>");
    }
    out.push_str("</p><p>");
    if has(0) {
        let _ = if near(0) {
            write!(
                out,
                "<a href=\"http://bszs.conac.cn/sitename?method=show&amp;id=0{code}\">{}</a>",
                image(0, "党政机关网站标识")
            )
        } else {
            write!(
                out,
                "<span id=\"_ideConac\"><a href=\"http://bszs.conac.cn/sitename?method=show&amp;id=0{code}\"><img src=\"http://dcs.conac.cn/image/red.png\" alt=\"党政机关\" width=\"40\" height=\"50\" /></a></span><script type=\"text/javascript\" src=\"http://dcs.conac.cn/js/99/000/0000/{code}/CA99{code}.js\"></script>"
            )
        };
    }
    if has(6) {
        let shown = if has(1) { code.as_str() } else { "" };
        let _ = if near(6) {
            let query = if shown.is_empty() {
                String::new()
            } else {
                format!("?site_code={shown}")
            };
            write!(
                out,
                "<a href=\"https://zfwzzc.www.gov.cn/check_web/errorInfo_toErrorPage.action{query}\">{}</a>",
                image(3, "政府网站找错")
            )
        } else if shown.is_empty() {
            write!(
                out,
                "<a href=\"https://zfwzzc.www.gov.cn/check_web/errorInfo_toErrorPage.action\">我为政府网站找错</a>"
            )
        } else {
            write!(
                out,
                "<span id=\"_span_jiucuo\"></span><script id=\"_jiucuo_\" sitecode=\"{shown}\" src=\"https://zfwzzc.www.gov.cn/exposure/jiucuo.js\"></script>"
            )
        };
    }
    out.push_str("</p>");
}
