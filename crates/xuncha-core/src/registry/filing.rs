//! 填报: what a unit files about a site or account of its own, and what the registry would hold after it.
//!
//! Everything that comes of it is one entry before and after, so that whoever decides sees old beside new and nothing else happens.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, read_entry};
use super::request::days_after;
use super::sheet::EntryKind;
use super::{Organization, Registry, State, Target, TargetId};

mod conformity;

use conformity::{cautions, clashes};

/// Longest temporary closure, in days (国办发〔2017〕47号).
pub const MAX_SUSPENDED_DAYS: i32 = 30;
/// A closure is filed at most so many days ahead.
const MAX_AHEAD_DAYS: i64 = 366;
/// Letters of the longest reason, name or address that is taken.
const MAX_LETTERS: usize = 2_000;

/// 申请事项.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// 开办.
    Open,
    /// 更正登记信息: what is neither name, address nor state.
    Correct,
    /// 变更名称.
    Rename,
    /// 变更域名.
    MoveDomain,
    /// 变更网站类型: portal or site of a department.
    Reclassify,
    /// 划转: to another host unit.
    Transfer,
    /// 临时下线.
    Suspend,
    /// 恢复运行.
    Resume,
    /// 关停.
    Close,
    /// 整合迁移.
    Merge,
    /// 注销.
    Cancel,
}

/// Each with its word and its Chinese name.
const KINDS: [(RequestKind, &str, &str); 11] = [
    (RequestKind::Open, "open", "开办"),
    (RequestKind::Correct, "correct", "更正登记信息"),
    (RequestKind::Rename, "rename", "变更名称"),
    (RequestKind::MoveDomain, "move_domain", "变更域名"),
    (RequestKind::Reclassify, "reclassify", "变更网站类型"),
    (RequestKind::Transfer, "transfer", "划转（变更主办单位）"),
    (RequestKind::Suspend, "suspend", "临时下线"),
    (RequestKind::Resume, "resume", "恢复运行"),
    (RequestKind::Close, "close", "关停"),
    (RequestKind::Merge, "merge", "整合迁移"),
    (RequestKind::Cancel, "cancel", "注销"),
];

impl RequestKind {
    /// Every kind, in the order of a site's life.
    pub fn all() -> impl Iterator<Item = RequestKind> {
        KINDS.iter().map(|(kind, _, _)| *kind)
    }

    /// Its word in addresses and tables.
    pub fn word(self) -> &'static str {
        KINDS
            .iter()
            .find(|(own, _, _)| *own == self)
            .map_or("", |(_, word, _)| word)
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        KINDS
            .iter()
            .find(|(own, _, _)| *own == self)
            .map_or("", |(_, _, zh)| zh)
    }

    /// The kind of a word.
    pub fn of_word(word: &str) -> Option<RequestKind> {
        RequestKind::all().find(|kind| kind.word() == word)
    }

    /// Whether it can be asked for an entry that is in `state`; an opening is for none.
    pub fn fits(self, noun: EntryKind, state: State) -> bool {
        let is_up = matches!(state, State::Running | State::Offline);
        let is_site = noun == EntryKind::Site;
        match self {
            RequestKind::Open => false,
            RequestKind::Correct => state != State::Cancelled,
            RequestKind::Rename
            | RequestKind::Transfer
            | RequestKind::Close
            | RequestKind::Merge => is_up,
            RequestKind::MoveDomain | RequestKind::Reclassify => is_up && is_site,
            RequestKind::Suspend => state == State::Running,
            RequestKind::Resume => state == State::Offline,
            RequestKind::Cancel if is_site => matches!(state, State::Closed | State::Merged),
            RequestKind::Cancel => state != State::Cancelled,
        }
    }

    /// Fields that it may change. The number stays, the region follows from the unit, the state from the kind.
    pub fn fields(self, noun: EntryKind) -> &'static [&'static str] {
        match (self, noun) {
            (RequestKind::Open, EntryKind::Site) => {
                &["id", "name", "home", "kind", "icp", "police", "no_services"]
            }
            (RequestKind::Open, EntryKind::Account) => &[
                "name",
                "platform",
                "kind",
                "certified_subject",
                "page_url",
                "feed_url",
                "download_url",
                "opened",
                "platform_id",
                "contacts",
                "functions",
                "filing_number",
                "qr",
            ],
            (RequestKind::Correct, EntryKind::Site) => &["icp", "police", "no_services"],
            (RequestKind::Correct, EntryKind::Account) => &[
                "kind",
                "certified_subject",
                "page_url",
                "feed_url",
                "download_url",
                "opened",
                "platform_id",
                "contacts",
                "followers",
                "functions",
                "filing_number",
                "qr",
            ],
            (RequestKind::Rename, _) => &["name"],
            (RequestKind::MoveDomain, EntryKind::Site) => &["home"],
            (RequestKind::Reclassify, EntryKind::Site) => &["kind"],
            (RequestKind::Transfer, _) => &["organization"],
            _ => &[],
        }
    }

    /// The state after it; `None` where it stays.
    pub fn state_after(self) -> Option<State> {
        match self {
            RequestKind::Open | RequestKind::Resume => Some(State::Running),
            RequestKind::Suspend => Some(State::Offline),
            RequestKind::Close => Some(State::Closed),
            RequestKind::Merge => Some(State::Merged),
            RequestKind::Cancel => Some(State::Cancelled),
            RequestKind::Correct
            | RequestKind::Rename
            | RequestKind::MoveDomain
            | RequestKind::Reclassify
            | RequestKind::Transfer => None,
        }
    }

    /// Whether a notice has to hang on the site before it takes effect.
    pub fn needs_notice(self, noun: EntryKind) -> bool {
        noun == EntryKind::Site && matches!(self, RequestKind::Close | RequestKind::Merge)
    }
}

/// Chinese names of fields, as forms and comparisons show them.
pub fn field_zh(noun: EntryKind, field: &str) -> &'static str {
    match (noun, field) {
        (EntryKind::Site, "id") => "网站标识码",
        (EntryKind::Account, "id") => "账号编号",
        (EntryKind::Organization, "id") => "单位编号",
        (EntryKind::Site, "name") => "网站名称",
        (EntryKind::Account, "name") => "账号名称",
        (EntryKind::Site, "kind") => "网站类型",
        (EntryKind::Account, "kind") => "账号类型",
        (_, "name") => "名称",
        (_, "home") => "首页网址",
        (_, "organization" | "organization_name") => "主办单位",
        (_, "region") => "地区",
        (_, "state") => "运行状态",
        (_, "icp") => "ICP备案号",
        (_, "police") => "公安备案号",
        (_, "no_services") => "无办事服务",
        (_, "platform") => "平台",
        (_, "certified_subject") => "认证主体",
        (_, "page_url") => "主页网址",
        (_, "feed_url") => "订阅源网址",
        (_, "download_url") => "下载网址",
        (_, "opened") => "开设日期",
        (_, "platform_id") => "平台ID",
        (_, "contacts") => "联系人",
        (_, "followers") => "粉丝数",
        (_, "functions") => "功能",
        (_, "filing_number") => "备案编号",
        (_, "qr") => "二维码",
        (_, "code") => "区划代码",
        (_, "level") => "层级",
        (_, "parent") => "上级",
        (_, "requires_accounts") => "应开设新媒体",
        _ => "其他",
    }
}

/// 承接网站. Where a merged site goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    /// Its name.
    pub name: String,
    /// Its address.
    pub home: String,
}

/// 填报内容. What is filed, with the entry before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filing {
    /// What is asked.
    pub kind: RequestKind,
    /// Site or account.
    pub noun: EntryKind,
    /// Its number; `None` for an account that is to be opened, whose number is given at approval.
    pub target: Option<TargetId>,
    /// Host unit.
    pub organization: String,
    /// The entry's fields before; empty where it is to be opened.
    pub before: BTreeMap<String, String>,
    /// The entry's fields after.
    pub after: BTreeMap<String, String>,
    /// Why.
    pub reason: String,
    /// First day of a temporary closure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Last day of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Where a merged site goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Successor>,
    /// What whoever decides should look at; none of it stands in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<String>,
}

impl Filing {
    /// The name that lists show.
    pub fn name(&self) -> &str {
        let after = self.after.get("name").filter(|name| !name.is_empty());
        after
            .or_else(|| self.before.get("name"))
            .map_or("", String::as_str)
    }

    /// What differs, in the order of the template: field, before, after.
    pub fn changes(&self) -> Vec<(&'static str, &str, &str)> {
        let value = |fields: &'_ BTreeMap<String, String>, field: &str| -> Option<String> {
            fields.get(field).cloned()
        };
        let text = |fields, field| value(fields, field).unwrap_or_default();
        let fields = self.noun.fields().iter().copied();
        fields
            .filter(|field| text(&self.before, field) != text(&self.after, field))
            .map(|field| {
                let before = self.before.get(field).map_or("", String::as_str);
                (
                    field,
                    before,
                    self.after.get(field).map_or("", String::as_str),
                )
            })
            .collect()
    }

    /// The entry after, as a target. Whatever is written by hand into a body is read like a form.
    pub fn target_after(&self) -> Result<Target, Vec<Fault>> {
        Target::of_fields(self.noun, &self.after)
    }
}

/// 填报错误. What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field; empty for the request as a whole.
    pub field: String,
    /// What is wrong and what to do, in Chinese.
    pub message: String,
}

/// A fault of a field.
fn fault(field: &str, message: impl Into<String>) -> Fault {
    Fault {
        field: field.to_owned(),
        message: message.into(),
    }
}

/// 填报. What a form says.
#[derive(Clone, Debug)]
pub struct Typed {
    /// What is asked.
    pub kind: RequestKind,
    /// Site or account.
    pub noun: EntryKind,
    /// The entry; `None` for an opening.
    pub target: Option<TargetId>,
    /// The unit that files, or for which the office files.
    pub organization: String,
    /// Values by field; those that the kind may not change are not looked at.
    pub fields: BTreeMap<String, String>,
    /// Why.
    pub reason: String,
    /// Days of a temporary closure.
    pub from: Option<Date>,
    /// Last day of it.
    pub until: Option<Date>,
    /// Where a merged site goes.
    pub successor: Successor,
    /// The day on which it is filed.
    pub today: Date,
}

impl Target {
    /// Its fields as text, in the words of the template.
    pub fn fields(&self) -> BTreeMap<String, String> {
        match self {
            Target::Site(site) => Entry::Site(site.clone()).fields(),
            Target::Account(account) => Entry::Account(account.clone()).fields(),
        }
    }

    /// The target of these fields; what is wrong with them otherwise.
    pub fn of_fields(
        noun: EntryKind,
        fields: &BTreeMap<String, String>,
    ) -> Result<Target, Vec<Fault>> {
        match read_entry(noun, fields) {
            Ok(Entry::Site(site)) => Ok(Target::Site(site)),
            Ok(Entry::Account(account)) => Ok(Target::Account(account)),
            Ok(_) => Err(vec![fault("", "只能填报网站和新媒体")]),
            Err(wrong) => Err(wrong
                .into_iter()
                .map(|(field, message)| fault(&field, message))
                .collect()),
        }
    }

    /// Filed state.
    pub fn state(&self) -> State {
        match self {
            Target::Site(site) => site.state,
            Target::Account(account) => account.state,
        }
    }

    /// Site or account.
    pub fn noun(&self) -> EntryKind {
        match self {
            Target::Site(_) => EntryKind::Site,
            Target::Account(_) => EntryKind::Account,
        }
    }
}

impl Registry {
    /// A site or account by its number.
    pub fn target(&self, id: &TargetId) -> Option<Target> {
        let site = self.sites.get(id).cloned().map(Target::Site);
        site.or_else(|| self.accounts.get(id).cloned().map(Target::Account))
    }
}

/// Number under which an account stands while it has none.
const NEW_ACCOUNT: &str = "A000000";

/// Reads a form over the registry as it is. `suspended` are the temporary closures that were approved for the entry before.
pub fn draft(
    typed: &Typed,
    registry: &Registry,
    suspended: &[(Date, Date)],
) -> Result<Filing, Vec<Fault>> {
    let Some(unit) = registry.organizations.get(&typed.organization) else {
        return Err(vec![fault("organization", "名录里没有这个单位")]);
    };
    let before = match (&typed.target, typed.kind) {
        (None, RequestKind::Open) => None,
        (Some(id), kind) if kind != RequestKind::Open => match registry.target(id) {
            Some(target) if target.organization() == unit.id && target.noun() == typed.noun => {
                Some(target)
            }
            _ => return Err(vec![fault("", "名录里没有这个网站或账号")]),
        },
        _ => return Err(vec![fault("", "请从名录里选择要填报的网站或账号")]),
    };
    if let Some(target) = &before
        && !typed.kind.fits(typed.noun, target.state())
    {
        let message = format!(
            "目前登记为“{}”，不能申请{}",
            target.state().zh(),
            typed.kind.zh()
        );
        return Err(vec![fault("", message)]);
    }
    let mut faults = Vec::new();
    let old = before.as_ref().map(Target::fields).unwrap_or_default();
    let mut fields = old.clone();
    if before.is_none() {
        fields.insert("organization".to_owned(), unit.id.clone());
        fields.insert("region".to_owned(), unit.region.clone());
        if typed.noun == EntryKind::Account {
            fields.insert("id".to_owned(), NEW_ACCOUNT.to_owned());
        }
    }
    for field in typed.kind.fields(typed.noun) {
        let value = typed.fields.get(*field).map_or("", |text| text.trim());
        if value.chars().count() > MAX_LETTERS {
            faults.push(fault(field, format!("不能超过 {MAX_LETTERS} 字")));
        }
        fields.insert((*field).to_owned(), value.to_owned());
    }
    if typed.kind == RequestKind::Transfer {
        let named = fields.get("organization").map_or("", String::as_str);
        match receiver(registry, named) {
            Ok(taker) => {
                fields.insert("organization".to_owned(), taker.id.clone());
                fields.insert("region".to_owned(), taker.region.clone());
            }
            Err(message) => faults.push(fault("organization", message)),
        }
    }
    if let Some(state) = typed.kind.state_after() {
        fields.insert("state".to_owned(), state.zh().to_owned());
    }
    let target = match Target::of_fields(typed.noun, &fields) {
        Ok(target) => Some(target),
        Err(wrong) => {
            faults.extend(wrong);
            None
        }
    };
    faults.extend(request_faults(typed, suspended));
    if let Some(target) = &target {
        faults.extend(clashes(typed, target, registry));
    }
    let (Some(target), true) = (target, faults.is_empty()) else {
        return Err(faults);
    };
    let mut after = target.fields();
    let is_new_account = before.is_none() && typed.noun == EntryKind::Account;
    if is_new_account {
        after.remove("id");
    }
    let filing = Filing {
        kind: typed.kind,
        noun: typed.noun,
        target: (!is_new_account).then(|| target.id().clone()),
        organization: unit.id.clone(),
        before: old,
        after,
        reason: typed.reason.trim().to_owned(),
        from: typed.from.filter(|_| typed.kind == RequestKind::Suspend),
        until: typed.until.filter(|_| typed.kind == RequestKind::Suspend),
        successor: (typed.kind == RequestKind::Merge).then(|| typed.successor.clone()),
        cautions: cautions(typed, &target, registry),
    };
    if filing.before == filing.after {
        return Err(vec![fault("", "没有任何改动")]);
    }
    Ok(filing)
}

/// The unit that an entry goes to, by its number or its full name.
fn receiver<'a>(registry: &'a Registry, named: &str) -> Result<&'a Organization, String> {
    if let Some(unit) = registry.organizations.get(named) {
        return Ok(unit);
    }
    let units = registry.organizations.values();
    let mut same = units.filter(|unit| unit.name == named);
    match (same.next(), same.next()) {
        (Some(unit), None) => Ok(unit),
        (Some(_), Some(_)) => Err(format!("名录中有几个单位叫“{named}”，请填写单位编号")),
        (None, _) => Err("名录里没有这个单位，请填写接收单位的编号或全称".to_owned()),
    }
}

/// What the request lacks beside the fields of the entry.
fn request_faults(typed: &Typed, suspended: &[(Date, Date)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let letters = typed.reason.trim().chars().count();
    if letters == 0 {
        faults.push(fault("reason", "请写明理由"));
    }
    if letters > MAX_LETTERS {
        faults.push(fault("reason", format!("不能超过 {MAX_LETTERS} 字")));
    }
    if typed.kind == RequestKind::Merge {
        if typed.successor.name.trim().is_empty() {
            faults.push(fault("successor_name", "请填写承接网站或账号的名称"));
        }
        let home = typed.successor.home.trim();
        let parsed = url::Url::parse(home).ok();
        let is_web = parsed.is_some_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web || home.chars().count() > MAX_LETTERS {
            let message = "请填写承接方的完整网址（以 http:// 或 https:// 开头）";
            faults.push(fault("successor_home", message));
        }
    }
    if typed.kind == RequestKind::Suspend {
        faults.extend(suspension_fault(typed, suspended));
    }
    faults
}

/// At most once a year and for thirty days.
fn suspension_fault(typed: &Typed, suspended: &[(Date, Date)]) -> Option<Fault> {
    let (Some(from), Some(until)) = (typed.from, typed.until) else {
        return Some(fault("from", "请填写下线和恢复的日期"));
    };
    if until < from {
        return Some(fault("until", "下线最后一天早于下线日期"));
    }
    if from < typed.today {
        return Some(fault("from", "下线日期早于今天，临时下线须事先申请"));
    }
    if from > days_after(typed.today, MAX_AHEAD_DAYS) {
        return Some(fault("from", "下线日期在一年以后，请核对年份"));
    }
    let days = (until - from).get_days() + 1;
    if days > MAX_SUSPENDED_DAYS {
        let message =
            format!("临时下线每年不超过一次、每次不超过 {MAX_SUSPENDED_DAYS} 天，这里是 {days} 天");
        return Some(fault("until", message));
    }
    let overlapping = suspended
        .iter()
        .find(|(start, end)| *start <= until && from <= *end);
    if let Some((start, end)) = overlapping {
        let message = format!("与已批准的临时下线（{start} 至 {end}）重叠");
        return Some(fault("from", message));
    }
    let same_year = suspended
        .iter()
        .find(|(start, _)| start.year() == from.year());
    same_year.map(|(start, _)| {
        let message = format!("本年已于 {start} 批准过一次临时下线，每年不超过一次");
        fault("from", message)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "filing_tests.rs"]
pub(crate) mod tests;
