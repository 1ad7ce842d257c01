//! Titles, heads and signatures of articles; what is none.

use super::*;
use crate::facts::links::{self, Resolver};

fn article(html: &str) -> Option<ArticleFacts> {
    with_input(html, "关于做好春耕生产的通知_青石市人民政府", read)
}

/// The text that is taken for the title of a page whose `<title>` is this.
fn title(html: &str, page_title: &str) -> Option<String> {
    with_input(html, page_title, |input| {
        title_node(input, "", None).map(|index| input.dom.text(index))
    })
}

fn with_input<T>(html: &str, page_title: &str, read: impl FnOnce(&Input<'_>) -> T) -> T {
    let dom = Dom::parse(html);
    let url = "https://www.qingshi.gov.cn/zc/t20260301_1.html";
    let resolver = Resolver::new(url, &dom, encoding_rs::UTF_8);
    let links = links::find(&dom, &resolver);
    read(&Input {
        dom: &dom,
        links: &links,
        metas: &BTreeMap::new(),
        page_title,
        header_name: "",
        url,
        today: jiff::civil::date(2026, 3, 20),
        listed: &[],
    })
}

#[test]
fn policy_head_and_signature() {
    let found = article(
        "<h1>关于做好春耕生产的通知</h1><div>发布时间：2026-03-02 10:00 信息来源：市农业农村局 字体：大 中 小</div>
         <div class=content><p>青政办发〔2026〕5号</p><p>各县人民政府：</p><p>根据《关于春耕的意见》（国办发〔2025〕1号），现将有关事项通知如下，请认真贯彻执行。</p>
         <p><a href=a.doc>附件</a></p><p>青石市人民政府办公室</p><p>2026年2月28日</p></div>",
    );
    let found = found.expect("an article");
    assert_eq!(found.title, "关于做好春耕生产的通知");
    assert_eq!(found.document_number, "青政办发〔2026〕5号");
    assert_eq!(found.issuer, "青石市人民政府办公室");
    assert_eq!(found.source, "市农业农村局");
    assert_eq!(
        found.published.map(|published| published.date),
        Some(jiff::civil::date(2026, 3, 2))
    );
    assert_eq!(found.body_links.len(), 1);
}

#[test]
fn a_title_may_follow_the_name_of_the_site_and_be_no_heading() {
    let text = "全县各乡镇按照部署抓紧春耕生产，目前进展顺利，各项工作正在有序推进之中，请各单位继续抓好落实。";
    for (title, is_article) in [("关于做好春耕生产工作的通知", true), ("通知公告", false)]
    {
        let html = format!(
            "<title>青石县人民政府 {title}</title><div class=c><p>{title}</p><p>发布日期：2026-03-02</p><p>{text}</p></div>"
        );
        let page = crate::facts::test_page("https://www.qingshi.gov.cn/zc/1.html", &html);
        let found = page.article.map(|article| article.title);
        assert_eq!(found, is_article.then(|| title.to_owned()), "{html}");
    }
}

#[test]
fn the_name_of_the_site_is_no_title() {
    let text = "全县各乡镇按照部署抓紧春耕生产，目前进展顺利，各项工作正在有序推进之中，请各单位继续抓好落实。";
    let html = format!(
        "<title>青石县人民政府 城关街道召开春耕生产现场会</title><div class=top><h1><a href=/>青石县人民政府</a></h1></div>\
         <div class=c><div class=x>城关街道召开春耕生产现场会</div><p>发布日期：2026-03-02</p><p>{text}</p></div>"
    );
    let page = crate::facts::test_page("https://www.qingshi.gov.cn/zc/1.html", &html);
    let found = page.article.map(|article| article.title);
    assert_eq!(found.as_deref(), Some("城关街道召开春耕生产现场会"));
}

#[test]
fn days_in_a_box_beside_are_of_other_articles() {
    let items: String = (1..=4)
        .map(|n| format!("<tr><td><a href=/xw/{n}.html>县领导调研重点项目建设情况之{n}</a></td><td>2026-03-1{n}</td></tr>"))
        .collect();
    let text = "本专题集中发布全县有关工作部署、政策措施和工作动态，由县人民政府负责维护。";
    let side = format!("<div class=r><h4>最新发布</h4><table>{items}</table></div>");
    let content = format!("<h1>数字政府建设专题介绍</h1><div class=c><p>{text}</p></div>");
    for html in [format!("{side}{content}"), format!("{content}{side}")] {
        let html = format!("<title>数字政府建设专题介绍_青石县人民政府</title>{html}");
        let page = crate::facts::test_page("https://www.qingshi.gov.cn/zt/1.html", &html);
        let published = page.article.and_then(|article| article.published);
        assert_eq!(published, None, "{html}");
    }
}

#[test]
fn an_article_may_be_a_picture() {
    let page = |head: &str, body: &str| {
        article(&format!(
            "<h1>关于做好春耕生产的通知</h1>{head}<div class=b8>{body}</div>"
        ))
    };
    let picture = "<p><img src=/a.png width=800 height=3000></p>";
    let found = page("<div>发布日期：2026-03-02 来源：县政府办</div>", picture);
    let found = found.expect("an article");
    assert_eq!(found.title, "关于做好春耕生产的通知");
    assert_eq!(
        found.published.map(|published| published.date),
        Some(jiff::civil::date(2026, 3, 2))
    );
    for (head, body) in [
        // Without a day, as the entrance of a topic; a picture that leads on; no picture.
        ("", picture),
        (
            "<div>发布日期：2026-03-02</div>",
            "<a href=/zt/><img src=/a.png></a>",
        ),
        ("<div>发布日期：2026-03-02</div>", "<p>暂无</p>"),
    ] {
        assert!(page(head, body).is_none(), "{head}{body}");
    }
}

#[test]
fn a_number_of_another_document_is_not_taken() {
    let found = article(
        "<h1>春耕生产动态</h1><div class=content><p>我市贯彻落实国办发〔2025〕1号文件精神，全面部署春耕生产工作，各地进展顺利。</p></div>",
    );
    assert_eq!(found.expect("an article").document_number, "");
}

#[test]
fn a_name_without_words_is_no_title_where_the_page_has_one() {
    let found = title(
        "<title>gonggao:n12 [青石县人民政府]</title><div class=pageId><span>gonggao:n12</span></div><h1>关于做好春耕生产的通知</h1><p>正文</p>",
        "gonggao:n12 [青石县人民政府]",
    );
    assert_eq!(found.as_deref(), Some("关于做好春耕生产的通知"));
}

#[test]
fn a_list_of_links_is_no_article() {
    assert!(article("<h1>要闻</h1><ul><li><a href=1>全市召开安全生产工作会议部署近期重点</a></li><li><a href=2>我市启动春季植树造林活动</a></li></ul>").is_none());
}

#[test]
fn the_issuer_in_the_head_is_no_title_where_the_site_is_named_for_it() {
    let body = "各有关单位：为贯彻落实上级决策部署，结合实际，现将有关事项通知如下。".repeat(3);
    let html = format!(
        "<title>枫渡市发展和改革委员会网站 枫渡市发展和改革委员会关于支持外贸稳规模优结构的实施意见</title>
         <h2>枫渡市发展和改革委员会关于支持外贸稳规模优结构的实施意见</h2><table><tr><th>发文机关</th><td>枫渡市发展和改革委员会</td></tr></table>
         <div id=zoom><p>{body}</p></div>"
    );
    let page_title =
        "枫渡市发展和改革委员会网站 枫渡市发展和改革委员会关于支持外贸稳规模优结构的实施意见";
    let found = title(&html, page_title);
    assert_eq!(
        found.as_deref(),
        Some("枫渡市发展和改革委员会关于支持外贸稳规模优结构的实施意见")
    );
}

#[test]
fn numbers_of_orders_and_in_wide_figures() {
    let text = "<p>根据《森林防火条例》有关规定，现将有关事项公布如下，请各单位认真贯彻执行，抓好工作落实。</p>";
    for (head, expected) in [
        ("青石市人民政府令第12号", "青石市人民政府令第12号"),
        ("（青石市人民政府令 第12号）", "青石市人民政府令第12号"),
        ("青石市教育局公告2026年第3号", "青石市教育局公告2026年第3号"),
        ("青政办发〔２０２６〕１２号", "青政办发〔2026〕12号"),
        ("青政办发[2026]第12号", "青政办发〔2026〕第12号"),
        ("地址：青石路第12号", ""),
    ] {
        let html =
            format!("<h1>关于做好春耕生产的通知</h1><div class=content><p>{head}</p>{text}</div>");
        let found = article(&html).expect("an article");
        assert_eq!(found.document_number, expected, "{head}");
    }
}

#[test]
fn a_label_above_a_day_is_no_issuer() {
    let text = "<p>小区停车位不足，希望有关部门尽快研究解决，谢谢。小区停车位不足，希望有关部门尽快研究解决。</p>";
    let html = format!(
        "<h1>关于做好春耕生产的通知</h1><div class=content>{text}<table><tr><td>写信时间</td><td>2026年2月1日</td></tr></table></div>"
    );
    assert_eq!(article(&html).expect("an article").issuer, "");
}
