//! The two sites of the plan, and the servers that answer for them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde::Deserialize;

const PLAN: &str = include_str!("plan.toml");
const COLUMNS: [&str; 6] = [
    "通知公告",
    "新闻动态",
    "政策文件",
    "规划计划",
    "财政信息",
    "政策解读",
];
/// The day on which all articles of one column were carried over.
const MIGRATION_DAY: &str = "2026-09-08";

/// 方案.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    article: Vec<Article>,
    column: Vec<Column>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Article {
    about: String,
    column: String,
    date: String,
    #[serde(default)]
    files: usize,
    #[serde(default)]
    pictures: usize,
    plant: String,
    expect: Option<String>,
    when: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    plant: String,
    expect: Option<String>,
}

impl Plan {
    pub fn read() -> Plan {
        toml::from_str(PLAN).unwrap()
    }

    /// Kinds and titles that have to be found.
    pub fn expected(&self, is_switched: bool) -> BTreeSet<(String, String)> {
        let articles = self.article.iter().filter_map(|article| {
            let title = match article.plant.as_str() {
                "flattened" => format!("发布时间 {MIGRATION_DAY}"),
                _ => article.title(),
            };
            let is_due = is_switched || article.when.is_none();
            Some((article.expect.clone().filter(|_| is_due)?, title))
        });
        let columns = self
            .column
            .iter()
            .filter_map(|column| Some((column.expect.clone()?, column.name.clone())));
        articles.chain(columns).collect()
    }

    /// Old addresses that do not open after the switch, or open a home page: they are asked twice.
    pub fn doubtful(&self) -> BTreeSet<String> {
        const PLANTS: [&str; 4] = ["missing", "listed only", "address dead", "address home"];
        let articles = self.article.iter().enumerate();
        articles
            .filter(|(_, article)| PLANTS.contains(&article.plant.as_str()))
            .map(|(number, _)| format!("/art/{number}.html"))
            .collect()
    }

    fn column(&self, name: &str) -> &str {
        self.column
            .iter()
            .find(|column| column.name == name)
            .map_or("", |column| &column.plant)
    }
}

impl Article {
    fn title(&self) -> String {
        match self.column.as_str() {
            "通知公告" => format!("关于做好{}有关工作的通知", self.about),
            "新闻动态" => format!("我市{}工作取得新进展", self.about),
            _ => format!("青石市{}实施办法（试行）", self.about),
        }
    }

    /// What offices write is much alike: topics and figures tell texts apart.
    fn text(&self) -> Vec<String> {
        let about = &self.about;
        let seed = about
            .bytes()
            .fold(7_usize, |sum, byte| (sum * 31 + usize::from(byte)) % 99_991);
        vec![
            format!(
                "为进一步推进{about}工作，根据上级部署和本市实际，现将有关事项公布如下，请结合实际认真组织实施。"
            ),
            format!(
                "全市{about}涉及{}个乡镇（街道），计划安排资金{}.{}万元，力争年底前全部完成。",
                seed % 83 + 12,
                seed % 790 + 105,
                seed % 9 + 1
            ),
            format!(
                "各单位要明确专人负责{about}，每月{}日前报送进展情况，对推进不力的予以通报。",
                seed % 27 + 1
            ),
            format!(
                "{about}实施过程中遇到的问题，请及时向主管部门反映，咨询时间为工作日上午九时至下午五时。"
            ),
        ]
    }
}

/// One answer: status, type, where it leads, body.
#[derive(Clone, Default)]
struct Answer {
    status: u16,
    kind: &'static str,
    location: String,
    body: Vec<u8>,
}

type Answers = Arc<Mutex<BTreeMap<String, Answer>>>;
type Asked = Arc<Mutex<Vec<String>>>;

/// The servers of both sites; they end with the test.
pub struct Servers {
    pub old: String,
    pub new: String,
    answers: Answers,
    asked: Asked,
}

impl Servers {
    pub fn start(plan: &Plan, has_tags: bool) -> Servers {
        let (old, new) = (Site::old(plan, has_tags), Site::new(plan, has_tags));
        let answers: Answers = Arc::new(Mutex::new(old.answers));
        let asked = Asked::default();
        Servers {
            old: serve(answers.clone(), asked.clone()),
            new: serve(Arc::new(Mutex::new(new.answers)), Asked::default()),
            answers,
            asked,
        }
    }

    /// What the old host was asked since this was last called.
    pub fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// The old host sends its home page on too.
    pub fn switch_home(&self) {
        let answer = Answer {
            status: 301,
            location: self.new.clone(),
            ..Answer::default()
        };
        let mut answers = self.answers.lock().unwrap();
        answers.insert("/".to_owned(), answer);
    }

    /// The old host sends its visitors to the new one, each to where the plan says.
    pub fn switch(&self, plan: &Plan) {
        let mut answers = self.answers.lock().unwrap();
        for (number, article) in plan.article.iter().enumerate() {
            let target = match article.plant.as_str() {
                "address kept" => continue,
                "address dead" | "missing" => None,
                "address home" => Some(String::new()),
                "address astray" => Some("list?column=2".to_owned()),
                _ => Some(format!("show?id={number}")),
            };
            let answer = match target {
                None => Answer::not_found(),
                Some(target) => Answer {
                    status: 301,
                    location: format!("{}{target}", self.new),
                    ..Answer::default()
                },
            };
            answers.insert(format!("/art/{number}.html"), answer);
        }
    }
}

impl Answer {
    fn not_found() -> Answer {
        Answer {
            status: 404,
            kind: "text/html; charset=utf-8",
            body: "<title>404</title><h1>页面不存在</h1>".into(),
            ..Answer::default()
        }
    }
}

/// Answers from a table, until the process ends; gives back the address of the home page.
fn serve(answers: Answers, asked: Asked) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (answers, asked) = (answers.clone(), asked.clone());
            std::thread::spawn(move || answer(stream, &answers, &asked));
        }
    });
    address
}

fn answer(stream: TcpStream, answers: &Answers, asked: &Asked) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line).ok()?;
    }
    asked.lock().unwrap().push(path.clone());
    let found = answers.lock().unwrap().get(&path).cloned();
    let answer = found.unwrap_or_else(Answer::not_found);
    let mut head = format!(
        "HTTP/1.1 {} X\r\nContent-Length: {}\r\nConnection: close\r\n",
        answer.status,
        answer.body.len()
    );
    if !answer.kind.is_empty() {
        let _ = write!(head, "Content-Type: {}\r\n", answer.kind);
    }
    if !answer.location.is_empty() {
        let _ = write!(head, "Location: {}\r\n", answer.location);
    }
    let mut stream = stream;
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(b"\r\n").ok()?;
    stream.write_all(&answer.body).ok()
}

/// What one of the servers answers.
struct Site {
    is_new: bool,
    has_tags: bool,
    answers: BTreeMap<String, Answer>,
}

/// An article as one of the sites shows it.
struct Shown {
    id: String,
    column: String,
    title: String,
    date: String,
    matter: String,
    /// It stands in lists, and its page opens.
    is_listed: bool,
    opens: bool,
}

impl Site {
    fn old(plan: &Plan, has_tags: bool) -> Site {
        let mut site = Site {
            is_new: false,
            has_tags,
            answers: BTreeMap::new(),
        };
        let mut shown = Vec::new();
        for (number, article) in plan.article.iter().enumerate() {
            let mut matter: String = article
                .text()
                .iter()
                .map(|line| format!("<p>{line}</p>"))
                .collect();
            for at in 0..article.pictures {
                let path = format!("/upload/p{number}_{at}.png");
                let _ = write!(matter, "<p><img src=\"{path}\"></p>");
                site.file(&path, "image/png", format!("GIF89a {number} {at}"));
            }
            for at in 0..article.files {
                let path = format!("/upload/f{number}_{at}.pdf");
                let _ = write!(
                    matter,
                    "<p><a href=\"{path}\">附件{}：{}表{at}</a></p>",
                    at + 1,
                    article.about
                );
                if article.plant != "file dead before" || at == 0 {
                    site.file(&path, "application/pdf", format!("%PDF-1.4 {number} {at}"));
                }
            }
            let copies = if article.plant == "doubled before" {
                2
            } else {
                1
            };
            for copy in 0..copies {
                shown.push(Shown {
                    id: if copy == 0 {
                        number.to_string()
                    } else {
                        format!("{number}b")
                    },
                    column: article.column.clone(),
                    title: article.title(),
                    date: article.date.clone(),
                    matter: matter.clone(),
                    is_listed: true,
                    opens: true,
                });
            }
        }
        site.pages(plan, &shown);
        site
    }

    fn new(plan: &Plan, has_tags: bool) -> Site {
        let mut site = Site {
            is_new: true,
            has_tags,
            answers: BTreeMap::new(),
        };
        let mut shown = Vec::new();
        for (number, article) in plan.article.iter().enumerate() {
            let copies = if article.plant == "doubled" { 2 } else { 1 };
            let matter = site.carried(number, article);
            for copy in 0..copies {
                shown.push(Shown {
                    id: if copy == 0 {
                        number.to_string()
                    } else {
                        format!("{number}b")
                    },
                    column: if article.plant == "moved" {
                        "通知公告".to_owned()
                    } else {
                        article.column.clone()
                    },
                    title: title_of(article),
                    date: date_of(article),
                    matter: matter.clone(),
                    is_listed: article.plant != "missing",
                    opens: !matches!(article.plant.as_str(), "missing" | "listed only"),
                });
            }
        }
        site.pages(plan, &shown);
        site
    }

    /// The text, pictures and files of an article as they arrive.
    fn carried(&mut self, number: usize, article: &Article) -> String {
        let plant = article.plant.as_str();
        let mut lines = article.text();
        match plant {
            "cut" => lines.truncate(3),
            "emptied" => lines.clear(),
            "figures" => lines[1] = lines[1].replacen("资金", "资金9", 1),
            "other text" => {
                lines = vec![
                    "欢迎使用新网站，本页内容正在整理之中，给您带来的不便敬请谅解。".to_owned(),
                    "新网站设有公开、服务、互动等栏目，由云岭省大数据中心提供技术支持。".to_owned(),
                    "使用中有任何意见和建议，可以在互动栏目留言，我们会在五个工作日内答复。"
                        .to_owned(),
                ];
            }
            "garbled" => lines = lines.iter().map(|line| garbled(line)).collect(),
            "marks and full width" => {
                for line in &mut lines {
                    *line = line
                        .replace('，', ", ")
                        .replace('（', "(")
                        .replace('）', ")")
                        .replace('1', "１");
                }
            }
            _ => {}
        }
        let mut matter: String = lines
            .iter()
            .map(|line| format!("<div>{line}<br></div>"))
            .collect();
        for at in 0..article.pictures {
            if plant == "picture lost" && at == 1 {
                continue;
            }
            let size = if plant == "pictures resized" {
                "-300x200"
            } else {
                ""
            };
            let path = format!("/media/{number}-{at}x{size}.png");
            let _ = write!(matter, "<img alt=\"\" src=\"{path}\">");
            if plant != "picture dead" || at == 0 {
                self.file(&path, "image/png", format!("GIF89a {number} {at}"));
            }
        }
        for at in 0..article.files {
            self.carried_file(number, at, article, &mut matter);
        }
        matter
    }

    fn carried_file(&mut self, number: usize, at: usize, article: &Article, matter: &mut String) {
        let plant = if at == 1 { article.plant.as_str() } else { "" };
        if matches!(plant, "file lost" | "file dead before") {
            return;
        }
        let is_renamed = article.plant == "files renamed";
        let name = if is_renamed {
            format!("P2026{at}")
        } else {
            format!("f{number}_{at}")
        };
        let text = if is_renamed {
            format!("下载之{at}")
        } else {
            format!("附件{}：{}表{at}", at + 1, article.about)
        };
        let path = format!("/fetch?media={name}.pdf");
        let _ = write!(matter, "<div><a href=\"{path}\">{text}</a></div>");
        match plant {
            "file dead" => {}
            "file page" => self.file(
                &path,
                "text/html; charset=utf-8",
                "<html><title>提示</title><p>请稍后再试</p></html>".to_owned(),
            ),
            "file other" => self.file(&path, "application/pdf", "%PDF-1.4 另一个文件".to_owned()),
            _ => self.file(&path, "application/pdf", format!("%PDF-1.4 {number} {at}")),
        }
    }

    fn file(&mut self, path: &str, kind: &'static str, body: String) {
        self.answers.insert(
            path.to_owned(),
            Answer {
                status: 200,
                kind,
                location: String::new(),
                body: body.into_bytes(),
            },
        );
    }

    fn page(&mut self, path: &str, title: &str, body: &str) {
        self.page_with(path, title, "", body);
    }

    fn page_with(&mut self, path: &str, title: &str, tags: &str, body: &str) {
        let suffix = if self.is_new {
            "_云岭省政务集约化平台"
        } else {
            ""
        };
        let footer = "<div class=\"footer\">主办：青石市人民政府办公室</div>";
        let html = format!(
            "<!doctype html><html><head><meta charset=\"utf-8\"><title>{title}{suffix}</title>{tags}</head><body>{body}{footer}</body></html>"
        );
        self.file(path, "text/html; charset=utf-8", html);
    }

    fn column_path(&self, number: usize) -> String {
        match self.is_new {
            true => format!("/list?column={number}"),
            false => format!("/col/{number}/index.html"),
        }
    }

    fn article_path(&self, id: &str) -> String {
        match self.is_new {
            true => format!("/show?id={id}"),
            false => format!("/art/{id}.html"),
        }
    }

    fn pages(&mut self, plan: &Plan, shown: &[Shown]) {
        let mut navigation = String::from("<div class=\"nav\"><ul><li><a href=\"/\">首页</a></li>");
        let columns: Vec<(usize, &str)> = COLUMNS
            .into_iter()
            .enumerate()
            .filter(|(_, name)| {
                !self.is_new || !matches!(plan.column(name), "missing" | "empty before")
            })
            .collect();
        for (number, name) in &columns {
            let _ = write!(
                navigation,
                "<li><a href=\"{}\">{}</a></li>",
                self.column_path(*number),
                self.name(plan, name)
            );
        }
        navigation.push_str("</ul></div>");
        let all: Vec<&Shown> = shown.iter().filter(|article| article.is_listed).collect();
        let home = self.list(&all);
        self.page(
            "/",
            "青石市人民政府",
            &format!("{navigation}<h2>最新信息</h2><ul class=\"news\">{home}</ul>"),
        );
        for (number, name) in columns {
            self.column(plan, &navigation, (number, name), &all);
        }
        for article in shown.iter().filter(|article| article.opens) {
            self.article(plan, &navigation, article);
        }
    }

    /// The list of a column, ten a page on the old site and six on the new one.
    fn column(
        &mut self,
        plan: &Plan,
        navigation: &str,
        (number, name): (usize, &str),
        all: &[&Shown],
    ) {
        let is_empty =
            plan.column(name) == "empty before" || self.is_new && plan.column(name) == "empty";
        let own: Vec<&Shown> = all
            .iter()
            .copied()
            .filter(|article| article.column == name && !is_empty)
            .collect();
        let shown = self.name(plan, name);
        let first = self.column_path(number);
        let page_path = |at: usize| match (at, self.is_new) {
            (0, _) => first.clone(),
            (_, true) => format!("{first}&page={}", at + 1),
            (_, false) => first.replace("index", &format!("index_{at}")),
        };
        let parts: Vec<&[&Shown]> = own.chunks(if self.is_new { 6 } else { 10 }).collect();
        let pager: String = (0..parts.len())
            .map(|at| format!("<a href=\"{}\">{}</a> ", page_path(at), at + 1))
            .collect();
        let lists: Vec<(String, String)> = match parts.is_empty() {
            true => vec![(first.clone(), "<p>暂无信息</p>".to_owned())],
            false => parts
                .iter()
                .enumerate()
                .map(|(at, part)| {
                    (
                        page_path(at),
                        format!(
                            "<ul class=\"list\">{}</ul><div class=\"pages\">{pager}</div>",
                            self.list(part)
                        ),
                    )
                })
                .collect(),
        };
        for (path, list) in lists {
            self.page(
                &path,
                &shown,
                &format!("{navigation}<h2>{shown}</h2>{list}"),
            );
        }
    }

    fn name(&self, plan: &Plan, column: &str) -> String {
        match self.is_new && plan.column(column) == "renamed" {
            true => "要闻速递".to_owned(),
            false => column.to_owned(),
        }
    }

    /// The tags that the rules ask of an article's page, where the sites have them.
    fn tags(&self, plan: &Plan, article: &Shown) -> String {
        if !self.has_tags {
            return String::new();
        }
        let tags = [
            ("ArticleTitle", article.title.clone()),
            ("PubDate", article.date.clone()),
            ("ColumnName", self.name(plan, &article.column)),
        ];
        let tags =
            tags.map(|(name, content)| format!("<meta name=\"{name}\" content=\"{content}\">"));
        tags.concat()
    }

    fn list(&self, articles: &[&Shown]) -> String {
        let items = articles.iter().map(|article| {
            format!(
                "<li><a href=\"{}\">{}</a><span>{}</span></li>",
                self.article_path(&article.id),
                article.title,
                article.date
            )
        });
        items.collect()
    }

    fn article(&mut self, plan: &Plan, navigation: &str, article: &Shown) {
        let Shown {
            title,
            date,
            matter,
            ..
        } = article;
        let path = self.article_path(&article.id);
        let about = article
            .id
            .parse::<usize>()
            .ok()
            .map(|number| plan.article[number].plant.as_str());
        let tags = self.tags(plan, article);
        if !self.is_new {
            self.page_with(&path, title, &tags, &format!("{navigation}<table><tr><td><h3 class=\"title\">{title}</h3></td></tr><tr><td>发布时间：{date}　来源：市政府办公室</td></tr><tr><td id=\"zoom\">{matter}</td></tr></table>"));
            return;
        }
        let tools = match about {
            Some("print view") => format!("<a href=\"{path}&view=print\">打印</a>"),
            Some("new template") => {
                "<p>浏览次数：128</p><p>扫一扫在手机上打开当前页面</p>".to_owned()
            }
            _ => String::new(),
        };
        let body = format!(
            "{navigation}<h1>{title}</h1><div class=\"meta\"><span>{date}</span></div><div class=\"entry\">{matter}{tools}</div>"
        );
        self.page_with(&path, title, &tags, &body);
        if about == Some("print view") {
            self.page_with(&format!("{path}&view=print"), title, &tags, &body);
        }
    }
}

fn title_of(article: &Article) -> String {
    match article.plant.as_str() {
        "renamed" => "青石打通民生保障最后一公里".to_owned(),
        "marks and full width" => article.title().replace('（', "(").replace('）', ")"),
        _ => article.title(),
    }
}

fn date_of(article: &Article) -> String {
    match article.plant.as_str() {
        "redated" => "2026-02-28".to_owned(),
        "dateless" => String::new(),
        "future" => "2099-02-18".to_owned(),
        "flattened" => MIGRATION_DAY.to_owned(),
        "date written otherwise" => "2026年2月9日".to_owned(),
        _ => article.date.clone(),
    }
}

/// Written in UTF-8, read as Latin.
fn garbled(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
