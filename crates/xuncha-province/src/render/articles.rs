//! Articles, policy documents, interpretations.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::shell::{self, Frame, href};
use crate::content::links::Place;
use crate::content::skin::{ArticleDate, chinese_day, day, minute};
use crate::content::{Article, ArticleKind, ColumnKind, Site};
use crate::rng::Rng;
use crate::text::paragraphs;

/// One article.
pub fn page(site: &Site, index: usize, now: DateTime) -> String {
    let a = &site.articles[index];
    let mut out = String::with_capacity(8000);
    let _ = write!(out, "<div class=\"art {}\">", site.skin.class(15));
    title(site, a, index, &mut out);
    if let ArticleKind::Policy { .. } = a.kind {
        document_header(site, a, &mut out);
    }
    let _ = write!(
        out,
        "<div class=\"{}\" id=\"{}\">",
        site.skin.class(18),
        site.skin
            .word(&["zoom", "content", "UCAP-CONTENT", "vsb_content"])
    );
    body(site, a, index, &mut out);
    related(site, a, &mut out);
    attachments(site, a, &mut out);
    for link in site
        .links
        .iter()
        .filter(|l| l.place == Place::Article(index))
    {
        shell::planted(site, link, &mut out);
    }
    out.push_str("</div>");
    if site.skin.article_date == ArticleDate::Below {
        let _ = write!(
            out,
            "<div class=\"{}\">发布日期：{}</div>",
            site.skin.class(19),
            day(a.published)
        );
    }
    out.push_str("</div>");
    let column = &site.columns[a.column];
    shell::page(
        site,
        &Frame {
            title: &a.title,
            column: Some(&column.name),
            article: Some(a),
            home: false,
        },
        &out,
        now,
    )
}

fn title(site: &Site, a: &Article, index: usize, out: &mut String) {
    let s = &site.skin;
    let t = a.published;
    if s.article_date == ArticleDate::Above {
        let _ = write!(out, "<span class=\"{}\">{}</span>", s.class(19), minute(t));
    }
    let _ = write!(out, "<h2>{}</h2><div class=\"i {}\">", a.title, s.class(20));
    let _ = match s.article_date {
        ArticleDate::InfoTime => write!(
            out,
            "{}{} ",
            s.word(&["发布时间：", "发布日期：", "时间："]),
            minute(t)
        ),
        ArticleDate::InfoBare => write!(out, "<span>{}</span> ", day(t)),
        ArticleDate::InfoChinese => write!(out, "<span>{}</span> ", chinese_day(t)),
        ArticleDate::InfoSlash => write!(out, "发布时间：{}/{}/{} ", t.year(), t.month(), t.day()),
        _ => Ok(()),
    };
    let _ = write!(
        out,
        "来源：{} 浏览次数：<span>{}</span> 【字体：<a href=\"javascript:void(0)\">大</a> 小】</div>",
        a.source,
        37 + index * 13 % 900
    );
}

/// 发文机关, 发文字号, 成文日期 in a small table.
fn document_header(site: &Site, a: &Article, out: &mut String) {
    let ArticleKind::Policy {
        number,
        issuer,
        interpretation,
        links_out,
        ..
    } = &a.kind
    else {
        return;
    };
    let signed = a
        .published
        .date()
        .saturating_sub(jiff::Span::new().days(1))
        .at(9, 0, 0, 0);
    let _ = write!(
        out,
        "<table class=\"g\"><tr><th>发文机关</th><td>{issuer}</td><th>发文字号</th><td>{number}</td></tr><tr><th>成文日期</th><td>{}</td><th>发布日期</th><td>{}</td></tr>",
        chinese_day(signed),
        chinese_day(a.published)
    );
    if let (Some(other), true, Some("link_in_document_header")) =
        (interpretation, links_out, a.near)
    {
        let other = &site.articles[*other];
        let _ = write!(
            out,
            "<tr><th>相关解读</th><td colspan=\"3\"><a href=\"{}\">{}</a></td></tr>",
            href(site, &other.address),
            other.title
        );
    }
    out.push_str("</table>");
}

fn body(site: &Site, a: &Article, index: usize, out: &mut String) {
    let key = format!("body {} {index}", site.plan.code);
    if a.picture {
        let _ = write!(
            out,
            "<p><img src=\"{}\" alt=\"{}\" width=\"600\" /></p>",
            href(site, &format!("/images/pic{}.svg", index % 7)),
            a.title
        );
    }
    match &a.kind {
        ArticleKind::Policy { issuer, .. } => policy_body(site, a, issuer, out),
        _ if site.columns[a.column].kind == ColumnKind::Statistics => statistics_body(site, a, out),
        _ => {
            for paragraph in paragraphs(site.seed, &key, &site.voice, a.published) {
                let _ = write!(out, "<p>{paragraph}</p>");
            }
        }
    }
    if site.columns[a.column].kind == ColumnKind::Notices {
        out.push_str("<p>报名及意见反馈截止时间为2026年12月15日，逾期不再受理。</p>");
        let _ = write!(out, "<p style=\"text-align:right\">{}</p>", site.voice.unit);
    }
    if site.plan.family == crate::model::Family::Shtml && index.is_multiple_of(9) {
        out.push_str("<p>（记者 李㵲 摄影报道）</p>");
    }
}

fn policy_body(site: &Site, a: &Article, issuer: &str, out: &mut String) {
    let voice = &site.voice;
    let _ = write!(
        out,
        "<p>各有关单位：</p><p>为贯彻落实上级决策部署，结合{}实际，经研究，现将有关事项通知如下。</p>",
        voice.region
    );
    let mut rng = Rng::new(
        site.seed,
        &format!("policy {} {}", site.plan.code, a.address),
    );
    for (nth, head) in ["总体要求", "主要任务", "保障措施", "附则"]
        .iter()
        .enumerate()
    {
        let number = ["一", "二", "三", "四"][nth];
        let _ = write!(out, "<p><strong>{number}、{head}</strong></p>");
        for _ in 0..rng.range(1, 3) {
            let template = *rng.pick(crate::text::words::SENTENCES);
            let _ = write!(
                out,
                "<p>{}</p>",
                crate::text::fill(template, voice, &mut rng)
            );
        }
    }
    let signed = a
        .published
        .date()
        .saturating_sub(jiff::Span::new().days(1))
        .at(9, 0, 0, 0);
    let _ = write!(
        out,
        "<p>本文件自印发之日起施行，有效期至2028年12月31日。</p><p style=\"text-align:right\">{issuer}</p><p style=\"text-align:right\">{}</p><p>（此件公开发布）</p>",
        chinese_day(signed)
    );
}

fn statistics_body(site: &Site, a: &Article, out: &mut String) {
    let mut rng = Rng::new(
        site.seed,
        &format!("figures {} {}", site.plan.code, a.address),
    );
    let _ = write!(
        out,
        "<p>{}政务服务事项办理情况如下：</p><table class=\"g\"><tr><th>窗口</th><th>受理量（件）</th><th>办结量（件）</th><th>满意率</th></tr>",
        site.voice.region
    );
    for window in ["综合窗口", "社会保障", "工程建设", "不动产登记"] {
        let received = rng.range(60, 2400);
        let _ = write!(
            out,
            "<tr><td>{window}</td><td>{received}</td><td>{}</td><td>99.{}%</td></tr>",
            received - rng.range(0, 30),
            rng.range(10, 99)
        );
    }
    out.push_str("</table>");
}

/// Links between a document and its interpretation.
fn related(site: &Site, a: &Article, out: &mut String) {
    let (other, words) = match &a.kind {
        ArticleKind::Policy {
            interpretation: Some(other),
            links_out: true,
            ..
        } if a.near != Some("link_in_document_header") => (
            *other,
            site.skin.word(&["相关解读：", "政策解读：", "解读链接："]),
        ),
        ArticleKind::Interpretation {
            policy,
            links_out: true,
        } => (
            *policy,
            site.skin.word(&["相关文件：", "政策原文：", "相关链接："]),
        ),
        _ => return,
    };
    let other = &site.articles[other];
    let address = if a.near == Some("absolute_http_address") {
        format!(
            "http://{}{}",
            site.plan.host,
            other.address.replace('&', "&amp;")
        )
    } else {
        href(site, &other.address)
    };
    let _ = write!(
        out,
        "<div class=\"{}\">{words}<a href=\"{address}\">{}</a></div>",
        site.skin.class(25),
        other.title
    );
}

fn attachments(site: &Site, a: &Article, out: &mut String) {
    for (nth, attachment) in a.attachments.iter().enumerate() {
        let ext = attachment.rsplit('.').next().unwrap_or("");
        let _ = write!(
            out,
            "<p>附件{}：<a href=\"{}\">申请表格.{ext}</a></p>",
            nth + 1,
            href(site, attachment)
        );
    }
}
