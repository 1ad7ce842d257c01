//! Guides in every form; what is none.

use super::*;
use crate::facts::{links, links::Resolver, list, test_page};

fn guide(html: &str) -> Option<GuideFacts> {
    let page = test_page("https://www.qingshi.gov.cn/bs/1.html", html);
    let dom = Dom::parse(html);
    let resolver = Resolver::new(
        "https://www.qingshi.gov.cn/bs/1.html",
        &dom,
        encoding_rs::UTF_8,
    );
    let found = links::find(&dom, &resolver);
    let today = jiff::civil::date(2026, 3, 20);
    let lists = list::read(
        &dom,
        &resolver,
        &found,
        "https://www.qingshi.gov.cn/bs/1.html",
        today,
    );
    read(&page, &dom, &found, &Lexicons::builtin(), &lists.places)
}

const VALUES: [(&str, &str); 8] = [
    ("事项名称", "居住证办理"),
    ("法律依据", "《居住证暂行条例》第九条"),
    ("受理条件", "在本市居住半年以上"),
    ("申请材料", "身份证原件及复印件1份"),
    ("办理地点", "青石市民中心三楼12号窗口"),
    ("办公时间", "工作日9:00—12:00，13:00—17:00"),
    ("咨询电话", "0990-1234567"),
    ("办理流程", "申请—受理—审核—发证"),
];

fn forms(values: &[(&str, &str)]) -> Vec<(&'static str, String)> {
    let row = |open: &str, middle: &str, close: &str| {
        values
            .iter()
            .map(|(label, value)| format!("{open}{label}{middle}{value}{close}"))
            .collect::<String>()
    };
    vec![
        (
            "table",
            format!(
                "<h1>居住证办理办事指南</h1><table>{}</table>",
                row("<tr><th>", "</th><td>", "</td></tr>")
            ),
        ),
        (
            "wide table",
            format!(
                "<h1>居住证办理办事指南</h1><table><tr>{}</tr></table>",
                row("<td>", "</td><td>", "</td>")
            ),
        ),
        (
            "dl",
            format!(
                "<h1>居住证办理办事指南</h1><dl>{}</dl>",
                row("<dt>", "</dt><dd>", "</dd>")
            ),
        ),
        (
            "headings",
            format!(
                "<h1>居住证办理办事指南</h1>{}",
                row("<h3>一、", "</h3><p>", "</p>")
            ),
        ),
        (
            "prose",
            format!("<h1>居住证办理办事指南</h1>{}", row("<p>1．", "：", "</p>")),
        ),
        (
            "inline",
            format!(
                "<h1>居住证办理办事指南</h1>{}",
                row("<p><b>", "</b> ", "</p>")
            ),
        ),
    ]
}

#[test]
fn all_elements_in_every_form() {
    for (name, html) in forms(&VALUES) {
        let found = guide(&html).unwrap_or_else(|| panic!("{name}: no guide"));
        assert_eq!(found.elements.len(), 8, "{name}: {:?}", found.elements);
        assert_eq!(
            found.elements[&GuideElement::联系电话],
            "0990-1234567",
            "{name}"
        );
        assert!(
            found.material_format_stated && found.vague.is_empty(),
            "{name}"
        );
    }
}

#[test]
fn a_box_of_dated_links_hides_no_guide_and_fills_no_element() {
    let side: String = (1..=5)
        .map(|n| {
            format!(
                "<li><a href=/xw/{n}.html>县领导调研重点项目建设推进情况之{n}</a> 2026-03-1{n}</li>"
            )
        })
        .collect();
    let side = format!("<div class=r7><h3>最新发布</h3><ul>{side}</ul></div>");
    for (name, html) in forms(&VALUES) {
        // The title alone does not say that it is a guide.
        let html = html.replace("办事指南", "");
        for html in [format!("{html}{side}"), format!("{side}{html}")] {
            let found = guide(&html).unwrap_or_else(|| panic!("{name}: no guide"));
            assert_eq!(found.elements.len(), 8, "{name}: {:?}", found.elements);
        }
    }
    let blank: Vec<(&str, &str)> = VALUES
        .iter()
        .map(|(label, value)| (*label, if *label == "办理流程" { "" } else { value }))
        .collect();
    for (name, html) in forms(&blank) {
        let found = guide(&format!("{html}{side}")).unwrap_or_else(|| panic!("{name}"));
        assert!(
            !found.elements.contains_key(&GuideElement::办理流程),
            "{name}: {:?}",
            found.elements
        );
    }
    // A column whose items tell of what guides tell is a column.
    let items: String = (1..=5)
        .map(|n| format!("<li><a href=/bs/{n}.html>居住证办理第{n}号通告</a><p>申请条件：在本市居住</p><p>办理地点：市民中心</p><p>办理时间：工作日</p><p>咨询电话：0990-1234567</p><span>2026-03-1{n}</span></li>"))
        .collect();
    assert!(guide(&format!("<h1>便民提示</h1><ul>{items}</ul>")).is_none());
}

#[test]
fn missing_and_blank_elements_are_missing() {
    let some: Vec<(&str, &str)> = VALUES
        .iter()
        .copied()
        .filter(|(label, _)| *label != "办理地点")
        .map(|(label, value)| {
            if label == "咨询电话" {
                (label, "暂无")
            } else {
                (label, value)
            }
        })
        .collect();
    for (name, html) in forms(&some) {
        let found = guide(&html).unwrap_or_else(|| panic!("{name}: no guide"));
        assert_eq!(found.elements.len(), 6, "{name}: {:?}", found.elements);
    }
}

#[test]
fn vague_wording_and_format() {
    let values = [
        ("申请条件", "本市居民"),
        ("申请材料", "身份证及其他相关材料"),
        ("办理地点", "三楼"),
        ("联系电话", "1234567"),
    ];
    let found = guide(&forms(&values)[0].1).expect("a guide");
    assert!(!found.material_format_stated);
    assert!(!found.vague.is_empty());
}

#[test]
fn the_name_of_the_site_is_no_part_of_the_title() {
    let body = forms(&VALUES)[0]
        .1
        .replace("<h1>居住证办理办事指南</h1>", "");
    for (head, heading, expected) in [
        ("青石市人民政府 生育登记", "<h2>生育登记</h2>", "生育登记"),
        ("生育登记_青石市人民政府", "<h2>生育登记</h2>", "生育登记"),
        (
            "青石市人民政府 生育登记",
            "<h1>青石市人民政府</h1><h2>生育登记</h2>",
            "生育登记",
        ),
        (
            "<meta name=SiteName content=青石市人民政府>青石市人民政府 - 生育登记",
            "",
            "生育登记",
        ),
        (
            "<meta name=SiteName content=青石市>青石市生育登记",
            "",
            "青石市生育登记",
        ),
    ] {
        let (meta, title) = head.rsplit_once('>').unwrap_or(("", head));
        let meta = if meta.is_empty() {
            String::new()
        } else {
            format!("{meta}>")
        };
        let html = format!("{meta}<title>{title}</title>{heading}{body}");
        let found = guide(&html).unwrap_or_else(|| panic!("{head}: no guide"));
        assert_eq!(found.title, expected, "{head} {heading}");
    }
}

#[test]
fn an_article_is_no_guide() {
    assert!(guide("<h1>我市优化办理流程</h1><p>近日，我市优化办理流程，压减申请材料，方便群众办事。联系电话：1234567</p>").is_none());
}

#[test]
fn panels_that_a_click_shows_belong_to_the_guide() {
    let strip = "<ul class=tab><li class=on>基本信息</li><li>受理条件</li><li>申请材料</li><li>办理流程</li><li>设定依据</li></ul>";
    let basic = "<p><span>事项名称：</span>居住证办理</p><p><span>办公地址：</span>青石路1号</p><p><span>办公时间：</span>工作日9:00—17:00</p><p><span>咨询电话：</span>0990-1234567</p>";
    let panels = [
        ("受理条件", "在本市居住半年以上的公民可以申请。"),
        ("申请材料", "1.申请书（原件1份，纸质）；2.其他有关材料"),
        ("办理流程", "申请、受理、审查、发证"),
        ("设定依据", "《居住证暂行条例》第九条"),
    ];
    let hidden = |panel: &dyn Fn(&str, &str) -> String| -> String {
        let panels = panels.iter().map(|(name, text)| panel(name, text));
        panels
            .map(|panel| format!("<div style='display:none'>{panel}</div>"))
            .collect()
    };
    let headed = hidden(&|name, text| format!("<h4>{name}</h4><p>{text}</p>"));
    let bare = hidden(&|_, text| text.to_owned());
    for html in [
        format!("{strip}<div class=c>{basic}</div>{headed}"),
        format!("{strip}<div class=c>{basic}</div>{bare}"),
        format!(
            "<div class=tabs>{strip}</div><div class=box><div class=c>{basic}</div>{bare}</div><p>主办单位</p>"
        ),
    ] {
        let html = format!(
            "<h1>居住证办理</h1>{html}<div style='display:none'><p>联系电话：请输入</p></div>"
        );
        let found = guide(&html).unwrap_or_else(|| panic!("{html}: no guide"));
        assert_eq!(found.elements.len(), 8, "{html}: {:?}", found.elements);
        assert_eq!(
            found.elements[&GuideElement::设定依据],
            "《居住证暂行条例》第九条"
        );
        assert_eq!(found.elements[&GuideElement::联系电话], "0990-1234567");
        assert!(
            found.material_format_stated && !found.vague.is_empty(),
            "{html}"
        );
    }
}

#[test]
fn a_table_of_materials_is_read_to_its_end() {
    let row = |label: &str, value: &str| format!("<tr><th>{label}</th><td>{value}</td></tr>");
    let rows: String = VALUES
        .iter()
        .filter(|(label, _)| !matches!(*label, "申请材料" | "办理流程"))
        .map(|(label, value)| row(label, value))
        .collect();
    let table = |heads: &[&str], rows: &[&[&str]]| {
        let cells = |cells: &[&str]| -> String {
            let cells = cells.iter().map(|cell| format!("<td>{cell}</td>"));
            format!("<tr>{}</tr>", cells.collect::<String>())
        };
        let rows: String = rows.iter().map(|row| cells(row)).collect();
        format!("<table>{}{rows}</table>", cells(heads))
    };
    for (heads, materials, is_stated, is_vague) in [
        (
            &["序号", "材料名称", "材料形式", "备注"][..],
            [
                &["1", "申请书", "原件1份，纸质", ""][..],
                &["2", "身份证", "复印件", ""],
            ],
            true,
            false,
        ),
        (
            &["序号", "材料名称", "材料形式", "备注"],
            [&["1", "申请书", "", ""], &["2", "其他有关材料", "", ""]],
            false,
            true,
        ),
        (
            &["序号", "材料名称", "示范文本"],
            [&["1", "申请书", "下载"], &["2", "其他有关材料", ""]],
            false,
            true,
        ),
        (
            &["序号", "材料名称", "份数", "空白表格"],
            [&["1", "申请书", "1", "下载"], &["2", "身份证", "2", "-"]],
            true,
            false,
        ),
        (
            &["序号", "材料名称", "份数", "空白表格"],
            [&["1", "申请书", "", "下载"], &["2", "身份证", "", "-"]],
            false,
            false,
        ),
    ] {
        let materials = table(heads, &materials);
        for html in [
            format!(
                "<table>{rows}</table><h3>申请材料</h3>{materials}<h3>办理流程</h3><p>申请、受理</p>"
            ),
            format!(
                "<table>{rows}{}{}</table>",
                row("申请材料", &materials),
                row("办理流程", "申请、受理")
            ),
        ] {
            let html = format!("<h1>居住证办理办事指南</h1>{html}");
            let found = guide(&html).unwrap_or_else(|| panic!("{html}: no guide"));
            assert_eq!(found.elements.len(), 8, "{html}: {:?}", found.elements);
            let text = &found.elements[&GuideElement::办理材料];
            assert!(
                text.contains("申请书") && !text.contains("材料名称"),
                "{text}"
            );
            assert_eq!(found.material_format_stated, is_stated, "{html}");
            assert_eq!(!found.vague.is_empty(), is_vague, "{html}");
        }
    }
}

#[test]
fn labels_may_be_questions() {
    let found = guide(
        "<h1>户口迁移办事指南</h1><p>一、办理依据</p><p>《户口登记条例》第十条。</p><p>二、哪些人可以申请？</p><p>在本市有住所的公民。</p><p>三、需要准备哪些材料</p><p>户口簿原件。</p><p>四、在哪里办</p><p>政务中心二楼</p><p>五、什么时候办？</p><p>周一至周五</p><p>六、怎么办</p><p>申请、受理、办结</p><p>七、咨询电话</p><p>0990-1234567</p>",
    );
    let found = found.expect("a guide");
    assert_eq!(found.elements.len(), 7, "{:?}", found.elements);
}
