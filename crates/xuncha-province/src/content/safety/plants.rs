//! The planted things themselves: what stands on the page, and what has to be said of it.

use super::hidden::{USUAL, WAYS, filled};
use super::{Document, Spot, files};
use crate::content::Site;
use crate::content::links::Place;
use crate::rng::Rng;

/// An identity number of nobody: its division is a province as a whole.
fn identity_number(rng: &mut Rng) -> String {
    let province = rng.pick(&["110000", "450000", "530000", "520000", "440000"]);
    let mut number = format!(
        "{province}{}{:02}{:02}{:03}",
        rng.range(1950, 2005),
        rng.range(1, 12),
        rng.range(1, 28),
        rng.range(0, 999)
    );
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = number
        .bytes()
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    number.push(char::from(b"10X98765432"[(sum % 11) as usize]));
    number
}

fn phone(rng: &mut Rng) -> String {
    let start = rng.pick(&["139", "138", "150", "177", "189", "198"]);
    format!("{start}{:08}", rng.range(0, 99_999_999))
}

/// A card number with the check digit of Luhn.
fn card(rng: &mut Rng) -> String {
    let mut number = format!("622202{:012}", rng.range(0, 999_999_999_999));
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(nth, digit)| {
            let digit = u32::from(digit - b'0');
            let doubled = if nth % 2 == 0 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    number.push_str(&((10 - sum % 10) % 10).to_string());
    number
}

pub(super) fn push(
    site: &mut Site,
    check: &'static str,
    kind: &'static str,
    key: String,
    near: bool,
    place: Place,
    html: String,
) {
    site.safety.push(Spot {
        check,
        kind,
        key,
        near,
        place,
        html,
        secrets: Vec::new(),
        note: String::new(),
        beyond: false,
    });
}

pub(super) fn page_of(site: &Site, article: usize) -> String {
    site.absolute(&site.articles[article].address)
}

/// Adds a file and the link to it.
fn attach(site: &mut Site, kind: &'static str, rows: Vec<Vec<String>>) -> (String, String) {
    let nth = site.documents.len();
    let address = format!("/files/2026/fj{}{nth}.{kind}", 70 + nth);
    let html = format!("<p>附件：<a href=\"{address}\">名单.{kind}</a></p>");
    site.documents.push(Document {
        address: address.clone(),
        kind,
        rows,
        flaw: "",
    });
    (site.absolute(&address), html)
}

const PERSONS: [&str; 6] = ["赵某", "钱某", "孙某", "李某", "周某", "吴某"];

pub(super) fn personal(site: &mut Site, article: usize, nth: usize, rng: &mut Rng) {
    const CHECK: &str = "exposed_personal_data";
    let page = page_of(site, article);
    let number = identity_number(rng);
    let (kind, case, url, html, secrets) = match nth % 8 {
        0 => (
            "id_in_text",
            "identity_card",
            page,
            format!(
                "<p>经审核，{}（身份证号码：{number}）符合条件，现予公示。</p>",
                PERSONS[nth % 6]
            ),
            vec![number],
        ),
        1 => {
            let others: Vec<String> = (0..4).map(|_| identity_number(rng)).collect();
            let rows: String = others
                .iter()
                .zip(PERSONS)
                .map(|(number, name)| {
                    format!("<tr><td>{name}</td><td>{number}</td><td>符合</td></tr>")
                })
                .collect();
            (
                "id_in_table",
                "identity_card",
                page,
                format!(
                    "<table class=\"g\"><tr><th>姓名</th><th>身份证号</th><th>结果</th></tr>{rows}</table>"
                ),
                others,
            )
        }
        2 => {
            let grouped = format!("{} {} {}", &number[..6], &number[6..14], &number[14..]);
            (
                "id_in_groups",
                "identity_card",
                page,
                format!("<p>申领人身份证号 {grouped} ，已发放。</p>"),
                vec![number, grouped],
            )
        }
        3 => {
            let phone = phone(rng);
            (
                "phone_of_person",
                "mobile_phone",
                page,
                format!(
                    "<p>申请人{}，本人手机号码：{phone}，申请事项已受理。</p>",
                    PERSONS[nth % 6]
                ),
                vec![phone],
            )
        }
        4 => {
            let card = card(rng);
            (
                "bank_card",
                "bank_card",
                page,
                format!(
                    "<p>{}，补贴发放至本人银行卡，卡号：{card}。</p>",
                    PERSONS[nth % 6]
                ),
                vec![card],
            )
        }
        5 => {
            let (url, html) = attach(site, "xlsx", table(&number));
            ("id_in_xlsx", "identity_card", url, html, vec![number])
        }
        6 => {
            let (url, html) = attach(site, "docx", table(&number));
            ("id_in_docx", "identity_card", url, html, vec![number])
        }
        _ => {
            let (url, html) = attach(site, "pdf", vec![vec!["No. 1".to_owned(), number.clone()]]);
            ("id_in_pdf", "identity_card", url, html, vec![number])
        }
    };
    push(
        site,
        CHECK,
        kind,
        format!("{case}:{url}"),
        false,
        Place::Article(article),
        html,
    );
    if let Some(spot) = site.safety.last_mut() {
        spot.secrets = secrets;
    }
}

fn table(number: &str) -> Vec<Vec<String>> {
    vec![
        vec!["姓名".to_owned(), "身份证号".to_owned()],
        vec!["赵某".to_owned(), number.to_owned()],
    ]
}

pub(super) fn near_personal(site: &mut Site, article: usize, nth: usize, rng: &mut Rng) {
    let page = page_of(site, article);
    let number = identity_number(rng);
    let masked = format!("{}***********{}", &number[..3], &number[14..]);
    let (kind, html) = match nth % 8 {
        0 => (
            "masked_number",
            format!("<p>{}，身份证号{masked}。</p>", PERSONS[nth % 6]),
        ),
        1 => (
            "credit_code",
            format!("<p>统一社会信用代码：{number}。</p>"),
        ),
        2 => (
            "order_number",
            format!("<p>办件流水号：{number}，订单号：{}。</p>", card(rng)),
        ),
        3 => (
            "contact_of_office",
            format!(
                "<p>咨询电话：{}，联系人：李科长，值班手机{}。</p>",
                phone(rng),
                phone(rng)
            ),
        ),
        4 => (
            "account_of_unit",
            format!(
                "<p>收款单位：{}财政局，开户行：青山银行，账号：{}。</p>",
                site.place,
                card(rng)
            ),
        ),
        5 => (
            "time_stamp",
            "<p>数据更新于20260312091530123，批次20260312091530。</p>".to_owned(),
        ),
        6 => {
            let mut wrong = number;
            let last = if wrong.ends_with('1') { '2' } else { '1' };
            wrong.pop();
            wrong.push(last);
            ("wrong_check_digit", format!("<p>项目代码{wrong}。</p>"))
        }
        _ => (
            "legal_person_phone",
            format!("<p>法定代表人联系电话：{}。</p>", phone(rng)),
        ),
    };
    push(
        site,
        "exposed_personal_data",
        kind,
        format!("identity_card:{page}"),
        true,
        Place::Article(article),
        html,
    );
}

pub(super) fn stranger(site: &Site, nth: usize) -> String {
    format!("http://{}{nth}.lucky-house.example/", site.plan.code)
}

pub(super) fn hidden(site: &mut Site, article: usize, (nth, way): (usize, usize)) {
    let url = stranger(site, nth);
    let (kind, way) = WAYS[way % WAYS.len()];
    // A frame without a scheme goes by the page's own.
    let key = match kind {
        "frame_of_one_pixel" => url.trim_start_matches("http:").to_owned(),
        _ => url.clone(),
    };
    push(
        site,
        "hidden_links",
        kind,
        key,
        false,
        Place::Article(article),
        filled(way, &url, nth),
    );
}

pub(super) fn near_hidden(site: &mut Site, article: usize, nth: usize) {
    let url = "https://www.yunlingnews.cn/".to_owned();
    let (kind, way) = USUAL[nth % USUAL.len()];
    push(
        site,
        "hidden_links",
        kind,
        url.clone(),
        true,
        Place::Article(article),
        filled(way, &url, nth),
    );
}

pub(super) fn harmful(site: &mut Site, article: usize, nth: usize) {
    let url = stranger(site, 100 + nth);
    let (kind, key, html) = match nth % 5 {
        4 => {
            let expired = format!("http://{}{nth}.old.lucky-house.example/", site.plan.code);
            (
                "expired_domain",
                expired.clone(),
                format!(
                    "<p>友情链接：<a href=\"{expired}\">{}招商网</a></p>",
                    site.place
                ),
            )
        }
        0 => (
            "gambling",
            url.clone(),
            format!("<p>友情链接：<a href=\"{url}\">真人百家乐</a></p>"),
        ),
        1 => (
            "pornography",
            url.clone(),
            format!("<p>相关：<a href=\"{url}\">成人视频在线</a></p>"),
        ),
        2 => {
            let share = format!("https://pan.baidu.com/s/1{}{nth}", site.plan.code);
            (
                "file_share",
                share.clone(),
                format!("<p>附件下载：<a href=\"{share}\">申报表</a></p>"),
            )
        }
        _ => {
            let host = format!("js{}{nth}.lucky-house.example", site.plan.code);
            (
                "script_of_stranger",
                host.clone(),
                format!("<script src=\"http://{host}/t.js\"></script>"),
            )
        }
    };
    push(
        site,
        "harmful_links",
        kind,
        key,
        false,
        Place::Article(article),
        html,
    );
}

pub(super) fn near_harmful(site: &mut Site, article: usize, nth: usize) {
    let url = format!("https://www.yunlingnews.cn/2026/h{nth}.html");
    let (kind, html) = match nth % 3 {
        0 => (
            "report",
            format!("<p><a href=\"{url}\">公安机关打击“真人百家乐”网络赌博，抓获12人</a></p>"),
        ),
        1 => (
            "warning",
            format!("<p><a href=\"{url}\">提醒：警惕“注册送彩金”骗局</a></p>"),
        ),
        _ => (
            "news",
            format!("<p><a href=\"{url}\">体育彩票公益金使用情况公告</a></p>"),
        ),
    };
    push(
        site,
        "harmful_links",
        kind,
        url,
        true,
        Place::Article(article),
        html,
    );
}

pub(super) fn tampered(site: &mut Site, article: usize, nth: usize) {
    const DOMAIN: u8 = 1;
    let is_tagged = !site.plan.defects.missing_tags.contains(&DOMAIN);
    if nth % 5 == 4 && is_tagged {
        return files::other_host(site, nth);
    }
    let (kind, key, place, html) = match nth % 4 {
        3 => (
            "cloaked",
            format!("cloaked:{}", site.plan.home()),
            Place::Home,
            String::new(),
        ),
        0 => (
            "keywords",
            format!("tampered_title:{}", site.plan.home()),
            Place::Home,
            "<!--head--><meta name=\"keywords\" content=\"澳门新葡京,时时彩平台,北京赛车pk10\">"
                .to_owned(),
        ),
        1 => (
            "text",
            format!("tampered_text:{}", page_of(site, article)),
            Place::Article(article),
            "<p>真人百家乐，注册送彩金，网上赌场，时时彩平台首选。</p>".to_owned(),
        ),
        _ => {
            let target = stranger(site, 200 + nth);
            (
                "search_redirect",
                format!("search_redirect:{}", page_of(site, article)),
                Place::Article(article),
                format!(
                    "<script>var s=document.referrer;if(s.indexOf('baidu')>0||s.indexOf('sogou')>0){{self.location='{target}';}}</script>"
                ),
            )
        }
    };
    push(site, "tampered_page", kind, key, false, place, html);
}

pub(super) fn near_tampered(site: &mut Site, article: usize, nth: usize) {
    if nth % 4 == 3 && site.domain_said.is_none() {
        return files::near_other_host(site, nth);
    }
    let page = page_of(site, article);
    let (kind, html) = match nth % 3 {
        0 => (
            "report",
            "<p>全市开展专项行动，打击网上赌场、真人百家乐、时时彩平台等网络赌博，抓获犯罪嫌疑人23人。</p>",
        ),
        1 => (
            "referrer_statistics",
            "<script>var r=document.referrer;if(r.indexOf('baidu')>0){window.fromSearch=1;}</script>",
        ),
        _ => (
            "one_word",
            "<p>规范电子游戏厅管理，老虎机等设备一律拆除。</p>",
        ),
    };
    push(
        site,
        "tampered_page",
        kind,
        format!("tampered_text:{page}"),
        true,
        Place::Article(article),
        html.to_owned(),
    );
}

const SEVERE: [&str; 6] = [
    "台湾总统",
    "中华人民共各国",
    "中国共产觉",
    "一国俩制",
    "维族群众",
    "中华民国外交部",
];

pub(super) fn severe(site: &mut Site, article: usize, nth: usize) {
    let word = SEVERE[nth % SEVERE.len()];
    let html = format!("<p>会上有关负责人谈到{word}的情况，并作了说明。</p>");
    push(
        site,
        "severe_wording",
        "wording",
        word.to_owned(),
        false,
        Place::Article(article),
        html,
    );
}

pub(super) fn near_severe(site: &mut Site, article: usize, nth: usize) {
    let (kind, html) = match nth % 4 {
        0 => ("quoted", "<p>对所谓“台湾立法院”的决议，我们坚决反对。</p>"),
        1 => ("history", "<p>1935年，中华民国政府在此设县，县志有载。</p>"),
        2 => ("rule", "<p>新闻报道中不得使用台湾行政院等称谓。</p>"),
        _ => (
            "right",
            "<p>促进内地与香港、澳门的合作，出访日本、韩国等国家和地区。</p>",
        ),
    };
    push(
        site,
        "severe_wording",
        kind,
        format!("near{nth}"),
        true,
        Place::Article(article),
        html.to_owned(),
    );
}

pub(super) fn leaked(site: &mut Site, article: usize, nth: usize) {
    let (kind, path, html) = match nth % 3 {
        0 => ("backup", format!("/files/{nth}/wwwroot.zip"), ""),
        1 => ("database", format!("/data/{nth}/site.sql"), ""),
        _ => ("listed_folder", format!("/upload/{nth}/"), ""),
    };
    let key = site.absolute(&path);
    let html = format!("{html}<p>资料：<a href=\"{path}\">下载</a></p>");
    site.leaks.push(path);
    push(
        site,
        "leaked_files",
        kind,
        key,
        false,
        Place::Article(article),
        html,
    );
}

pub(super) fn near_leaked(site: &mut Site, article: usize, nth: usize) {
    let path = format!("/files/{nth}/biaoge.zip");
    let key = site.absolute(&path);
    site.leaks.push(path.clone());
    push(
        site,
        "leaked_files",
        "form_in_zip",
        key,
        true,
        Place::Article(article),
        format!("<p>附件：<a href=\"{path}\">申报表格</a></p>"),
    );
}
