//! Articles, policy documents, interpretations.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::info;
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
    title(site, a, index, now, &mut out);
    if let ArticleKind::Policy { .. } = a.kind {
        document_header(site, a, &mut out);
    }
    let is_flat = site.skin.look.hard.flat;
    if !is_flat {
        let _ = write!(
            out,
            "<div class=\"{}\" id=\"{}\">",
            site.skin.class(18),
            site.skin.say(
                &["zoom", "content", "UCAP-CONTENT", "vsb_content"],
                &["nr", "wz", "text1", "c_12", "fontsize", "k_body", "neirong"]
            )
        );
    }
    body(site, a, index, &mut out);
    if is_flat && site.skin.article_date != ArticleDate::AddressOnly {
        sign_off(site, a, &mut out);
    }
    related(site, a, &mut out);
    attachments(site, a, &mut out);
    for link in site
        .links
        .iter()
        .filter(|l| l.place == Place::Article(index))
    {
        shell::planted(site, link, &mut out);
    }
    super::safety::below(site, Place::Article(index), &mut out);
    if !is_flat {
        out.push_str("</div>");
    }
    if site.skin.article_date == ArticleDate::Below {
        let _ = write!(
            out,
            "<div class=\"{}\">{}{}</div>",
            site.skin.class(19),
            site.skin.say(
                &["发布日期："],
                &["发布时间：", "信息发布时间：", "【发布日期】"]
            ),
            day(a.day_shown(now))
        );
    }
    super::decoys::below_article(site, index, now, &mut out);
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

/// Who signed the article, and when: weeks before it was published.
fn sign_off(site: &Site, a: &Article, out: &mut String) {
    if !matches!(a.kind, ArticleKind::Plain) {
        return;
    }
    let before = 20 + i64::try_from(a.title.len()).unwrap_or(0) % 30;
    let signed = a
        .published
        .date()
        .saturating_sub(jiff::Span::new().days(before))
        .at(9, 0, 0, 0);
    let _ = write!(
        out,
        "<p style=\"text-align:right\">{}</p><p style=\"text-align:right\">{}</p>",
        site.voice.unit,
        signed_day(site, signed)
    );
}

/// A day as documents are signed with it, in digits or in characters.
fn signed_day(site: &Site, day: DateTime) -> String {
    if !site.skin.look.hard.spelled {
        return chinese_day(day);
    }
    const DIGITS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let year: String = day
        .year()
        .to_string()
        .bytes()
        .map(|digit| DIGITS[usize::from(digit - b'0')])
        .collect();
    let number = |number: i8| {
        let number = usize::from(number.unsigned_abs());
        let tens = match number / 10 {
            0 => String::new(),
            1 => "十".to_owned(),
            tens => format!("{}十", DIGITS[tens]),
        };
        let ones = number % 10;
        format!("{tens}{}", if ones == 0 { "" } else { DIGITS[ones] })
    };
    format!("{year}年{}月{}日", number(day.month()), number(day.day()))
}

/// Title and line of information, in this order or the other.
fn title(site: &Site, a: &Article, index: usize, now: DateTime, out: &mut String) {
    let s = &site.skin;
    if s.article_date == ArticleDate::Above {
        let _ = write!(
            out,
            "<span class=\"{}\">{}</span>",
            s.class(19),
            minute(a.day_shown(now))
        );
    }
    let heading = format!("<h2>{}</h2>", a.title);
    let info_first = s.look.strength >= 2 && s.look.stream("info first").percent(12);
    if !info_first {
        out.push_str(&heading);
    }
    info::line(site, a, index, now, out);
    if info_first {
        out.push_str(&heading);
    }
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
    let s = &site.skin;
    let mut rows: Vec<(&str, String)> = vec![
        (
            s.say(&["发文机关"], &["发文机构", "制发机关", "发文单位"]),
            issuer.clone(),
        ),
        (s.say(&["发文字号"], &["文号", "文件编号"]), number.clone()),
        (
            s.say(&["成文日期"], &["成文时间", "生成日期"]),
            chinese_day(signed),
        ),
        (
            s.say(&["发布日期"], &["发布时间", "公开日期"]),
            chinese_day(a.published),
        ),
    ];
    if s.look.strength >= 2 && s.look.stream("more rows").percent(60) {
        rows.insert(
            0,
            (
                "索引号",
                format!("{}-{}", &site.plan.code[..6], 20_260_000 + number.len()),
            ),
        );
        rows.push(("主题分类", "综合政务".to_owned()));
        rows.push((s.say(&["有效性"], &["效力状态"]), "有效".to_owned()));
    }
    if let (Some(other), true, Some("link_in_document_header")) =
        (interpretation, links_out, a.near)
    {
        let other = &site.articles[*other];
        rows.push((
            s.say(&["相关解读"], &["政策解读", "解读"]),
            format!(
                "<a href=\"{}\">{}</a>",
                href(site, &other.address),
                other.title
            ),
        ));
    }
    document_rows(site, &rows, out);
}

/// The rows of a document's head: two to a row of a table, or one to an item.
fn document_rows(site: &Site, rows: &[(&str, String)], out: &mut String) {
    let form = site.skin.look.stream("document head").below(4);
    match form * usize::from(site.skin.look.strength >= 2) {
        1 => {
            out.push_str("<ul class=\"g\">");
            for (word, value) in rows {
                let _ = write!(out, "<li><b>{word}：</b>{value}</li>");
            }
            out.push_str("</ul>");
        }
        2 => {
            out.push_str("<table class=\"g\">");
            for (word, value) in rows {
                let _ = write!(out, "<tr><td>{word}：</td><td>{value}</td></tr>");
            }
            out.push_str("</table>");
        }
        3 => {
            out.push_str("<div class=\"g\">");
            for (word, value) in rows {
                let _ = write!(out, "<div><span>[{word}]</span><span>{value}</span></div>");
            }
            out.push_str("</div>");
        }
        _ => {
            out.push_str("<table class=\"g\">");
            for pair in rows.chunks(2) {
                out.push_str("<tr>");
                for (word, value) in pair {
                    let span = if pair.len() == 1 {
                        " colspan=\"3\""
                    } else {
                        ""
                    };
                    let _ = write!(out, "<th>{word}</th><td{span}>{value}</td>");
                }
                out.push_str("</tr>");
            }
            out.push_str("</table>");
        }
    }
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
    if let Some(own) = super::conduct::body(site, a) {
        out.push_str(&own);
        return;
    }
    match &a.kind {
        ArticleKind::Policy { issuer, .. } => policy_body(site, a, issuer, out),
        ArticleKind::Interpretation { policy, .. } => {
            interpretation_body(site, &site.articles[*policy], &key, out);
        }
        _ if site.columns[a.column].kind == ColumnKind::Statistics => statistics_body(site, a, out),
        _ => {
            for paragraph in paragraphs(site.seed, &key, &site.voice, a.published) {
                block(site, &paragraph, out);
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

/// One paragraph as the site's editor writes it.
fn block(site: &Site, text: &str, out: &mut String) {
    let look = &site.skin.look;
    let form = look.stream("paragraphs").below(6);
    let _ = match form * usize::from(look.strength >= 2) {
        1 => write!(out, "<div>　　{text}</div>"),
        2 => write!(out, "　　{text}<br><br>"),
        3 => write!(
            out,
            "<p style=\"text-indent:2em\"><span style=\"font-size:16px\">{text}</span></p>"
        ),
        4 => write!(
            out,
            "<p><font size=\"3\">&nbsp;&nbsp;&nbsp;&nbsp;{text}</font></p>"
        ),
        _ => write!(out, "<p>{text}</p>"),
    };
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
            block(site, &crate::text::fill(template, voice, &mut rng), out);
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
        signed_day(site, signed)
    );
}

/// Why the document was made, what it holds, what it means for the public.
fn interpretation_body(site: &Site, policy: &Article, key: &str, out: &mut String) {
    let ArticleKind::Policy { number, .. } = &policy.kind else {
        return;
    };
    let _ = write!(
        out,
        "<p>近日，《{}》（{number}）正式印发，为便于公众理解和执行，现解读如下。</p>",
        policy.title
    );
    let heads = [
        "一、出台背景",
        "二、主要内容",
        "三、惠民利企举措",
        "四、解读单位",
    ];
    let paragraphs = paragraphs(site.seed, key, &site.voice, policy.published);
    for (head, paragraph) in heads.iter().zip(paragraphs.iter().skip(1)) {
        let _ = write!(out, "<p><strong>{head}</strong></p>");
        block(site, paragraph, out);
    }
    let _ = write!(out, "<p>解读单位：{}</p>", site.voice.unit);
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
            site.skin.say(
                &["相关解读：", "政策解读：", "解读链接："],
                &["解读：", "【解读】", "延伸阅读："],
            ),
        ),
        ArticleKind::Interpretation {
            policy,
            links_out: true,
        } => (
            *policy,
            site.skin.say(
                &["相关文件：", "政策原文：", "相关链接："],
                &["原文链接：", "解读文件：", "【政策文件】"],
            ),
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
            "<p>{}{}：<a href=\"{}\">申请表格.{ext}</a></p>",
            site.skin.say(&["附件"], &["附件下载", "相关附件"]),
            nth + 1,
            href(site, attachment)
        );
    }
}
