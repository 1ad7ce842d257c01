//! Files that harm or are not what they say, codes for telephones, advertisements; and what looks like them.

use super::Document;
use super::plants::{page_of, push, stranger};
use crate::content::Site;
use crate::content::links::{Link, LinkKind, Place};

const CHECK: &str = "unsafe_attachments";

/// Adds a file with what is wrong with it, and gives its address.
fn file(site: &mut Site, extension: &str, kind: &'static str, flaw: &'static str) -> String {
    let nth = site.documents.len();
    let address = format!("/files/2026/wj{}{nth}.{extension}", 30 + nth);
    site.documents.push(Document {
        address: address.clone(),
        kind,
        rows: vec![
            vec!["序号".to_owned(), "名称".to_owned()],
            vec!["1".to_owned(), "申报项目".to_owned()],
        ],
        flaw,
    });
    address
}

fn code(site: &mut Site, leads_to: String) -> String {
    let nth = site.documents.len();
    let address = format!("/images/ewm{nth}.png");
    site.documents.push(Document {
        address: address.clone(),
        kind: "code",
        rows: vec![vec![leads_to]],
        flaw: "",
    });
    address
}

pub(super) fn attachment(site: &mut Site, article: usize, nth: usize) {
    let (kind, address) = match nth % 7 {
        0 => ("macro_document", file(site, "docm", "docx", "macro")),
        1 => ("macro_workbook", file(site, "xlsm", "xlsx", "macro")),
        2 => ("cut_document", file(site, "docx", "docx", "cut")),
        3 => ("cut_pdf", file(site, "pdf", "pdf", "cut")),
        4 => ("page_for_file", file(site, "pdf", "page", "")),
        5 => ("program_for_file", file(site, "docx", "program", "")),
        _ => {
            let host = format!("http://ewm{}{nth}.lucky-house.example/", site.plan.code);
            ("code_of_stranger", code(site, host))
        }
    };
    if kind == "program_for_file" {
        // It opens for nobody: a broken link too, written by the link itself.
        let key = site.absolute(&address);
        site.links.push(Link {
            kind: LinkKind::OtherKind,
            href: address.clone(),
            key: key.clone(),
            place: Place::Article(article),
            text: "申报材料".to_owned(),
            near: false,
        });
        let place = Place::Article(article);
        return push(site, CHECK, kind, key, false, place, String::new());
    }
    let html = match kind {
        "code_of_stranger" => {
            format!(
                "<p>扫码关注：<img src=\"{address}\" alt=\"二维码\" width=\"160\" height=\"160\" /></p>"
            )
        }
        _ => format!("<p>附件：<a href=\"{address}\">申报材料</a></p>"),
    };
    let key = site.absolute(&address);
    push(site, CHECK, kind, key, false, Place::Article(article), html);
}

pub(super) fn near_attachment(site: &mut Site, article: usize, nth: usize) {
    let own = site.plan.home();
    let (kind, address) = match nth % 7 {
        0 => ("named_macro", file(site, "docx", "docx", "")),
        1 => ("rich_text", file(site, "doc", "rtf", "")),
        2 => ("new_form_under_old_name", file(site, "doc", "docx", "")),
        3 => ("packed_forms", file(site, "zip", "docx", "")),
        4 => ("code_of_the_site", code(site, own)),
        5 => (
            "code_of_government",
            code(site, "https://www.gov.cn/".to_owned()),
        ),
        _ => ("table_as_text", file(site, "csv", "csv", "")),
    };
    let html = match kind {
        "code_of_the_site" | "code_of_government" => {
            format!(
                "<p>扫码查看：<img src=\"{address}\" alt=\"二维码\" width=\"160\" height=\"160\" /></p>"
            )
        }
        _ => format!("<p>附件：<a href=\"{address}\">宏观经济运行情况表</a></p>"),
    };
    let key = site.absolute(&address);
    push(site, CHECK, kind, key, true, Place::Article(article), html);
}

pub(super) fn advertisement(site: &mut Site, article: usize, nth: usize) {
    let (kind, host, html) = match nth % 6 {
        0 => (
            "script_of_a_network",
            "pagead2.googlesyndication.com",
            "<script src=\"https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js\"></script>",
        ),
        1 => (
            "frame_of_a_network",
            "pos.baidu.com",
            "<iframe src=\"https://pos.baidu.com/s?wid=300&amp;hei=250\" width=\"300\" height=\"250\"></iframe>",
        ),
        2 => (
            "shop",
            "item.taobao.com",
            "<p>特价热卖：<a href=\"https://item.taobao.com/item.htm?id=6120\">品牌净水器限时抢购</a></p>",
        ),
        3 => (
            "shop_of_a_brand",
            "detail.tmall.com",
            "<p><a href=\"https://detail.tmall.com/item.htm?id=88\"><img src=\"/images/pic2.svg\" alt=\"旗舰店\" width=\"200\" /></a></p>",
        ),
        4 => (
            "shop_on_the_telephone",
            "mobile.yangkeduo.com",
            "<p><a href=\"https://mobile.yangkeduo.com/goods.html?goods_id=7\">拼团优惠，点击购买</a></p>",
        ),
        _ => (
            "script_of_another_network",
            "cpro.baidustatic.com",
            "<script src=\"https://cpro.baidustatic.com/cpro/ui/c.js\"></script>",
        ),
    };
    push(
        site,
        "commercial_advertising",
        kind,
        host.to_owned(),
        false,
        Place::Article(article),
        html.to_owned(),
    );
}

pub(super) fn near_advertisement(site: &mut Site, article: usize, nth: usize) {
    let (kind, html) = match nth % 5 {
        0 => (
            "advice_on_buying",
            "<p>消费提示：在淘宝、京东等平台网购时，请认准商家资质，谨防虚假广告。</p>".to_owned(),
        ),
        1 => (
            "report_on_sales",
            "<p><a href=\"https://www.yunlingnews.cn/2026/zb.html\">直播带货助农，本地脐橙网上热卖</a></p>".to_owned(),
        ),
        2 => (
            "rule_on_advertising",
            "<p>依法查处违法商业广告，广告费用以合同为准。</p>".to_owned(),
        ),
        3 => (
            "own_picture",
            "<p><a href=\"/\"><img src=\"/images/pic3.svg\" alt=\"专题广告位\" width=\"300\" /></a></p>".to_owned(),
        ),
        _ => (
            "map_and_statistics",
            "<script src=\"https://hm.baidu.com/hm.js?1\"></script>".to_owned(),
        ),
    };
    let key = page_of(site, article);
    push(
        site,
        "commercial_advertising",
        kind,
        key,
        true,
        Place::Article(article),
        html,
    );
}

/// What the home page's tag of the domain says, where it is not the site's own host; nothing where there is no such tag.
pub(super) fn other_host(site: &mut Site, nth: usize) {
    let other = stranger(site, 300 + nth);
    let other = other.trim_start_matches("http://").trim_end_matches('/');
    site.domain_said = Some(other.to_owned());
    let key = format!("other_host:{}", site.plan.home());
    push(
        site,
        "tampered_page",
        "other_host",
        key,
        false,
        Place::Home,
        String::new(),
    );
}

/// The tag says the site's own domain, in another form.
pub(super) fn near_other_host(site: &mut Site, nth: usize) {
    let host = &site.plan.host;
    let parent = host
        .split_once('.')
        .map_or(host.as_str(), |(_, parent)| parent);
    site.domain_said = Some(match nth % 2 {
        0 => format!("https://{host}/"),
        _ => format!("{host},{parent}"),
    });
    let key = format!("other_host:{}", site.plan.home());
    push(
        site,
        "tampered_page",
        "own_domain_in_another_form",
        key,
        true,
        Place::Home,
        String::new(),
    );
}
