//! The frame of every page: head, banner, navigation, footer with its marks.

use std::fmt::Write;

use jiff::civil::DateTime;

use crate::content::links::{Link, LinkKind, Place};
use crate::content::skin::{Shell, chinese_day, minute};
use crate::content::{Article, ColumnKind, Site};
use crate::model::Family;

/// 页面外框: what a page tells its frame.
#[derive(Debug, Default)]
pub struct Frame<'a> {
    /// Title without the site's name.
    pub title: &'a str,
    /// Column name for the meta elements and the breadcrumbs.
    pub column: Option<&'a str>,
    /// The article, when the page is one.
    pub article: Option<&'a Article>,
    /// The home page: no breadcrumbs.
    pub home: bool,
}

impl<'a> Frame<'a> {
    /// A page that is neither column nor article.
    #[must_use]
    pub fn plain(title: &'a str) -> Self {
        Self {
            title,
            ..Self::default()
        }
    }
}

/// The whole page around `main`.
pub fn page(site: &Site, frame: &Frame, main: &str, now: DateTime) -> String {
    let mut out = String::with_capacity(main.len() + 8000);
    head(site, frame, &mut out);
    header(site, now, &mut out);
    let s = &site.skin;
    match s.shell {
        Shell::Tables => {
            let _ = write!(
                out,
                "<table width=\"1000\" align=\"center\" class=\"{}\"><tr><td valign=\"top\">",
                s.class(4)
            );
            crumbs(site, frame, &mut out);
            out.push_str(main);
            out.push_str("</td></tr></table>");
        }
        Shell::Divs => {
            let _ = write!(
                out,
                "<div class=\"{} w\"><div class=\"{}\">",
                s.class(4),
                s.class(5)
            );
            crumbs(site, frame, &mut out);
            out.push_str(main);
            out.push_str("</div></div>");
        }
        Shell::Sections => {
            let _ = write!(
                out,
                "<main class=\"{} w\"><section class=\"{}\">",
                s.class(4),
                s.class(5)
            );
            crumbs(site, frame, &mut out);
            out.push_str(main);
            out.push_str("</section></main>");
        }
    }
    footer(site, &mut out);
    out.push_str("</body></html>");
    out
}

/// The head with meta elements; some sites leave some out, some write them oddly.
pub fn head(site: &Site, frame: &Frame, out: &mut String) {
    let s = &site.skin;
    out.push_str(if s.shell == Shell::Sections {
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head>"
    } else {
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n<html xmlns=\"http://www.w3.org/1999/xhtml\"><head>"
    });
    match site.plan.family {
        Family::Aspx => out
            .push_str("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\" />"),
        Family::Shtml => {}
        Family::Kaipu | Family::Script => out.push_str(
            "<meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">",
        ),
        _ => out
            .push_str("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\" />"),
    }
    let name = &site.plan.name;
    let _ = match (frame.home, site.skin.variant % 3) {
        (true, _) => write!(out, "<title>{name}</title>"),
        (false, 0) => write!(out, "<title>{}_{name}</title>", frame.title),
        (false, 1) => write!(out, "<title>{} - {name}</title>", frame.title),
        (false, _) => write!(out, "<title>{name} {}</title>", frame.title),
    };
    metas(site, frame, out);
    let _ = write!(
        out,
        "<link rel=\"stylesheet\" href=\"{}\" />",
        href(site, "/assets/style.css")
    );
    let _ = write!(
        out,
        "<style>.{}{{padding:8px 0 20px;background:#fff}}</style></head><body>",
        s.class(4)
    );
}

/// The standard tags by index: SiteName SiteDomain SiteIDCode ColumnName ArticleTitle PubDate ContentSource.
fn metas(site: &Site, frame: &Frame, out: &mut String) {
    let d = &site.plan.defects;
    let mut put = |index: u8, name: &str, content: &str| {
        if d.missing_tags.contains(&index) {
            return;
        }
        let _ = if !d.near_tags.contains(&index) {
            write!(out, "<meta name=\"{name}\" content=\"{content}\" />")
        } else {
            match index % 3 {
                0 => write!(out, "<META CONTENT=\"{content}\" NAME=\"{name}\">"),
                1 => write!(
                    out,
                    "<meta name='{}' content='{content}'/>",
                    name.to_lowercase()
                ),
                _ => write!(out, "<meta\n  content='{content}'\n  name={name} >"),
            }
        };
    };
    put(0, "SiteName", &site.plan.name);
    put(1, "SiteDomain", &site.plan.host);
    put(2, "SiteIDCode", &site.plan.code);
    if let Some(column) = frame.column {
        put(3, "ColumnName", column);
        let _ = write!(
            out,
            "<meta name=\"ColumnType\" content=\"{}\" />",
            if frame.article.is_some() {
                "信息公开"
            } else {
                "栏目"
            }
        );
    }
    let mut put = |index: u8, name: &str, content: &str| {
        if !d.missing_tags.contains(&index) {
            let lower = d.near_tags.contains(&index);
            let _ = if lower {
                write!(
                    out,
                    "<META content=\"{content}\" name=\"{}\">",
                    name.to_lowercase()
                )
            } else {
                write!(out, "<meta name=\"{name}\" content=\"{content}\" />")
            };
        }
    };
    if let Some(article) = frame.article {
        put(4, "ArticleTitle", &article.title);
        put(5, "PubDate", &minute(article.published));
        put(6, "ContentSource", &article.source);
    }
}

/// Banner, today's clock, search box, navigation.
pub fn header(site: &Site, now: DateTime, out: &mut String) {
    let s = &site.skin;
    let week = ["一", "二", "三", "四", "五", "六", "日"]
        [usize::from(now.date().weekday().to_monday_zero_offset().unsigned_abs()) % 7];
    let today = format!("今天是{} 星期{week}", chinese_day(now));
    let tag = if s.shell == Shell::Sections {
        "header"
    } else {
        "div"
    };
    let _ = write!(
        out,
        "<{tag} class=\"{}\"><div class=\"w {}\"><span>{today}</span><span class=\"r\"><a href=\"javascript:void(0)\">设为首页</a> | <a href=\"{}\">无障碍浏览</a></span></div>",
        s.class(0),
        s.class(1),
        href(site, "/")
    );
    let _ = write!(
        out,
        "<div class=\"{} banner\"><div class=\"w\"><img src=\"{}\" alt=\"\" width=\"86\" height=\"86\" /><h1>{}</h1></div></div>",
        s.class(2),
        href(site, "/images/pic7.svg"),
        site.plan.name
    );
    super::search::boxes(site, out);
    navigation(site, out);
    let _ = write!(out, "</{tag}>");
}

/// The navigation: first-level columns, services, interaction; sub-columns as a drop-down on some sites.
pub fn navigation(site: &Site, out: &mut String) {
    let s = &site.skin;
    let mut entries: Vec<(String, String, Option<usize>)> =
        vec![("首页".to_owned(), "/".to_owned(), None)];
    for (index, column) in site.columns.iter().enumerate() {
        if column.parent.is_none() && column.kind != ColumnKind::Statistics {
            entries.push((column.name.clone(), column.address.clone(), Some(index)));
        }
    }
    if !site.plan.no_services {
        entries.push((
            s.word(&["办事服务", "政务服务", "网上办事"]).to_owned(),
            site.special("bsfw"),
            None,
        ));
    }
    if !site.plan.defects.messages.no_channel {
        entries.push((
            s.word(&["互动交流", "政民互动"]).to_owned(),
            site.special("hdjl"),
            None,
        ));
    } else {
        entries.push(("网上信访".to_owned(), site.special("wsxf"), None));
    }
    let target = if site.plan.family == Family::Frames {
        " target=\"_top\""
    } else {
        ""
    };
    let (open, item, close_item, close) = match s.shell {
        Shell::Tables => (
            "<table class=\"nav\" width=\"100%\"><tr>",
            "<td>",
            "</td>",
            "</tr></table>",
        ),
        Shell::Divs => (
            "<div class=\"nav\"><ul class=\"w\">",
            "<li>",
            "</li>",
            "</ul></div>",
        ),
        Shell::Sections => (
            "<nav class=\"nav\"><ul class=\"w\">",
            "<li>",
            "</li>",
            "</ul></nav>",
        ),
    };
    out.push_str(open);
    for (name, address, column) in entries {
        let _ = write!(
            out,
            "{item}<a href=\"{}\"{target}>{name}</a>",
            href(site, &address)
        );
        if let (true, Some(group)) = (s.drop_down, column) {
            drop_down(site, group, target, out);
        }
        out.push_str(close_item);
    }
    out.push_str(close);
}

fn drop_down(site: &Site, group: usize, target: &str, out: &mut String) {
    let children: Vec<_> = site
        .columns
        .iter()
        .filter(|c| c.parent == Some(group))
        .collect();
    if children.is_empty() {
        return;
    }
    let _ = write!(out, "<div class=\"{} sub\">", site.skin.class(11));
    for child in children {
        let _ = write!(
            out,
            "<a href=\"{}\"{target}>{}</a>",
            href(site, &child.address),
            child.name
        );
    }
    out.push_str("</div>");
}

fn crumbs(site: &Site, frame: &Frame, out: &mut String) {
    if frame.home {
        return;
    }
    let words = site
        .skin
        .word(&["当前位置：", "您现在的位置：", "您所在的位置："]);
    let _ = write!(
        out,
        "<div class=\"{} crumb\">{words}<a href=\"{}\">首页</a> &gt; ",
        site.skin.class(12),
        href(site, "/")
    );
    let column = frame.article.map(|a| &site.columns[a.column]);
    match (column, frame.column) {
        (Some(column), _) => {
            let _ = write!(
                out,
                "<a href=\"{}\">{}</a> &gt; 正文",
                href(site, &column.address),
                column.name
            );
        }
        (None, Some(name)) => out.push_str(name),
        (None, None) => out.push_str(frame.title),
    }
    out.push_str("</div>");
}

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

/// A planted link as it stands on its page.
pub fn planted(site: &Site, link: &Link, out: &mut String) {
    let _ = match link.kind {
        LinkKind::Image => write!(
            out,
            "<p><img src=\"{}\" alt=\"{}\" width=\"200\" /></p>",
            link.href, link.text
        ),
        LinkKind::Commented => write!(out, "<!-- <a href=\"{}\">{}</a> -->", link.href, link.text),
        LinkKind::NotHttp => write!(
            out,
            "<p><a href=\"javascript:void(0)\" onclick=\"window.print()\">打印</a> <a href=\"mailto:webmaster@{}\">网站信箱</a></p>",
            site.plan.host
        ),
        _ => write!(
            out,
            "<p class=\"{}\"><a href=\"{}\" target=\"_blank\">{}</a></p>",
            site.skin.class(17),
            link.href,
            link.text
        ),
    };
}

/// How this site writes the address of one of its pages.
pub fn href(site: &Site, path: &str) -> String {
    let path = path.replace('&', "&amp;");
    if site.skin.absolute {
        site.absolute(&path)
    } else {
        path
    }
}

/// The style sheet: enough for a page to look like one of its kind.
pub fn style(site: &Site) -> String {
    let s = &site.skin;
    let (colour, accent) = (s.colour, s.accent);
    format!(
        "body{{margin:0;font:14px/1.9 \"Microsoft YaHei\",\"Noto Sans CJK SC\",SimSun,sans-serif;color:#333;background:#f5f5f5}}\
         a{{color:#333;text-decoration:none}}a:hover{{color:{colour}}}ul{{list-style:none;margin:0;padding:0}}\
         .w{{width:1100px;margin:0 auto;overflow:visible}}.r{{float:right}}\
         .{top}{{background:#fff}}.{strip}{{font-size:12px;color:#777}}\
         .banner{{background:linear-gradient(120deg,{accent},#fff 45%,{accent});padding:20px 0;border-top:4px solid {colour}}}\
         .banner img{{vertical-align:middle;margin-right:18px}}.banner h1{{display:inline-block;vertical-align:middle;margin:0;font-size:36px;color:{colour};letter-spacing:3px}}\
         .nav{{background:{colour};min-height:44px}}.nav ul{{display:flex}}.nav li,.nav td{{flex:1;text-align:center;position:relative;line-height:44px}}\
         .nav a{{color:#fff;font-size:16px}}.nav .sub{{display:none;position:absolute;background:#fff;border:1px solid {colour};z-index:9;width:150px}}\
         .nav li:hover .sub,.nav td:hover .sub{{display:block}}.nav .sub a{{display:block;color:#333;font-size:14px;line-height:32px}}\
         .find{{text-align:right;padding:6px 0;width:1100px;margin:0 auto}}.find input{{padding:3px 6px}}\
         .crumb{{border-bottom:1px solid #ddd;padding:8px 0;color:#777}}\
         .box{{background:#fff;border:1px solid #e3e3e3;border-top:2px solid {colour};margin:10px 0;padding:6px 14px}}\
         .box h3{{margin:0 0 6px;color:{colour};border-bottom:1px solid #eee;font-size:17px}}.box h3 a.more{{float:right;font-size:12px;color:#999}}\
         .row{{display:flex;gap:14px}}.row>*{{flex:1;min-width:0}}.box li{{border-bottom:1px dashed #eee;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}}\
         .box li span{{color:#999;float:right}}.box li span.f{{float:none;margin-right:8px}}.pic img{{width:100%;height:270px;object-fit:cover}}\
         .icons{{display:flex;flex-wrap:wrap;gap:10px}}.icons a{{flex:0 0 23%;background:{accent};padding:12px 0;text-align:center;border-radius:4px}}\
         .art h2{{text-align:center;font-size:24px}}.art .i{{text-align:center;color:#888;border-bottom:1px solid #eee;padding-bottom:8px}}.art p{{text-indent:2em;font-size:16px}}\
         table.g{{border-collapse:collapse;width:100%}}table.g td,table.g th{{border:1px solid #ccc;padding:6px 10px}}table.g th{{background:{accent};width:140px}}\
         dl.g dt{{font-weight:bold;color:{colour}}}.tabs a{{display:inline-block;padding:2px 14px;background:{accent};margin-right:6px}}\
         .foot{{background:{colour};color:#fff;text-align:center;padding:14px 0;font-size:13px;line-height:1.7}}.foot a{{color:#fff}}.foot p{{margin:4px 0}}.foot img{{vertical-align:middle}}\
         .pages{{text-align:center;padding:12px}}.pages a{{border:1px solid #ddd;padding:2px 9px;margin:0 3px;background:#fff}}",
        top = s.class(0),
        strip = s.class(1),
    )
}
