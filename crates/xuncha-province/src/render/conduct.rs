//! What [`crate::content::conduct`] plants, as pages show it.

use std::fmt::Write;

use jiff::civil::DateTime;

use super::shell::{self, Frame, href};
use crate::content::conduct::{EntryPlan, FormPlan, PhonePlan, SignInPlan, Turnout};
use crate::content::skin::Shell;
use crate::content::{Article, Site};

/// The viewport of the head.
pub fn viewport(site: &Site, out: &mut String) {
    let content = match site.plan.conduct.phone {
        PhonePlan::NoViewport | PhonePlan::PhoneVersion => return,
        PhonePlan::FixedViewport => "width=1200",
        _ => site.skin.say(
            &["width=device-width"],
            &[
                "width=device-width, initial-scale=1.0",
                "initial-scale=1,width=device-width",
            ],
        ),
    };
    let _ = write!(out, "<meta name=\"viewport\" content=\"{content}\">");
}

/// A style sheet in the page that fixes its frame, or does so for wide screens only.
pub fn sheet(site: &Site) -> String {
    let class = site.skin.class(4);
    match site.plan.conduct.phone {
        PhonePlan::FixedSheet => format!(".{class}{{width:1120px;margin:0 auto}}"),
        PhonePlan::Condition => format!("@media (min-width:1200px){{.{class}{{width:1170px}}}}"),
        _ => String::new(),
    }
}

/// What the element around the content says of its width.
pub fn frame(site: &Site) -> &'static str {
    match (site.plan.conduct.phone, site.skin.shell) {
        (PhonePlan::FixedFrame, Shell::Tables) => " width=\"1000\"",
        (PhonePlan::FixedFrame, _) => " style=\"width:1180px\"",
        (PhonePlan::Shrinks, _) => " style=\"width:1180px;max-width:100%\"",
        (_, Shell::Tables) => " width=\"100%\"",
        _ => "",
    }
}

/// Entries of the header: for older readers, for phones, for signing in.
pub fn entries(site: &Site, out: &mut String) {
    let s = &site.skin;
    let plan = site.plan.conduct;
    let name = s.say(&["无障碍浏览"], &["无障碍", "长者模式", "关怀版"]);
    let home = href(site, "/");
    let _ = match plan.entry {
        EntryPlan::Link => write!(out, " | <a href=\"{home}\">{name}</a>"),
        EntryPlan::Dead => write!(
            out,
            " | <a href=\"{}\">{name}</a>",
            href(site, &site.accessible_address())
        ),
        EntryPlan::Script => write!(
            out,
            " | <a href=\"javascript:void(0)\" onclick=\"qiehuan()\">{name}</a>"
        ),
        EntryPlan::Picture => write!(
            out,
            " | <a href=\"{home}\"><img src=\"{}\" alt=\"{name}\" width=\"20\" height=\"20\" /></a>",
            href(site, "/images/mark2.png")
        ),
        EntryPlan::Absent => Ok(()),
    };
    if plan.phone == PhonePlan::PhoneVersion {
        let word = s.say(&["手机版"], &["移动版", "触屏版"]);
        let address = href(site, &site.phone_address());
        let _ = write!(out, " | <a href=\"{address}\">{word}</a>");
    }
    let word = s.say(
        &["登录", "用户登录"],
        &["个人中心", "用户中心", "登录/注册"],
    );
    let _ = match plan.sign_in {
        SignInPlan::Works | SignInPlan::Dead | SignInPlan::Astray => write!(
            out,
            " | <a href=\"{}\">{word}</a>",
            href(site, &site.sign_in_address())
        ),
        _ => Ok(()),
    };
}

/// The page for signing in.
pub fn sign_in(site: &Site, now: DateTime) -> String {
    let main = format!(
        "<div class=\"box\"><h3>用户登录</h3><form method=\"post\" action=\"{}\"><p>账号 <input name=\"user\"></p><p>密码 <input type=\"password\" name=\"word\"></p><p><input type=\"submit\" value=\"登录\"></p></form></div>",
        href(site, &site.sign_in_address())
    );
    shell::page(site, &Frame::plain("用户登录"), &main, now)
}

/// A page that shows nothing to who is not signed in.
pub fn wall(site: &Site, now: DateTime) -> String {
    let words = site.skin.say(
        &["您还没有登录，请先登录！"],
        &["该内容登录后才能查看。", "请登录后再访问本页。"],
    );
    shell::page(
        site,
        &Frame::plain("提示信息"),
        &format!("<div class=\"box\"><p>{words}</p></div>"),
        now,
    )
}

/// What the service directory links besides its guides.
pub fn in_directory(site: &Site, out: &mut String) {
    let name = match site.plan.conduct.sign_in {
        SignInPlan::Service => site.skin.say(
            &["企业开办一件事套餐"],
            &["新生儿出生联办服务", "公积金贷款服务说明"],
        ),
        SignInPlan::Personal => site.skin.say(&["我的收藏"], &["在线预约", "我的办件"]),
        _ => return,
    };
    let address = href(site, &site.walled_address());
    let _ = write!(out, "<p><a href=\"{address}\">{name}</a></p>");
}

/// What the list of letters links besides its letters.
pub fn in_letters(site: &Site, out: &mut String) {
    if site.plan.conduct.sign_in == SignInPlan::Letters {
        let name = site.skin.say(&["精选来信"], &["典型来信选登", "往期来信"]);
        let address = href(site, &site.walled_address());
        let _ = write!(out, "<p><a href=\"{address}\">{name}</a></p>");
    }
}

/// The text of a survey, an interview or a form; `None` of all others.
pub fn body(site: &Site, a: &Article) -> Option<String> {
    match site.columns[a.column].stands_for {
        "调查征集" => Some(survey(site, a)),
        "在线访谈" => Some(format!(
            "<p>主持人：各位网友大家好，今天我们请来了有关部门的负责同志，就大家关心的问题与网友交流。</p><p>嘉宾：主持人好，各位网友大家好。{}高度重视这项工作，今年以来做了不少实事，欢迎大家监督。</p><p>网友提问：相关政策什么时候落地？</p><p>嘉宾：目前正在抓紧推进，年内可以见效。</p>",
            site.voice.region
        )),
        "政府网站年度报表" if a.title.contains("监管") => Some(supervision(site)),
        "政府网站年度报表" => Some(form(site, a)),
        _ => None,
    }
}

fn survey(site: &Site, a: &Article) -> String {
    let column = &site.columns[a.column].articles;
    let nth = column
        .iter()
        .position(|&one| site.articles[one].title == a.title);
    let by_mail = site.plan.conduct.surveys == Turnout::ByMail && nth.is_some_and(|nth| nth < 3);
    let start = format!(
        "<p>为做好相关工作，现面向社会公开征集看法，活动时间为一个月。感谢{}市民朋友的支持。</p>",
        site.voice.region
    );
    if by_mail {
        return format!(
            "{start}<p>如有看法，可发送至电子邮箱：dczj@{}。</p>",
            site.plan.host
        );
    }
    format!(
        "{start}<form method=\"post\" action=\"{}\"><p>您对此项工作是否满意？</p><p><input type=\"radio\" name=\"a\" value=\"1\">满意 <input type=\"radio\" name=\"a\" value=\"2\">一般 <input type=\"radio\" name=\"a\" value=\"3\">不满意</p><p><input type=\"submit\" value=\"投票\"></p></form>",
        href(site, &a.address)
    )
}

/// Parts of the form with their items; `?` asks for 是 or 否, `#` for a number.
const PARTS: &[(&str, &[&str])] = &[
    (
        "",
        &["独立用户访问总量（单位：个）#", "网站总访问量（单位：次）#"],
    ),
    (
        "信息发布（单位：条）",
        &[
            "总数#",
            "概况类信息更新量#",
            "政务动态信息更新量#",
            "信息公开目录信息更新量#",
        ],
    ),
    ("专栏专题（单位：个）", &["维护数量#", "新开设数量#"]),
    (
        "解读回应",
        &[
            "解读信息发布总数（单位：条）#",
            "解读材料数量（单位：条）#",
            "解读产品数量（单位：个）#",
            "媒体评论文章数量（单位：篇）#",
            "回应公众关注热点或重大舆情数量（单位：次）#",
        ],
    ),
    (
        "办事服务",
        &[
            "是否发布服务事项目录?",
            "注册用户数（单位：个）#",
            "政务服务事项数量（单位：项）#",
            "可全程在线办理政务服务事项数量（单位：项）#",
            "办件量总数（单位：件）#",
            "自然人办件量（单位：件）#",
            "法人办件量（单位：件）#",
        ],
    ),
    (
        "互动交流",
        &[
            "是否使用统一平台?",
            "收到留言数量（单位：条）#",
            "办结留言数量（单位：条）#",
            "平均办理时间（单位：天）#",
            "公开答复数量（单位：条）#",
            "征集调查期数（单位：期）#",
            "收到意见数量（单位：条）#",
            "公布调查结果期数（单位：期）#",
            "访谈期数（单位：期）#",
            "网民留言数量（单位：条）#",
            "答复网民提问数量（单位：条）#",
            "是否提供智能问答?",
        ],
    ),
    (
        "安全防护",
        &[
            "安全检测评估次数（单位：次）#",
            "发现问题数量（单位：个）#",
            "问题整改数量（单位：个）#",
            "是否建立安全监测预警机制?",
            "是否开展应急演练?",
            "是否明确网站安全责任人?",
        ],
    ),
    ("移动新媒体", &["是否有移动新媒体?"]),
];

/// The form as a table.
fn form(site: &Site, a: &Article) -> String {
    let s = &site.skin;
    let plan = &site.plan;
    // Only that of last year lacks something.
    let lacks = plan.conduct.form == FormPlan::Incomplete && a.title.contains("2025");
    let mut rng = site.rng("form values");
    let dropped = rng.range(3, 20) as usize;
    let mut rows: Vec<(&str, String, String)> = vec![
        ("", "填报单位".into(), site.voice.unit.clone()),
        ("", "网站名称".into(), plan.name.clone()),
        ("", "首页网址".into(), plan.home()),
        ("", "主办单位".into(), site.voice.unit.clone()),
        (
            "",
            "网站类型".into(),
            format!("政府{}网站", plan.kind.word()),
        ),
        (
            "",
            s.say(&["政府网站标识码"], &["网站标识码"]).into(),
            plan.code.clone(),
        ),
        ("", "ICP备案号".into(), plan.icp.clone()),
        ("", "公安机关备案号".into(), plan.police.clone()),
    ];
    for (part, items) in PARTS {
        for item in *items {
            let (label, kind) = item.split_at(item.len() - 1);
            let value = match kind {
                "?" => "是".to_owned(),
                _ => rng.range(3, 9_000).to_string(),
            };
            rows.push((part, label.to_owned(), value));
        }
    }
    for (label, value) in [
        ("单位负责人", "陈立新"),
        ("审核人", "周明远"),
        ("填报人", "林小芳"),
        ("联系电话", "0990-2100000"),
    ] {
        rows.push(("", label.to_owned(), value.to_owned()));
    }
    let day = a.published.date();
    rows.push((
        "",
        "填报日期".into(),
        format!("{}年{}月{}日", day.year(), day.month(), day.day()),
    ));
    if lacks {
        // Two stand without a value, one does not stand at all.
        rows[8 + dropped].2.clear();
        rows[10 + dropped].2 = "&nbsp;".to_owned();
        rows.remove(12 + dropped);
    }
    let mut out = String::from("<table class=\"g\" width=\"100%\">");
    for (nth, (part, label, value)) in rows.iter().enumerate() {
        let is_first = nth == 0 || rows[nth - 1].0 != *part;
        let count = rows[nth..]
            .iter()
            .take_while(|(other, _, _)| other == part)
            .count();
        out.push_str("<tr>");
        if part.is_empty() {
            let _ = write!(out, "<td colspan=\"2\">{label}</td><td>{value}</td>");
        } else {
            if is_first {
                let _ = write!(out, "<td rowspan=\"{count}\">{part}</td>");
            }
            let _ = write!(out, "<td>{label}</td><td>{value}</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>");
    out
}

/// What the government of the province reports of all sites.
fn supervision(site: &Site) -> String {
    let mut labels: Vec<String> = [
        "正在运行的网站总数（家）",
        "门户网站（家）",
        "部门网站（家）",
        "本年新开设网站（家）",
        "本年关停、整合迁移网站（家）",
    ]
    .map(str::to_owned)
    .to_vec();
    for quarter in ["第一季度", "第二季度", "第三季度", "第四季度"] {
        labels.push(format!("{quarter}抽查网站（家次）"));
        labels.push(format!("{quarter}抽查比例（%）"));
        labels.push(format!("{quarter}不合格网站（家次）"));
    }
    let rest = [
        "全年抽查网站（家次）",
        "全年不合格网站（家次）",
        "问责人次",
        "约谈（人次）",
        "作出书面检查（人次）",
        "通报批评（人次）",
        "调离岗位或免职（人次）",
        "检查网站（家次）",
        "发现问题（个）",
        "已整改问题（个）",
        "收到留言（条）",
        "按期办结（条）",
        "超期办结（条）",
        "未办结（条）",
        "发现假冒网站（个）",
        "已处置假冒网站（个）",
        "培训次数（次）",
        "培训人次",
    ];
    labels.extend(rest.map(str::to_owned));
    let mut out = format!(
        "<table class=\"g\" width=\"100%\"><tr><td>填报单位</td><td>{}办公室</td></tr>",
        site.voice.unit
    );
    for (nth, label) in labels.iter().enumerate() {
        let _ = write!(
            out,
            "<tr><td>{label}</td><td>{}</td></tr>",
            3 + nth * 7 % 97
        );
    }
    out.push_str("<tr><td>单位负责人</td><td>陈立新</td></tr><tr><td>填报人</td><td>林小芳</td></tr><tr><td>联系电话</td><td>0990-2100000</td></tr><tr><td>填报日期</td><td>2026年1月20日</td></tr></table>");
    out
}
