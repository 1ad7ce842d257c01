#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn all_usual_forms() {
    for (text, expected) in [
        ("2026-03-01 08:30", Some((date(2026, 3, 1), true))),
        ("2026年3月1日", Some((date(2026, 3, 1), false))),
        ("2026 年 03 月 01 日 09：05", Some((date(2026, 3, 1), true))),
        ("2026/03/01", Some((date(2026, 3, 1), false))),
        ("2026.3.1", Some((date(2026, 3, 1), false))),
        ("[2026-03-01]", Some((date(2026, 3, 1), false))),
        ("2019-09-07T19:53:27+08:00", Some((date(2019, 9, 7), true))),
        ("2026-13-01", None),
        ("12026-03-01", None),
        ("版本 1.2026.3.11", None),
        ("0771-2026315", None),
    ] {
        let found = find(text)
            .first()
            .map(|found| (found.date, found.at.is_some()));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn list_dates_are_completed() {
    let today = date(2026, 3, 20);
    for (text, expected) in [
        ("[03-01]", Some(date(2026, 3, 1))),
        ("12-28", Some(date(2025, 12, 28))),
        ("03月01日", Some(date(2026, 3, 1))),
        ("15 2026-02", Some(date(2026, 2, 15))),
        ("2025.11.02", Some(date(2025, 11, 2))),
        ("02/29", Some(date(2024, 2, 29))),
        ("昨天 08:30", Some(date(2026, 3, 19))),
        ("3小时前", Some(today)),
        ("5天前", Some(date(2026, 3, 15))),
        ("2周前 播放 7351", Some(date(2026, 3, 6))),
        ("2个月前 播放 7351", Some(date(2026, 1, 20))),
        ("1年前", Some(date(2025, 3, 19))),
        ("三年前", None),
        ("3月前完成整改", None),
        ("1-2月份工业", None),
        ("第3-5条", None),
    ] {
        assert_eq!(list_date(text, today), expected, "{text}");
    }
}

#[test]
fn addresses_carry_dates() {
    let today = date(2026, 3, 20);
    for (url, expected) in [
        (
            "http://a.cn/xw/202603/t20260301_123.html",
            Some(date(2026, 3, 1)),
        ),
        ("http://a.cn/2026/03/01/a.html", Some(date(2026, 3, 1))),
        (
            "http://a.cn/2019-12/10/c_1125327450.htm",
            Some(date(2019, 12, 10)),
        ),
        ("http://a.cn/20260301/1.html", Some(date(2026, 3, 1))),
        (
            "http://a.cn/html/2026/0301/3041.shtml",
            Some(date(2026, 3, 1)),
        ),
        (
            "http://a.cn/n1/2026/0301/c3041.html",
            Some(date(2026, 3, 1)),
        ),
        ("http://a.cn/html/2026/1341/3041.shtml", None),
        (
            "http://a.cn/art/2026/3/1/art_1_2.html",
            Some(date(2026, 3, 1)),
        ),
        ("http://a.cn/20270301/1.html", None),
        ("http://a.cn/a/20260301123456.html", None),
    ] {
        assert_eq!(from_url(url, today).map(|found| found.0), expected, "{url}");
    }
}

#[test]
fn periods_end_on_their_last_day() {
    let today = date(2026, 3, 20);
    for (text, expected) in [
        ("2026年2月办件统计", Some(date(2026, 2, 28))),
        ("2026年第一季度留言统计", Some(date(2026, 3, 31))),
        ("2026年1-2月受理情况", Some(date(2026, 2, 28))),
        ("截至2026年3月1日，共受理", Some(date(2026, 3, 1))),
        ("2025年度办件统计", Some(date(2025, 12, 31))),
        ("2025-11", Some(date(2025, 11, 30))),
        ("共受理2026件", None),
    ] {
        assert_eq!(
            newest_period(text, today).map(|found| found.0),
            expected,
            "{text}"
        );
    }
}

fn publication_of(html: &str) -> Option<(Date, DateSource)> {
    let dom = Dom::parse(html);
    let title_node = (0..dom.nodes.len()).find(|index| dom.name(*index) == "h1");
    let body = (0..dom.nodes.len())
        .find(|index| dom.name(*index) == "article")
        .map(|index| index..dom.nodes[index].end());
    let context = Context {
        dom: &dom,
        metas: &BTreeMap::new(),
        url: "http://a.cn/x.html",
        today: date(2026, 3, 20),
        title_node,
        body,
        listed: &[],
    };
    publication(&context).map(|published| (published.date, published.source))
}

#[test]
fn publication_and_decoys() {
    let text = Some((date(2026, 3, 1), DateSource::Text));
    for (html, expected) in [
        (
            "<h1>会议召开</h1><p>发布时间：2026-03-01 08:30 来源：办公室</p><article><p>2月27日召开，2026年2月27日上午</p></article>",
            text,
        ),
        (
            "<h1>会议召开</h1><p>发布机构：云岭日报 2026年3月1日 浏览次数：336 【字体：大 小】</p><article><p>3月1日召开会议，部署近期重点工作</p></article>",
            text,
        ),
        (
            "<h1>会议召开</h1><div>2026-03-01</div><article><p>2026年2月27日召开会议，部署工作</p></article>",
            text,
        ),
        (
            "<h1>会议召开</h1><article><p>2026年2月27日召开会议，部署工作</p></article><p>发布日期：2026-03-01</p>",
            text,
        ),
        (
            "<div>今天是2026年3月20日 星期五</div><h1>无日期</h1><article><p>2026年2月27日上午召开会议，部署近期重点工作</p></article>",
            None,
        ),
        (
            "<h1>无日期</h1><article><p>正文</p></article><footer>Copyright 2026-01-01 版权所有</footer>",
            None,
        ),
        (
            "<h1>脚本</h1><script>var ct = \"1772325000\";</script><article>正文</article>",
            Some((date(2026, 3, 1), DateSource::Script)),
        ),
        (
            "<h1>未来</h1><div>发布时间：2027-03-01</div><article><p>正文</p></article>",
            None,
        ),
        (
            "<h1>会议召开</h1><div>二〇二六年三月一日</div><article><p>二〇二六年二月二十七日召开会议</p></article>",
            text,
        ),
        (
            "<div><i>信息来源：</i><i>县教育局</i> | <i>2026年3月1日</i> | <i>阅读：570</i></div><h1>会议召开</h1><article><p>2026年2月27日召开会议</p></article>",
            text,
        ),
        (
            "<div>发布时间：2026-03-01 08:30:15</div><h1>会议召开</h1><article><p>2026年2月27日召开会议</p></article>",
            text,
        ),
        (
            "<h1>会议召开</h1><div>3月1日 2026</div><article><p>2月27日召开会议</p></article>",
            text,
        ),
        (
            "<h1>会议召开</h1><article><p>召开会议，部署近期重点工作</p><p>青石县人民政府</p><p>二〇二六年三月一日</p></article>",
            text,
        ),
    ] {
        assert_eq!(publication_of(html), expected, "{html}");
    }
}

#[test]
fn labels_outrank_days_of_signing_and_of_events() {
    let text = Some((date(2026, 3, 1), DateSource::Text));
    let prose = "<p>为贯彻落实工作部署，现将有关情况通知如下，请各单位认真执行</p>";
    for (head, tail, expected) in [
        // One box for title, line of information and text.
        (
            "<div>发布日期：2026-03-01</div>",
            "<p>2026年1月8日</p>",
            text,
        ),
        (
            "<div>发布机构：县政府 公开日期：2026-03-01 有效性：有效</div>",
            "<p>2026年1月8日</p>",
            text,
        ),
        (
            "<div>成文日期：2026-01-08 发布日期：2026-03-01</div>",
            "<p>2026年1月8日</p>",
            text,
        ),
        (
            "<div>来源：办公室 时间：2026-03-01</div>",
            "<p>2026年1月8日</p>",
            text,
        ),
        (
            "<div>来源：办公室 发布时间：2026-03-01</div><p>开标时间：2026年2月20日 09:30</p>",
            "",
            text,
        ),
        (
            "<p>考试时间：2026年2月20日</p>",
            "<p>发布日期：2026-03-01</p>",
            text,
        ),
        (
            "<div>来源：县教育局 2026-03-01 浏览次数：336</div>",
            "<p>青石县教育局</p><p>2026年1月8日</p>",
            text,
        ),
        (
            "<div>2026-03-01 青石县教育局</div>",
            "<p>青石县教育局</p><p>二〇二六年一月八日</p>",
            text,
        ),
        (
            "<p>请于2026年2月20日前点击报名系统报名。</p>",
            "<p>发布日期：2026-03-01</p>",
            text,
        ),
        ("<p>开标时间：2026年2月20日 09:30</p>", "", None),
        ("<p>公示时间：2026年2月20日至2026年2月26日</p>", "", None),
        ("<p>出生日期：1999年3月1日</p>", "", None),
        ("<p>投标截止日期：2026年2月25日</p>", "", None),
    ] {
        let html = format!("<article><h1>关于做好工作的通知</h1>{head}{prose}{tail}</article>");
        assert_eq!(publication_of(&html), expected, "{html}");
    }
}

#[test]
fn days_with_and_without_a_year() {
    for (text, expected) in [
        ("关于检查的通知 [12-28]", true),
        ("3月5日 会议召开", true),
        ("2026-03-01", true),
        ("03/12", true),
        ("机构职能 领导信息 规划计划", false),
        ("电话：0990-2506693", false),
        ("13-40", false),
        ("12345 热线 1-100号", false),
    ] {
        assert_eq!(holds_day(text), expected, "{text}");
    }
}
