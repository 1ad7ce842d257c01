//! The service directory and the service guides.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::shell::{self, Frame, href};
use crate::content::guides::{ELEMENTS, Guide, GuideForm};
use crate::content::{ColumnKind, Site};
use crate::rng::Rng;

/// Other headings for the elements, in the order of [`ELEMENTS`].
const OTHER_WORDS: [&str; 8] = [
    "服务事项",
    "法律依据",
    "受理条件",
    "申请材料",
    "受理地点",
    "办公时间",
    "咨询电话",
    "办理程序",
];

/// Further headings, in the order of [`ELEMENTS`]; the site draws which set it uses.
const MORE_WORDS: [[&str; 8]; 2] = [
    [
        "项目名称",
        "办理依据",
        "办理条件",
        "所需材料",
        "办事地点",
        "工作时间",
        "咨询方式",
        "办事流程",
    ],
    [
        "事项名称",
        "实施依据",
        "申报条件",
        "申报材料",
        "受理窗口",
        "受理时间",
        "服务热线",
        "办理步骤",
    ],
];
/// What guides hold besides: none of it is an element of the rule.
const BESIDES: [(&str, &str); 5] = [
    ("办理时限", "法定20个工作日，承诺5个工作日"),
    ("收费标准", "不收费"),
    ("监督电话", "12345"),
    ("实施主体", "政务服务管理办公室"),
    ("服务对象", "自然人、法人和其他组织"),
];

/// All items by category.
pub fn directory(site: &Site, now: DateTime) -> String {
    let mut out = format!(
        "<div class=\"{}\"><h2>{}</h2>",
        site.skin.class(13),
        site.skin.say(&["办事服务"], &["服务事项", "办事指南"])
    );
    let mut categories: Vec<&str> = site.guides.iter().map(|g| g.category).collect();
    categories.sort_unstable();
    categories.dedup();
    for category in categories {
        let _ = write!(out, "<div class=\"box\"><h3>{category}</h3><ul>");
        for guide in site.guides.iter().filter(|g| g.category == category) {
            let _ = write!(
                out,
                "<li><a href=\"{}\">{}</a></li>",
                href(site, &guide.address),
                guide.name
            );
        }
        out.push_str("</ul></div>");
    }
    super::conduct::in_directory(site, &mut out);
    if let Some(column) = site.column_of(ColumnKind::Statistics) {
        let c = &site.columns[column];
        let _ = write!(
            out,
            "<p><a href=\"{}\">{}</a></p>",
            href(site, &c.address),
            c.name
        );
    }
    out.push_str("</div>");
    shell::page(site, &Frame::plain("办事服务"), &out, now)
}

/// One guide.
pub fn guide(site: &Site, index: usize, now: DateTime) -> String {
    let g = &site.guides[index];
    let look = &site.skin.look;
    let words = match (g.reworded, look.strength) {
        (false, _) => ELEMENTS,
        (true, 0) => OTHER_WORDS,
        (true, _) => [OTHER_WORDS, MORE_WORDS[0], MORE_WORDS[1]][look.stream("elements").below(3)],
    };
    let mut rows: Vec<(&str, String)> = (0..8)
        .filter(|e| !g.missing.contains(e))
        .map(|e| (words[e], value(site, g, e)))
        .collect();
    if look.strength >= 3 {
        let mut rng = look.stream("besides");
        for (head, value) in BESIDES {
            if rng.percent(50) {
                rows.insert(1 + rng.below(rows.len() - 1), (head, value.to_owned()));
            }
        }
    }
    let mut out = format!(
        "<div class=\"art {}\"><h2>{}</h2>",
        site.skin.class(15),
        g.name
    );
    let form = look.stream("guide").below(3);
    match (g.form, form * usize::from(look.strength >= 2)) {
        (GuideForm::Table, 1) => cells(&rows, &mut out),
        (GuideForm::Table, 2) => each(
            &rows,
            [
                "<div class=\"g\">",
                "<div><div class=\"tit\">",
                "</div><div>",
                "</div></div>",
                "</div>",
            ],
            "",
            &mut out,
        ),
        (GuideForm::Table, _) => each(
            &rows,
            [
                "<table class=\"g\">",
                "<tr><th>",
                "</th><td>",
                "</td></tr>",
                "</table>",
            ],
            "",
            &mut out,
        ),
        (GuideForm::Definitions, 1) => each(
            &rows,
            ["<ul class=\"g\">", "<li><b>", "</b>", "</li>", "</ul>"],
            "：",
            &mut out,
        ),
        (GuideForm::Definitions, 2) => each(
            &rows,
            ["<div>", "<h3>", "</h3><div>", "</div>", "</div>"],
            "",
            &mut out,
        ),
        (GuideForm::Definitions, _) => each(
            &rows,
            ["<dl class=\"g\">", "<dt>", "</dt><dd>", "</dd>", "</dl>"],
            "",
            &mut out,
        ),
        (GuideForm::Prose, 1) => each(
            &rows,
            ["<div>", "<p>【", "</p><div>", "</div>", "</div>"],
            "】",
            &mut out,
        ),
        (GuideForm::Prose, 2) => each(&rows, ["<div>", "", "", "<br>", "</div>"], "：", &mut out),
        (GuideForm::Prose, _) => prose(&rows, &mut out),
    }
    if let Some(form) = &g.form_file {
        let _ = write!(
            out,
            "<p>{}<a href=\"{}\">{}</a></p>",
            site.skin
                .say(&["表格下载："], &["下载表格：", "样表下载：", "附件下载："]),
            href(site, &form.address),
            form.text
        );
    }
    out.push_str("</div>");
    shell::page(
        site,
        &Frame {
            title: g.name,
            column: Some("办事指南"),
            ..Frame::default()
        },
        &out,
        now,
    )
}

/// Opening, before a heading, between heading and value, behind a value, closing; `mark` stands behind the heading.
fn each(
    rows: &[(&str, String)],
    [open, before, between, behind, close]: [&str; 5],
    mark: &str,
    out: &mut String,
) {
    out.push_str(open);
    for (head, value) in rows {
        let _ = write!(out, "{before}{head}{mark}{between}{value}{behind}");
    }
    out.push_str(close);
}

/// Two headings with their values in a row; a long value has a row of its own.
fn cells(rows: &[(&str, String)], out: &mut String) {
    out.push_str("<table class=\"g\">");
    let mut half = false;
    for (head, value) in rows {
        let is_long = value.chars().count() > 40;
        if is_long && half {
            out.push_str("<td></td><td></td></tr>");
            half = false;
        }
        if is_long {
            let _ = write!(
                out,
                "<tr><td>{head}</td><td colspan=\"3\">{value}</td></tr>"
            );
            continue;
        }
        out.push_str(if half { "" } else { "<tr>" });
        let _ = write!(out, "<td>{head}</td><td>{value}</td>");
        out.push_str(if half { "</tr>" } else { "" });
        half = !half;
    }
    out.push_str(if half { "</tr></table>" } else { "</table>" });
}

fn prose(rows: &[(&str, String)], out: &mut String) {
    const NUMBERS: [&str; 13] = [
        "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三",
    ];
    for ((head, value), number) in rows.iter().zip(NUMBERS) {
        let _ = write!(
            out,
            "<p><strong>{number}、{head}</strong></p><div>{value}</div>"
        );
    }
    out.push_str("<p></p>");
}

/// What stands under one element.
fn value(site: &Site, g: &Guide, element: usize) -> String {
    // A second guide says what the first does, unless it differs.
    let drawn_by = match &g.twin {
        Some(twin) if twin.differs != "phone" || element != 6 => &twin.of,
        _ => &g.address,
    };
    let mut rng = Rng::new(
        site.seed,
        &format!("guide {} {drawn_by} {element}", site.plan.code),
    );
    let region = &site.voice.region;
    match element {
        0 => g.name.to_owned(),
        1 => format!(
            "《云岭省{}条例》第{}条；《{}管理办法》第{}条",
            g.category,
            rng.range(5, 40),
            g.name,
            rng.range(3, 30)
        ),
        2 => format!(
            "1.户籍或经营场所在{region}；2.符合{}规定的情形；3.未被列入失信被执行人名单。",
            g.name
        ),
        3 => materials(g, &mut rng),
        4 => format!(
            "{region}人民大道{}号政务服务中心{}楼{}号窗口",
            rng.range(1, 200),
            rng.range(1, 3),
            rng.range(1, 40)
        ),
        5 => "工作日 上午8:00—12:00，下午15:00—18:00（法定节假日除外）".to_owned(),
        6 => {
            let number = rng.range(2_100_000, 2_990_000);
            match &g.twin {
                Some(twin) if twin.near == "agrees_in_other_words" => number.to_string(),
                _ => format!("0990-{number}"),
            }
        }
        _ => {
            let days = g.days.map_or_else(String::new, |days| {
                format!("（承诺办结时限{days}个工作日）")
            });
            format!("1.申请人提交申请；2.窗口受理；3.审查；4.作出决定{days}；5.制证并送达。")
        }
    }
}

fn materials(g: &Guide, rng: &mut Rng) -> String {
    let mut names = vec![
        "申请表",
        "申请人身份证",
        "户口簿",
        "营业执照",
        "经办人授权委托书",
    ];
    rng.shuffle(&mut names);
    match &g.twin {
        Some(twin) if twin.differs == "materials" => drop(names.drain(..2)),
        _ => names.truncate(3),
    }
    match g.near {
        Some("no_material_needed") => return "无需提交材料，由窗口通过数据共享核验。".to_owned(),
        Some("materials_in_columns") => {
            let mut out = String::from(
                "<table class=\"g\"><tr><th>材料名称</th><th>原件/复印件</th><th>份数</th><th>纸质/电子</th></tr>",
            );
            for name in names {
                let _ = write!(
                    out,
                    "<tr><td>{name}</td><td>复印件</td><td>{}</td><td>纸质</td></tr>",
                    rng.range(1, 3)
                );
            }
            out.push_str("</table>");
            return out;
        }
        _ => {}
    }
    let mut parts: Vec<String> = names
        .iter()
        .map(|name| {
            if g.unclear_materials {
                return (*name).to_owned();
            }
            match rng.below(3) {
                0 => format!("{name}（原件1份，纸质）"),
                1 => format!("{name}（原件及复印件各1份，纸质）"),
                _ => format!("{name}复印件{}份（纸质或电子版）", rng.range(1, 3)),
            }
        })
        .collect();
    if let Some(vague) = g.vague {
        parts.push(format!("{vague}（原件1份，纸质）"));
    }
    let mut out: String = parts
        .iter()
        .enumerate()
        .map(|(n, part)| format!("{}.{part}；", n + 1))
        .collect();
    if g.near == Some("mentions_other_materials") {
        out.push_str("除上述材料外，不得要求申请人提供其他材料。");
    }
    out
}
