//! Columns: groups, static pages, lists with server-side and script pagination, lists drawn by a script.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::home::visible;
use super::items::{box_items, items};
use super::scripted;
use super::shell::{self, Frame, href};
use crate::content::{Column, ColumnKind, Site, addresses};
use crate::model::Family;

/// One page of a column.
pub fn column(site: &Site, index: usize, number: usize, now: DateTime) -> String {
    let c = &site.columns[index];
    let main = match c.kind {
        ColumnKind::Group => group(site, index, now),
        ColumnKind::Static => static_page(site, c),
        _ => list(site, index, number, now),
    };
    let frame = Frame {
        title: &c.name,
        column: Some(&c.name),
        ..Frame::default()
    };
    shell::page(site, &frame, &main, now)
}

/// A group: links to its columns, mostly with their newest items.
fn group(site: &Site, index: usize, now: DateTime) -> String {
    let mut out = String::new();
    let c = &site.columns[index];
    let links_only = c.links_only || site.skin.variant.is_multiple_of(2);
    let _ = write!(
        out,
        "<div class=\"{}\"><h2>{}</h2>",
        site.skin.class(13),
        c.name
    );
    for (child_index, child) in site
        .columns
        .iter()
        .enumerate()
        .filter(|(_, child)| child.parent == Some(index))
    {
        let _ = write!(
            out,
            "<div class=\"box\"><h3><a href=\"{}\">{}</a></h3>",
            href(site, &child.address),
            child.name
        );
        if !links_only && !child.by_script {
            let newest: Vec<usize> = visible(site, child_index, now).take(3).copied().collect();
            if !newest.is_empty() {
                box_items(site, &c.address, &newest, child.month_day, &mut out);
            }
        }
        out.push_str("</div>");
    }
    out.push_str("</div>");
    out
}

fn static_page(site: &Site, c: &Column) -> String {
    let region = &site.voice.region;
    let unit = &site.voice.unit;
    let text = match c.stands_for {
        "领导信息" => format!(
            "<p>主要领导：陈立新，主持全面工作，负责财政、审计工作。</p><p>简历：1972年8月生，大学学历，历任{region}乡镇党委书记、{unit}主要负责人等职。</p><p>分管领导：周明远，负责办公室、人事、信息公开等工作。</p>"
        ),
        "机构职能" => format!(
            "<p>{unit}贯彻执行国家有关法律法规和方针政策，拟订{}有关工作规划并组织实施，承担行政执法、公共服务和安全监管等职责。</p><p>内设机构：办公室、法规科、综合科、行政审批科、人事科。</p><p>办公地址：{region}人民大道18号。办公时间：工作日8:00—12:00，15:00—18:00。</p>",
            site.voice.all
        ),
        _ => format!(
            "<p>{region}位于云岭省中部，总面积1846平方公里，辖12个乡镇、137个行政村，户籍人口42.6万人。境内山川秀美，物产丰富，素有“云岭明珠”之称。</p><p>据旧志记载，始设县治于明洪武年间，1950年2月解放，2003年撤并乡镇。</p>"
        ),
    };
    format!(
        "<div class=\"art {}\"><h2>{}</h2>{text}<p>{}2023-06-12</p></div>",
        site.skin.class(15),
        c.name,
        site.skin
            .say(&["更新时间："], &["最近更新：", "发布日期："])
    )
}

fn list(site: &Site, index: usize, number: usize, now: DateTime) -> String {
    let c = &site.columns[index];
    let all: Vec<usize> = visible(site, index, now).copied().collect();
    let pages = site.pages_of(c.articles.len());
    let shown = site.pages_of(all.len());
    let page: Vec<usize> = all
        .iter()
        .skip((number - 1) * site.size.per_page)
        .take(site.size.per_page)
        .copied()
        .collect();
    let mut out = format!(
        "<div class=\"box {}\"><h3>{}</h3>",
        site.skin.class(13),
        c.name
    );
    side_menu(site, c, &mut out);
    for n in 0..site.skin.wrappers {
        let _ = write!(out, "<div class=\"{}\">", site.skin.class(24 + n));
    }
    if c.articles.is_empty() {
        out.push_str(site.skin.say(
            &["", "<p>暂无信息</p>", "<p>栏目建设中……</p>", "<ul></ul>"],
            &[
                "<table width=\"100%\"><tr><td>&nbsp;</td></tr></table>",
                "<div>没有找到相关信息！</div>",
                "<p>共0条记录 0/0页</p>",
                "<div>内容正在更新，敬请期待！</div>",
            ],
        ));
    } else if c.by_script {
        scripted::list(site, c, &page, &mut out);
    } else {
        items(site, &c.address, &page, c.month_day, &mut out);
        if site.plan.family == Family::Hashed {
            scripted::state(site, c, &page, &mut out);
        }
    }
    for _ in 0..site.skin.wrappers {
        out.push_str("</div>");
    }
    if shown > 1 {
        pagination(site, &c.address, number, pages, shown, &mut out);
    }
    out.push_str("</div>");
    out
}

fn side_menu(site: &Site, c: &Column, out: &mut String) {
    let Some(parent) = c.parent else { return };
    let _ = write!(out, "<div class=\"{}\">", site.skin.class(16));
    for sibling in site.columns.iter().filter(|s| s.parent == Some(parent)) {
        let _ = write!(
            out,
            "<a href=\"{}\">{}</a> ",
            href(site, &sibling.address),
            sibling.name
        );
    }
    out.push_str("</div>");
}

/// Links to the other pages, or the inline script that draws them.
fn pagination(
    site: &Site,
    first: &str,
    number: usize,
    pages: usize,
    shown: usize,
    out: &mut String,
) {
    let _ = write!(out, "<div class=\"{} pages\">", site.skin.class(27));
    match site.plan.family {
        Family::Trs => {
            let _ = write!(
                out,
                "<script type=\"text/javascript\">\nfunction createPageHTML(nPageCount,nCurrIndex,sName,sExt){{var h='';for(var i=0;i<nPageCount;i++){{h+='<a href=\"'+sName+(i==0?'':'_'+i)+'.'+sExt+'\">'+(i+1)+'</a>';}}document.write(h);}}\ncreatePageHTML({shown}, {}, \"index\", \"html\");\n</script>",
                number - 1
            );
        }
        Family::Jpage => {
            let _ = write!(
                out,
                "<script>\nvar countPage = {shown}; var currentPage = {number};\nfor(var p=1;p<=countPage;p++){{document.write(\"<a href='index\"+(p==1?\"\":\"_\"+p)+\".html'>\"+p+\"</a>\");}}\n</script>"
            );
        }
        Family::Shtml => {
            let _ = write!(
                out,
                "<script>function createPage(n,c,name,ext){{for(var i=1;i<=n;i++)document.write('<a href=\"'+name+(i>1?'_'+i:'')+'.'+ext+'\">'+i+'</a>');}}\ncreatePage({shown},{number},'index','shtml');</script>"
            );
        }
        _ => {
            let link = |page: usize| {
                href(
                    site,
                    &addresses::column_page(site.plan.family, first, page, pages),
                )
            };
            let form = site.skin.look.stream("pages").below(3);
            if form * usize::from(site.skin.look.strength >= 2) < 2 {
                let _ = write!(out, "共{shown}页 ");
                for page in 1..=shown {
                    let _ = write!(out, "<a href=\"{}\">{page}</a>", link(page));
                }
            }
            if form > 0 {
                let (next, last) = site.skin.say2(("下一页", "尾页"), ("下页", "末页"));
                if number < shown {
                    let _ = write!(
                        out,
                        "<a href=\"{}\">{next}</a> <a href=\"{}\">{last}</a>",
                        link(number + 1),
                        link(shown)
                    );
                }
                let _ = write!(out, " 第{number}/{shown}页");
            }
        }
    }
    out.push_str("</div>");
}
