//! Letters in every form, and the channels for them.

use crate::facts::test_page;
use jiff::civil::date;

#[test]
fn messages_in_every_form() {
    for (name, html) in [
        (
            "table",
            "<title>留言选登</title><table><tr><th>标题</th><th>留言时间</th><th>回复单位</th><th>回复时间</th></tr><tr><td><a href=1.html>咨询医保缴费</a></td><td>2026-02-01</td><td>市医保局</td><td>2026-02-05</td></tr></table>",
        ),
        (
            "page as prose",
            "<title>咨询医保缴费-留言选登</title><h1>咨询医保缴费</h1><p>留言时间：2026-02-01 10:00</p><p>留言内容：请问如何缴费</p><p>回复单位：市医保局</p><p>回复时间：2026-02-05</p><p>回复内容：您好，可通过手机办理。</p>",
        ),
        (
            "page as table",
            "<title>信件详情_县长信箱</title><table><tr><td>信件标题</td><td>咨询医保缴费</td></tr><tr><td>来信时间</td><td>2026-02-01</td></tr><tr><td>答复单位</td><td>市医保局</td></tr><tr><td>答复时间</td><td>2026-02-05</td></tr><tr><td>答复内容</td><td>您好，可通过手机办理。</td></tr></table>",
        ),
        (
            "named by its heading only",
            "<title>laixin [青石县人民政府]</title><h1>来信选登</h1><table><tr><th>标题</th><th>来信时间</th><th>答复单位</th><th>答复时间</th></tr><tr><td>咨询医保缴费</td><td>2026-02-01</td><td>市医保局</td><td>2026-02-05</td></tr></table>",
        ),
    ] {
        let messages = test_page("https://www.qingshi.gov.cn/hd/1.html", html).messages;
        assert_eq!(messages.len(), 1, "{name}: {messages:?}");
        let message = &messages[0];
        assert_eq!(
            (message.asked, message.replied, message.has_reply),
            (Some(date(2026, 2, 1)), Some(date(2026, 2, 5)), true),
            "{name}"
        );
        assert_eq!(
            (message.title.as_str(), message.unit.as_str()),
            ("咨询医保缴费", "市医保局"),
            "{name}"
        );
    }
}

#[test]
fn the_name_of_a_box_begins_no_letter() {
    let asked = "<tr><td>信件标题</td><td>反映停车难</td></tr><tr><td>写信人</td><td>李**</td></tr><tr><td>写信时间</td><td>2026年2月1日</td></tr><tr><td>信件内容</td><td>车位不足，希望解决。</td></tr>";
    let answered = "<tr><td>回复单位</td><td>县住建局</td></tr><tr><td>回复时间</td><td>2026年2月5日</td></tr><tr><td>回复内容</td><td>您好，已责成物业整改。</td></tr>";
    for html in [
        format!(
            "<div class=t>信件内容</div><table>{asked}</table><div class=t>回复内容</div><table>{answered}</table>"
        ),
        format!(
            "<div class=t>信件内容</div><table>{asked}<tr><td colspan=2>回复内容</td></tr>{answered}</table>"
        ),
        format!("<div class=t>信件内容</div><table>{asked}{answered}</table>"),
    ] {
        let html = format!("<title>信件详情</title>{html}");
        let messages = test_page("https://www.qingshi.gov.cn/hd/0.html", &html).messages;
        assert_eq!(messages.len(), 1, "{html}: {messages:?}");
        let message = &messages[0];
        assert_eq!(
            (message.asked, message.replied, message.has_reply),
            (Some(date(2026, 2, 1)), Some(date(2026, 2, 5)), true),
            "{html}"
        );
        assert_eq!(
            (message.title.as_str(), message.unit.as_str()),
            ("反映停车难", "县住建局"),
            "{html}"
        );
    }
}

#[test]
fn a_letter_is_called_by_its_heading_where_the_page_names_none() {
    let html = "<title>信件详情</title><div class=l><h2>关于小区停车难的问题</h2><p>来信人：李**　来信时间：2026-02-05　信件类型：投诉</p><div>车位不足，希望解决。</div></div><div><h3>回复</h3><p>答复单位：县住建局　答复时间：2026-02-12</p><div>您好，已责成物业整改。</div></div>";
    let messages = test_page("https://www.qingshi.gov.cn/hd/0.html", html).messages;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert_eq!(messages[0].title, "关于小区停车难的问题");
    assert_eq!(messages[0].replied, Some(date(2026, 2, 12)));
}

#[test]
fn items_without_a_day_of_reply_are_open() {
    let item = |number: u8, replied: &str| {
        format!(
            "<li><a href=/x/{number}.html>咨询学区划分第{number}问</a><span>提交日期：2026-02-0{number}</span><span>回复日期：{replied}</span></li>"
        )
    };
    let items = item(1, "2026-02-08") + &item(2, "—") + &item(3, "未回复") + &item(4, "");
    let day = |day| Some(date(2026, 2, day));
    for items in [items.clone(), items.replace("回复日期", "办结日期")] {
        let html = format!("<title>领导信箱</title><ul>{items}</ul>");
        let messages = test_page("https://www.qingshi.gov.cn/xx/", &html).messages;
        let read: Vec<_> = messages
            .iter()
            .map(|message| (message.asked, message.replied, message.has_reply))
            .collect();
        assert_eq!(
            read,
            [
                (day(1), day(8), true),
                (day(2), None, false),
                (day(3), None, false),
                (day(4), None, false)
            ]
        );
    }
}

#[test]
fn pending_messages_have_no_reply() {
    for html in [
        "<title>留言选登</title><table><tr><th>标题</th><th>留言时间</th><th>状态</th></tr><tr><td><a href=1.html>咨询医保缴费</a></td><td>2025-11-01</td><td>未办结</td></tr></table>",
        "<title>咨询医保缴费-留言</title><p>留言时间：2025-11-01</p><p>留言内容：请问如何缴费</p><p>回复内容：正在办理</p>",
        "<title>来信选登</title><ul><li><a href=1.html>咨询医保缴费</a><span>2025-11-01</span><em>办理中</em></li></ul>",
    ] {
        let messages = test_page("https://www.qingshi.gov.cn/hd/1.html", html).messages;
        assert_eq!(messages.len(), 1, "{html}");
        assert!(
            !messages[0].has_reply && messages[0].replied.is_none(),
            "{messages:?}"
        );
    }
}

#[test]
fn channels() {
    let form = "<form action=/save method=post><input name=t><textarea name=c></textarea><button>提交</button></form>";
    for (html, expected) in [
        (format!("<title>咨询建言</title>{form}"), true),
        (format!("<title>网上信访</title>{form}"), false),
        (format!("<title>纪检举报</title>{form}"), false),
        ("<a href=/hd/>县长信箱</a>".to_owned(), true),
        ("<a href=/hd/>举报信箱</a>".to_owned(), false),
        ("<a href=/hd/>来信统计</a>".to_owned(), false),
    ] {
        let page = test_page("https://www.qingshi.gov.cn/hd/", &html);
        assert_eq!(
            !page.consultation.is_empty(),
            expected,
            "{html}: {}",
            page.consultation
        );
    }
}

#[test]
fn a_row_that_frames_the_page_is_no_message() {
    let html = "<table><tr><td><a href=/>首页</a> &gt; 留言统计<table><tr><th>时间</th><th>已回复</th></tr><tr><td>2026-02</td><td>12</td></tr></table>统计时间：2026-02-14</td></tr></table>";
    let page = test_page("https://www.qingshi.gov.cn/lytj.html", html);
    assert_eq!(page.messages, []);
}

#[test]
fn what_stands_behind_a_letter_is_no_answer() {
    let html = "<title>咨询医保缴费_县长信箱</title><div class=m1>当前位置：<a href=/>返回首页</a> &gt; 县长信箱</div>
        <div class=m2><p>咨询医保缴费</p><p><b>来信时间：</b>2025-09-01 10:00</p><p><b>内容：</b>请问如何缴费</p><p><b>办理状态：</b>正在办理</p><p><b>回复内容：</b></p></div>
        <div class=m3><a href=javascript:void(0)>点击关闭</a></div>";
    let messages = test_page("https://www.qingshi.gov.cn/hd/1.html", html).messages;
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(!messages[0].has_reply, "{messages:?}");
    assert_eq!(messages[0].url, "https://www.qingshi.gov.cn/hd/1.html");
}

#[test]
fn a_letter_is_called_without_its_site() {
    for title in [
        "咨询公租房申请条件_青石县人民政府门户网站",
        "咨询公租房申请条件 - 县长信箱 - 青石县人民政府",
    ] {
        let head = format!(
            "<title>{title}</title><h1><a href=/>青石县人民政府门户网站</a></h1><div>当前位置：<a href=/>首页</a> &gt; <a href=/xx/>县长信箱</a></div>"
        );
        let fields =
            "<p>来信时间：2025-09-01</p><p>请问公租房申请需要什么条件？</p><p>状态：办理中</p>";
        for html in [
            format!("{head}<div><h2>咨询公租房申请条件</h2>{fields}</div>"),
            format!("{head}<div>{fields}</div>"),
        ] {
            let messages = test_page("https://www.qingshi.gov.cn/xx/1.html", &html).messages;
            let titles: Vec<&str> = messages.iter().map(|one| one.title.as_str()).collect();
            assert_eq!(titles, ["咨询公租房申请条件"], "{html}");
        }
    }
}

#[test]
fn letters_in_blocks_are_a_list_however_many() {
    let letter = |n: u8, state: &str| {
        format!(
            "<div class=k><h4><a href=/hd/{n}.html>咨询第{n}季度医保缴费</a></h4><p>来信时间：2026-02-0{n} 状态：{state}</p></div>"
        )
    };
    for states in [&["已办理", "待办理"][..], &["待办理"]] {
        let letters: String = (1..)
            .zip(states)
            .map(|(n, state)| letter(n, state))
            .collect();
        let html = format!(
            "<title>网上问政</title><p><a href=/hd/x.html>我要写信</a></p><div>{letters}</div>"
        );
        let messages = test_page("https://www.qingshi.gov.cn/hd/", &html).messages;
        assert_eq!(messages.len(), states.len(), "{messages:?}");
        assert_eq!(messages[0].asked, Some(date(2026, 2, 1)));
        assert_eq!(messages[0].has_reply, states[0] == "已办理");
    }
}
