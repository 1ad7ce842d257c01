//! Two small sites of other templates, other addresses and one content, as records of a reading.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::date;
use serde::Deserialize;

use crate::evidence::{Capture, Hop, Purpose};
use crate::facts::model::FactRecord;
use crate::facts::{Lexicons, Skip, read as read_page, test_capture};
use crate::migration::{Holdings, read};
use crate::registry::TargetId;

const OLD: &str = "http://www.qingshi.gov.cn";
const NEW: &str = "https://www.yunling.gov.cn";
/// What both sites hold, unless a case says otherwise.
const BASE: &str = include_str!("base.toml");

/// 案例. What a case changes on either side.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    old: Side,
    #[serde(default)]
    new: Side,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Side {
    /// Changes by the name of the article in `base.toml`.
    article: BTreeMap<String, Edit>,
    /// Other names of columns.
    rename: BTreeMap<String, String>,
    /// Columns that the navigation does not name and nothing lists.
    drop: Vec<String>,
    /// Columns whose page lists nothing.
    empty: Vec<String>,
    /// What the template appends to every title, and shows around every text.
    suffix: String,
    around: String,
    /// The addresses were read before the switch and not asked since.
    not_asked: bool,
    /// Reading stopped at the page budget.
    is_partial: bool,
    /// Every page bears the name of the site, and nothing but its place tells a title.
    plain: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Edit {
    title: Option<String>,
    body: Option<Vec<String>>,
    date: Option<String>,
    /// How lists give its day, where not as its page does.
    list_date: Option<String>,
    column: Option<String>,
    files: Option<Vec<File>>,
    pictures: Option<Vec<String>>,
    /// The site never had it.
    gone: bool,
    /// Further addresses that show it.
    copies: usize,
    /// Further paragraphs, each with its number: for texts longer than what is kept.
    repeat: usize,
    /// A view of it that only the article itself leads to.
    print_view: bool,
    /// Where the address leads: `dead`, `blocked`, `home`, `column`, `article`, and `relist` for an address that leads where the article is.
    lead: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    text: String,
    /// What is in it; `404` and `page` for a file that does not open, or opens as a page.
    #[serde(default)]
    content: String,
}

#[derive(Debug, Deserialize)]
struct Base {
    article: BTreeMap<String, Content>,
}

#[derive(Clone, Debug, Deserialize)]
struct Content {
    title: String,
    column: String,
    date: String,
    body: Vec<String>,
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    pictures: Vec<String>,
}

/// The holdings of both sites of a case.
pub(super) fn both(input: &str) -> (Holdings, Holdings) {
    let case: Case = toml::from_str(input).unwrap();
    let mut old = Maker::new(OLD, false, &case.old).holdings();
    if case.old.not_asked {
        old.ask_again(&[]);
    }
    (old, Maker::new(NEW, true, &case.new).holdings())
}

struct Maker<'a> {
    home: &'static str,
    is_new: bool,
    side: &'a Side,
    records: Vec<FactRecord>,
    clock: i8,
}

impl<'a> Maker<'a> {
    fn new(home: &'static str, is_new: bool, side: &'a Side) -> Maker<'a> {
        Maker {
            home,
            is_new,
            side,
            records: Vec::new(),
            clock: 0,
        }
    }

    fn holdings(mut self) -> Holdings {
        let as_of = date(2026, 3, 20).at(9, 0, 0, 0);
        self.records.push(FactRecord::Header {
            target: TargetId::from("test"),
            facts_version: 0,
            monitor_from: as_of,
            as_of,
        });
        self.pages();
        if self.side.is_partial {
            self.records.push(FactRecord::Skipped {
                url: format!("{}/further.html", self.home),
                why: Skip::PageBudget,
            });
        }
        read(
            &format!("{}/", self.home),
            &self.records,
            &Lexicons::builtin(),
        )
    }

    fn articles(&self) -> Vec<(String, Content, Edit)> {
        let base: Base = toml::from_str(BASE).unwrap();
        for name in self.side.article.keys() {
            assert!(base.article.contains_key(name), "no article {name}");
        }
        let edited = base.article.into_iter().map(|(name, mut content)| {
            let edit = self.side.article.get(&name).cloned().unwrap_or_default();
            content.title = edit.title.clone().unwrap_or(content.title);
            content.body = edit.body.clone().unwrap_or(content.body);
            content.date = edit.date.clone().unwrap_or(content.date);
            content.column = edit.column.clone().unwrap_or(content.column);
            content.files = edit.files.clone().unwrap_or(content.files);
            content.pictures = edit.pictures.clone().unwrap_or(content.pictures);
            let more = (0..edit.repeat).map(|number| {
                format!(
                    "第{number}项工作由第{}科室牵头，于每季度末报送进展情况和存在的问题。",
                    number * 7 % 13
                )
            });
            content.body.extend(more);
            (name, content, edit)
        });
        edited.filter(|(_, _, edit)| !edit.gone).collect()
    }

    fn url(&self, name: &str) -> String {
        match self.is_new {
            true => format!("{}/article?id={name}", self.home),
            false => format!("{}/art/{name}.html", self.home),
        }
    }

    fn column_url(&self, number: usize) -> String {
        match self.is_new {
            true => format!("{}/list?column={number}", self.home),
            false => format!("{}/col/{number}/index.html", self.home),
        }
    }

    fn pages(&mut self) {
        let articles = self.articles();
        let mut columns: Vec<String> = Vec::new();
        for (_, content, _) in &articles {
            if !columns.contains(&content.column) && !self.side.drop.contains(&content.column) {
                columns.push(content.column.clone());
            }
        }
        columns.sort();
        let navigation = self.navigation(&columns);
        let newest: Vec<&(String, Content, Edit)> = articles.iter().collect();
        let home = self.list(&newest);
        self.page(
            &format!("{}/", self.home),
            "首页",
            &format!("{navigation}<div class=\"new\"><ul>{home}</ul></div>"),
        );
        for (number, column) in columns.iter().enumerate() {
            let own: Vec<_> = articles
                .iter()
                .filter(|(_, content, _)| content.column == *column)
                .collect();
            let list = match self.side.empty.contains(column) {
                true => "<p>暂无信息</p>".to_owned(),
                false => format!("<ul class=\"list\">{}</ul>", self.list(&own)),
            };
            let name = self.name_of(column);
            self.page(
                &self.column_url(number),
                &name,
                &format!("{navigation}<h2>{name}</h2>{list}"),
            );
        }
        for (name, content, edit) in &articles {
            self.article(&navigation, name, content, edit);
        }
    }

    fn name_of(&self, column: &str) -> String {
        self.side
            .rename
            .get(column)
            .cloned()
            .unwrap_or_else(|| column.to_owned())
    }

    fn navigation(&self, columns: &[String]) -> String {
        let entries = columns.iter().enumerate().map(|(number, column)| {
            format!(
                "<li><a href=\"{}\">{}</a></li>",
                self.column_url(number),
                self.name_of(column)
            )
        });
        let entries: String = entries.collect();
        format!(
            "<div class=\"nav\"><ul><li><a href=\"{}/\">首页</a></li>{entries}</ul></div>",
            self.home
        )
    }

    fn list(&self, articles: &[&(String, Content, Edit)]) -> String {
        let mut list = String::new();
        for (name, content, edit) in articles {
            for copy in 0..=edit.copies {
                let url = self.url(&if copy == 0 {
                    name.clone()
                } else {
                    format!("{name}-{copy}")
                });
                let _ = write!(
                    list,
                    "<li><a href=\"{url}\">{}</a><span>{}</span></li>",
                    content.title,
                    edit.list_date.as_ref().unwrap_or(&content.date)
                );
            }
        }
        list
    }

    fn article(&mut self, navigation: &str, name: &str, content: &Content, edit: &Edit) {
        let mut matter = String::new();
        for line in &content.body {
            let _ = write!(matter, "<p>{line}</p>");
        }
        for picture in &content.pictures {
            let url = format!("{}/upload/{picture}", self.home);
            let _ = write!(matter, "<p><img src=\"{url}\"></p>");
            self.file(&url, "image/png", picture);
        }
        for file in &content.files {
            let url = match self.is_new {
                true => format!("{}/fetch?media={}", self.home, file.name),
                false => format!("{}/upload/{}", self.home, file.name),
            };
            let _ = write!(matter, "<p><a href=\"{url}\">{}</a></p>", file.text);
            self.file(&url, "application/pdf", &file.content);
        }
        if edit.print_view {
            let _ = write!(
                matter,
                "<p><a href=\"{}\">打印</a></p>",
                self.url(&format!("{name}-print"))
            );
        }
        let around = &self.side.around;
        let body = match self.is_new {
            true => format!(
                "<h1>{}</h1><div class=\"meta\"><span>{}</span></div><div class=\"entry\">{matter}{around}</div>",
                content.title, content.date
            ),
            false if self.side.plain => format!(
                "<table><tr><td align=center><font size=5><b>{}</b></font></td></tr><tr><td align=center>【{}】【作者：办公室】【阅读：12次】</td></tr><tr><td>{matter}{around}</td></tr></table>",
                content.title, content.date
            ),
            false => format!(
                "<table><tr><td><h3 class=\"title\">{}</h3></td></tr><tr><td>发布时间：{}　来源：市政府办公室</td></tr><tr><td id=\"zoom\">{matter}{around}</td></tr></table>",
                content.title, content.date
            ),
        };
        let html = format!("{navigation}{body}");
        let title = format!("{}{}", content.title, self.side.suffix);
        let url = self.url(name);
        match edit.lead.as_deref() {
            Some(lead) => self.led(&url, lead, name, &title, &html),
            None => self.page(&url, &title, &html),
        }
        let views = (1..=edit.copies).map(|copy| format!("{name}-{copy}"));
        for view in views.chain(edit.print_view.then(|| format!("{name}-print"))) {
            self.page(&self.url(&view), &title, &html);
        }
    }

    fn capture(&mut self, url: &str) -> Capture {
        let mut capture = test_capture(url::Url::parse(url).unwrap().as_str());
        self.clock += 1;
        capture.at = capture.at.date().at(9, self.clock / 60, self.clock % 60, 0);
        capture
    }

    fn page(&mut self, url: &str, title: &str, html: &str) {
        let capture = self.capture(url);
        self.read(&capture, title, html);
    }

    fn read(&mut self, capture: &Capture, title: &str, html: &str) {
        let title = match self.side.plain {
            true => "青石市政府网",
            false => title,
        };
        let html = format!(
            "<!doctype html><html><head><title>{title}</title></head><body>{html}<div class=\"footer\">主办：青石市人民政府办公室</div></body></html>"
        );
        let facts = read_page(capture, html.as_bytes(), &Lexicons::builtin());
        self.records.push(FactRecord::Page(Box::new(facts)));
    }

    /// An address of the old site that does not show its article itself.
    fn led(&mut self, url: &str, lead: &str, name: &str, title: &str, html: &str) {
        if matches!(lead, "dead" | "blocked") {
            let status = if lead == "dead" { 404 } else { 403 };
            for _ in 0..2 {
                let mut capture = self.capture(url);
                capture.status = Some(status);
                self.read(&capture, "出错了", "");
            }
            return;
        }
        let mut capture = self.capture(url);
        capture.hops = vec![Hop {
            url: capture.url.clone(),
            status: 302,
        }];
        let (target, title, html) = match lead {
            "home" => (format!("{NEW}/"), "首页", ""),
            "column" => (format!("{NEW}/list?column=0"), "通知公告", ""),
            "article" => (format!("{NEW}/article?id={name}"), title, html),
            other => panic!("no lead {other}"),
        };
        capture.final_url = url::Url::parse(&target).unwrap().to_string();
        self.read(&capture, title, html);
    }

    fn file(&mut self, url: &str, kind: &str, content: &str) {
        for look in 1..=2 {
            let mut capture = self.capture(url);
            capture.purpose = Purpose::Link { look };
            kind.clone_into(&mut capture.content_type);
            capture.evidence.sha256 = format!("{content:0>64}");
            match content {
                "404" => capture.status = Some(404),
                "page" => {
                    "text/html".clone_into(&mut capture.content_type);
                    let page = read_page(&capture, b"<html><title>\xe5\x87\xba\xe9\x94\x99</title><p>\xe8\xaf\xb7\xe9\x87\x8d\xe8\xaf\x95</p></html>", &Lexicons::builtin());
                    self.records.push(FactRecord::Page(Box::new(page)));
                    return;
                }
                _ => {}
            }
            self.records.push(FactRecord::Look(capture.clone()));
            if capture.status == Some(200) {
                return;
            }
        }
    }
}
