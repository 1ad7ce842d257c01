//! An entry as text by field, both ways: what import, diff, apply and export share.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use super::details::{self, AccountDetails};
use super::sheet::EntryKind;
use super::{Account, Level, Organization, Region, Registry, Site, SiteKind, State, TargetId};
use crate::facts::Lexicons;

/// Values by field.
pub(crate) type Fields = BTreeMap<String, String>;

/// An entry of any kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Region(Region),
    Organization(Organization),
    Site(Site),
    Account(Account),
}

const LEVELS: [(Level, &str, &str); 3] = [
    (Level::Province, "省", "省级"),
    (Level::City, "市", "市级"),
    (Level::County, "县", "县级"),
];
const STATES: [(State, &str); 5] = [
    (State::Running, "正常"),
    (State::Offline, "临时下线"),
    (State::Closed, "关停"),
    (State::Merged, "整合迁移"),
    (State::Cancelled, "注销"),
];
const SITE_KINDS: [(SiteKind, &str); 2] =
    [(SiteKind::Portal, "门户"), (SiteKind::Department, "部门")];

impl Level {
    /// 省级, 市级 or 县级.
    pub fn zh(self) -> &'static str {
        LEVELS
            .iter()
            .find(|(own, _, _)| *own == self)
            .map_or("", |(_, _, long)| long)
    }
}

impl State {
    /// The word of the registry's sheets.
    pub fn zh(self) -> &'static str {
        word(&STATES, self)
    }
}

fn word<T: Copy + PartialEq>(words: &'static [(T, &'static str)], value: T) -> &'static str {
    words
        .iter()
        .find(|(own, _)| *own == value)
        .map_or("", |(_, word)| word)
}

fn meaning<T: Copy>(words: &[(T, &str)], text: &str) -> Result<T, String> {
    let found = words.iter().find(|(_, word)| *word == text);
    found.map(|(own, _)| *own).ok_or_else(|| {
        let known: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
        format!("“{text}”不认识，应为 {} 之一", known.join("、"))
    })
}

fn level(text: &str) -> Result<Level, String> {
    LEVELS
        .iter()
        .find(|(_, short, long)| *short == text || *long == text)
        .map(|(level, _, _)| *level)
        .ok_or_else(|| format!("“{text}”不认识，应为省、市、县（省级、市级、县级）之一"))
}

fn short_level(level: Level) -> String {
    level.zh().trim_end_matches('级').to_owned()
}

fn yes_no(text: &str) -> Result<bool, String> {
    match text {
        "是" => Ok(true),
        "否" | "" => Ok(false),
        other => Err(format!("“{other}”不认识，应为“是”或“否”")),
    }
}

fn yes_no_word(value: bool) -> String {
    if value { "是" } else { "否" }.to_owned()
}

fn optional(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn web_address(text: &str) -> Result<(), String> {
    let parsed = url::Url::parse(text)
        .map_err(|_| format!("“{text}”不是完整的网址（应以 http:// 或 https:// 开头）"))?;
    let is_web = matches!(parsed.scheme(), "http" | "https") && parsed.has_host();
    is_web
        .then_some(())
        .ok_or_else(|| format!("“{text}”不是 http 或 https 网址"))
}

fn day(text: &str) -> Result<Option<Date>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    // People write 2020/3/1 and 2020.3.1 as often as the standard form; spreadsheets add a time.
    let date_part = text.split([' ', 'T']).next().unwrap_or(text);
    let parts: Vec<i16> = date_part
        .split(['-', '/', '.', '年', '月', '日'])
        .filter(|part| !part.is_empty())
        .map_while(|part| part.parse().ok())
        .collect();
    let date = match parts[..] {
        [year, month, day] => match (i8::try_from(month), i8::try_from(day)) {
            (Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
            _ => None,
        },
        _ => None,
    };
    date.map(Some)
        .ok_or_else(|| format!("“{text}”不是日期，应写成 2020-03-01"))
}

/// Collects what is wrong field by field, so that all of it is told.
struct Reader<'a> {
    fields: &'a Fields,
    wrong: Vec<(String, String)>,
}

impl Reader<'_> {
    fn text(&self, field: &str) -> String {
        self.fields.get(field).cloned().unwrap_or_default()
    }

    fn required(&mut self, field: &str) -> String {
        let text = self.text(field);
        if text.is_empty() {
            self.wrong.push((field.to_owned(), "不能为空".to_owned()));
        }
        text
    }

    fn read<T>(&mut self, field: &str, read: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(field);
        match read(&text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.wrong.push((field.to_owned(), message));
                None
            }
        }
    }

    fn required_read<T>(
        &mut self,
        field: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        if self.required(field).is_empty() {
            return None;
        }
        self.read(field, read)
    }

    fn address(&mut self, field: &str) -> Option<String> {
        let text = optional(&self.text(field))?;
        self.read(field, web_address);
        Some(text)
    }
}

/// Reads an entry from text; all that is wrong, by field.
pub(crate) fn read_entry(kind: EntryKind, fields: &Fields) -> Result<Entry, Vec<(String, String)>> {
    let mut reader = Reader {
        fields,
        wrong: Vec::new(),
    };
    let entry = match kind {
        EntryKind::Region => region(&mut reader).map(Entry::Region),
        EntryKind::Organization => organization(&mut reader).map(Entry::Organization),
        EntryKind::Site => site(&mut reader).map(Entry::Site),
        EntryKind::Account => account(&mut reader).map(Entry::Account),
    };
    match entry {
        Some(entry) if reader.wrong.is_empty() => Ok(entry),
        _ => Err(reader.wrong),
    }
}

fn region(reader: &mut Reader<'_>) -> Option<Region> {
    let code = reader.required("code");
    if !code.is_empty() && (code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit())) {
        let message = format!("“{code}”不是 6 位区划代码");
        reader.wrong.push(("code".to_owned(), message));
    }
    let name = reader.required("name");
    let level = reader.required_read("level", level);
    Some(Region {
        code,
        name,
        level: level?,
        parent: optional(&reader.text("parent")),
    })
}

fn organization(reader: &mut Reader<'_>) -> Option<Organization> {
    let id = reader.required("id");
    let name = reader.required("name");
    let region = reader.required("region");
    let level = reader.required_read("level", level);
    let requires_accounts = reader.read("requires_accounts", yes_no);
    Some(Organization {
        id,
        name,
        region,
        level: level?,
        parent: optional(&reader.text("parent")),
        requires_accounts: requires_accounts?,
    })
}

fn site(reader: &mut Reader<'_>) -> Option<Site> {
    let id = reader.required("id");
    if !id.is_empty() && !super::is_site_code(&id) {
        let message = format!("“{id}”不是网站标识码（10 位数字，或 bm 加 8 位数字）");
        reader.wrong.push(("id".to_owned(), message));
    }
    let name = reader.required("name");
    let home = reader.required("home");
    reader.address("home");
    let kind = reader.required_read("kind", |text| meaning(&SITE_KINDS, text));
    let organization = reader.required("organization");
    let region = reader.required("region");
    let state = reader.required_read("state", |text| meaning(&STATES, text));
    let no_services = reader.read("no_services", yes_no);
    Some(Site {
        id: TargetId(id),
        name,
        home,
        kind: kind?,
        organization,
        region,
        state: state?,
        icp: optional(&reader.text("icp")),
        police: optional(&reader.text("police")),
        no_services: no_services?,
    })
}

/// A platform by the name that others go by too: 微信 and 微信公众号 are one, or a unit's second account on it would not be seen.
/// Mini-programs of several platforms stay apart, and so does what is not known.
fn platform_name(filed: String) -> String {
    static KNOWN: LazyLock<Lexicons> = LazyLock::new(Lexicons::builtin);
    let plain: String = filed.chars().filter(|c| !c.is_whitespace()).collect();
    match KNOWN.platforms.named(&plain) {
        Some(platform) if platform.name != "小程序" => platform.name.clone(),
        _ => filed,
    }
}

fn account(reader: &mut Reader<'_>) -> Option<Account> {
    let id = reader.required("id");
    let name = reader.required("name");
    let platform = platform_name(reader.required("platform"));
    if platform.contains(['/', '|']) {
        let message = "平台名称不能含有“/”或“|”".to_owned();
        reader.wrong.push(("platform".to_owned(), message));
    }
    let kind = reader.required("kind");
    let organization = reader.required("organization");
    let region = reader.required("region");
    let state = reader.required_read("state", |text| meaning(&STATES, text));
    let opened = reader.read("opened", day);
    let details = account_details(reader);
    Some(Account {
        id: TargetId(id),
        name,
        platform,
        kind,
        organization,
        region,
        certified_subject: reader.text("certified_subject"),
        page_url: reader.address("page_url"),
        feed_url: reader.address("feed_url"),
        download_url: reader.address("download_url"),
        state: state?,
        opened: opened?,
        details: Box::new(details?),
    })
}

fn account_details(reader: &mut Reader<'_>) -> Option<AccountDetails> {
    let platform_id = reader.read("platform_id", details::platform_id);
    let followers = reader.read("followers", details::followers);
    let functions = reader.read("functions", details::functions);
    let filing_number = reader.read("filing_number", details::filing_number);
    let qr = reader.read("qr", details::qr);
    Some(AccountDetails {
        platform_id: platform_id?,
        contacts: optional(&reader.text("contacts")),
        followers: followers?,
        functions: functions?,
        filing_number: filing_number?,
        qr: qr?,
    })
}

impl Entry {
    pub fn kind(&self) -> EntryKind {
        match self {
            Entry::Region(_) => EntryKind::Region,
            Entry::Organization(_) => EntryKind::Organization,
            Entry::Site(_) => EntryKind::Site,
            Entry::Account(_) => EntryKind::Account,
        }
    }

    pub fn id(&self) -> &str {
        match self {
            Entry::Region(region) => &region.code,
            Entry::Organization(organization) => &organization.id,
            Entry::Site(site) => &site.id.0,
            Entry::Account(account) => &account.id.0,
        }
    }

    /// Its text, field by field in the order of the template.
    pub fn fields(&self) -> Fields {
        let values: Vec<String> = match self {
            Entry::Region(own) => vec![
                own.code.clone(),
                own.name.clone(),
                short_level(own.level),
                own.parent.clone().unwrap_or_default(),
            ],
            Entry::Organization(own) => vec![
                own.id.clone(),
                own.name.clone(),
                own.region.clone(),
                own.parent.clone().unwrap_or_default(),
                own.level.zh().to_owned(),
                yes_no_word(own.requires_accounts),
            ],
            Entry::Site(own) => vec![
                own.id.0.clone(),
                own.name.clone(),
                own.home.clone(),
                word(&SITE_KINDS, own.kind).to_owned(),
                own.organization.clone(),
                own.region.clone(),
                own.state.zh().to_owned(),
                own.icp.clone().unwrap_or_default(),
                own.police.clone().unwrap_or_default(),
                yes_no_word(own.no_services),
            ],
            Entry::Account(own) => [
                own.id.0.clone(),
                own.name.clone(),
                own.platform.clone(),
                own.kind.clone(),
                own.organization.clone(),
                own.region.clone(),
                own.certified_subject.clone(),
                own.page_url.clone().unwrap_or_default(),
                own.feed_url.clone().unwrap_or_default(),
                own.download_url.clone().unwrap_or_default(),
                own.state.zh().to_owned(),
                own.opened.map(|day| day.to_string()).unwrap_or_default(),
            ]
            .into_iter()
            .chain(own.details.values())
            .collect(),
        };
        let names = self.kind().fields().iter().map(|name| (*name).to_owned());
        names.zip(values).collect()
    }
}

impl Registry {
    /// Every entry of a kind, by number.
    pub(crate) fn entries(&self, kind: EntryKind) -> BTreeMap<String, Entry> {
        let all: Vec<Entry> = match kind {
            EntryKind::Region => self.regions.values().cloned().map(Entry::Region).collect(),
            EntryKind::Organization => {
                let organizations = self.organizations.values().cloned();
                organizations.map(Entry::Organization).collect()
            }
            EntryKind::Site => self.sites.values().cloned().map(Entry::Site).collect(),
            EntryKind::Account => self
                .accounts
                .values()
                .cloned()
                .map(Entry::Account)
                .collect(),
        };
        all.into_iter()
            .map(|entry| (entry.id().to_owned(), entry))
            .collect()
    }

    pub(crate) fn put(&mut self, entry: Entry) {
        match entry {
            Entry::Region(own) => {
                self.regions.insert(own.code.clone(), own);
            }
            Entry::Organization(own) => {
                self.organizations.insert(own.id.clone(), own);
            }
            Entry::Site(own) => {
                self.sites.insert(own.id.clone(), own);
            }
            Entry::Account(own) => {
                self.accounts.insert(own.id.clone(), own);
            }
        }
    }

    pub(crate) fn remove(&mut self, kind: EntryKind, id: &str) {
        match kind {
            EntryKind::Region => {
                self.regions.remove(id);
            }
            EntryKind::Organization => {
                self.organizations.remove(id);
            }
            EntryKind::Site => {
                self.sites.remove(&TargetId::from(id));
            }
            EntryKind::Account => {
                self.accounts.remove(&TargetId::from(id));
            }
        }
    }
}
