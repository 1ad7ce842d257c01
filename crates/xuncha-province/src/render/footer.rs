//! The footer with its seven marks, each in a usual and an unusual form.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::shell::{href, planted};
use crate::content::Site;
use crate::content::links::Place;
use crate::content::look::hard::FooterForm;
use crate::content::skin::Shell;

/// The footer with the marks that the site has.
pub fn footer(site: &Site, now: DateTime, out: &mut String) {
    let s = &site.skin;
    let tag = if s.shell == Shell::Sections {
        "footer"
    } else {
        "div"
    };
    if s.look.hard.footer != FooterForm::Text {
        return wordless(site, tag, out);
    }
    let _ = write!(
        out,
        "<{tag} class=\"{} foot\"><div class=\"w\">",
        s.class(9)
    );
    let _ = write!(
        out,
        "<p><a href=\"{}\">{}</a> | <a href=\"#top\">{}</a></p>",
        href(site, "/"),
        s.say(&["网站首页"], &["返回首页", "首页"]),
        s.say(&["返回顶部"], &["回到顶部", "TOP"])
    );
    for link in site.links.iter().filter(|l| l.place == Place::Footer) {
        planted(site, link, out);
    }
    marks(site, out);
    super::decoys::counter(site, now, out);
    let note = s.say(
        &["建议使用1024×768以上分辨率浏览本站 &copy; 2015-2026"],
        &[
            "Copyright &copy; 2012-2026 All Rights Reserved",
            "版权所有 未经授权禁止转载",
            "本网站支持IPv6 &copy; 2026",
        ],
    );
    let _ = write!(out, "<p>{note}</p></div></{tag}>");
}

/// A footer without a word: a picture of all marks, or a script that writes them.
fn wordless(site: &Site, tag: &str, out: &mut String) {
    let s = &site.skin;
    let class = s.class(9);
    let _ = write!(out, "<{tag} class=\"{class} foot\">");
    for link in site.links.iter().filter(|l| l.place == Place::Footer) {
        planted(site, link, out);
    }
    let _ = match s.look.hard.footer {
        FooterForm::Picture => write!(
            out,
            "<img src=\"{}\" alt=\"\" width=\"1000\" height=\"120\" />",
            href(site, "/images/mark3.png")
        ),
        _ => write!(
            out,
            "<script>document.write(decodeURIComponent('%E4%B8%BB%E5%8A%9E%EF%BC%9A{}'));</script>",
            site.plan.code
        ),
    };
    let _ = write!(out, "</{tag}>");
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
    let mut parts: Vec<String> = Vec::new();
    if has(4) {
        let org = if plan.kind == crate::model::SiteKind::Portal {
            format!("{}办公室", site.voice.unit)
        } else {
            site.voice.unit.clone()
        };
        let word = if near(4) {
            "主办："
        } else {
            site.skin.say(
                &["主办单位：", "网站主办单位："],
                &["主办单位:", "主办单位 : ", "主办：", "网站主办："],
            )
        };
        parts.push(format!("{word}{org}"));
    }
    if has(5) {
        let phone = format!(
            "0990-{}",
            2_100_000
                + code
                    .bytes()
                    .fold(0_u32, |n, b| (n * 31 + u32::from(b)) % 800_000)
        );
        parts.push(if near(5) {
            image(3, &format!("联系电话：{phone}"))
        } else {
            format!(
                "{}{phone}",
                site.skin.say(
                    &["联系电话：", "联系方式：", "电话："],
                    &["网站联系电话：", "办公电话：", "联系我们：", "值班电话："],
                )
            )
        });
    }
    if has(1) {
        parts.push(if near(1) {
            image(1, &format!("政府网站标识码 {code}"))
        } else {
            format!(
                "{}{code}",
                site.skin.say(
                    &["网站标识码：", "政府网站标识码：", "网站标识码:"],
                    &["标识码：", "政府网站标识码 : ", "网站标识码 "],
                )
            )
        });
    }
    if has(2) {
        let icp = if near(2) {
            plan.icp.replace("备", "备 ")
        } else {
            plan.icp.clone()
        };
        let word = site.skin.say(&[""], &["备案号：", "ICP备案："]);
        parts.push(format!(
            "{word}<a href=\"https://beian.miit.gov.cn/\" target=\"_blank\">{icp}</a>"
        ));
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
        parts.push(format!("<a href=\"{address}\">{text}</a>"));
    }
    if has(0) {
        parts.push(if near(0) {
            format!(
                "<a href=\"http://bszs.conac.cn/sitename?method=show&amp;id=0{code}\">{}</a>",
                image(0, "党政机关网站标识")
            )
        } else {
            format!(
                "<span id=\"_ideConac\"><a href=\"http://bszs.conac.cn/sitename?method=show&amp;id=0{code}\"><img src=\"http://dcs.conac.cn/image/red.png\" alt=\"党政机关\" width=\"40\" height=\"50\" /></a></span><script type=\"text/javascript\" src=\"http://dcs.conac.cn/js/99/000/0000/{code}/CA99{code}.js\"></script>"
            )
        });
    }
    if has(6) {
        let shown = if has(1) { code.as_str() } else { "" };
        parts.push(if near(6) {
            let query = if shown.is_empty() {
                String::new()
            } else {
                format!("?site_code={shown}")
            };
            format!(
                "<a href=\"https://zfwzzc.www.gov.cn/check_web/errorInfo_toErrorPage.action{query}\">{}</a>",
                image(3, "政府网站找错")
            )
        } else if shown.is_empty() {
            "<a href=\"https://zfwzzc.www.gov.cn/check_web/errorInfo_toErrorPage.action\">我为政府网站找错</a>".to_owned()
        } else {
            format!(
                "<span id=\"_span_jiucuo\"></span><script id=\"_jiucuo_\" sitecode=\"{shown}\" src=\"https://zfwzzc.www.gov.cn/exposure/jiucuo.js\"></script>"
            )
        });
    }
    lay_out(site, parts, out);
}

/// The marks on lines, in cells or one to an item, in the site's order.
fn lay_out(site: &Site, mut parts: Vec<String>, out: &mut String) {
    let look = &site.skin.look;
    if look.strength >= 2 {
        look.stream("marks").shuffle(&mut parts);
    }
    let form = look.stream("marks form").below(4);
    match form * usize::from(look.strength >= 2) {
        1 => {
            out.push_str("<ul>");
            parts.iter().for_each(|part| {
                let _ = write!(out, "<li>{part}</li>");
            });
            out.push_str("</ul>");
        }
        2 => {
            out.push_str("<table align=\"center\"><tr>");
            for (nth, part) in parts.iter().enumerate() {
                let next = if nth == 3 { "</tr><tr>" } else { "" };
                let _ = write!(out, "{next}<td>{part}</td>");
            }
            out.push_str("</tr></table>");
        }
        3 => {
            let _ = write!(out, "<div>{}</div>", parts.join(" | "));
        }
        _ => parts.chunks(2).for_each(|pair| {
            let _ = write!(out, "<p>{}</p>", pair.join("&nbsp;&nbsp;"));
        }),
    }
}
