//! 检查项: the list of checks, one line each. One check is one room: `NAME.rs` judges, `NAME.md` is its specification in Chinese.
//!
//! A check sees facts and says what it sees; which cases count and what they cost stands in indicator files. It never reads a clock,
//! a file or the network, and it never holds what is unknown against a target: see [`crate::verdict`]. [`specification`] cuts a spec
//! into the parts that people read.
//!
//! To add one: write the two files, add its line to [`CHECKS`], refer to it from an indicator file.

use jiff::civil::DateTime;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::facts::model::Facts;
use crate::judge::Judged;
use crate::round::{Round, Subject};
use crate::verdict::{Undetermined, Verdict};
use specification::Specification;

pub mod accessibility_faults;
pub mod app_unavailable;
pub mod broken_links;
pub mod commercial_advertising;
pub mod dead_account;
pub mod disagreeing_guides;
pub mod duplicate_account;
pub mod duplicate_account_name;
pub mod exposed_personal_data;
pub mod few_activities;
pub mod follower_jump;
pub mod forced_sign_in;
pub mod forged_dates;
pub mod harmful_links;
pub mod hidden_links;
pub mod incomplete_guides;
pub mod invalid_certificate;
pub mod leaked_files;
pub mod manual;
pub mod missing_accessible_entry;
pub mod missing_annual_form;
pub mod missing_exit_prompt;
pub mod missing_page_tags;
pub mod missing_service_statistics;
pub mod missing_site_marks;
pub mod no_account_interaction;
pub mod nonconforming_account_name;
pub mod nonconforming_domain;
pub mod nonconforming_name;
pub mod search_misses;
pub mod severe_wording;
pub mod short_notice;
#[cfg(test)]
mod spec;
pub mod specification;
pub mod stale_account;
pub mod stale_columns;
pub mod stale_home;
mod support;
pub mod tampered_page;
pub mod unfiled_app;
pub mod unfit_for_phones;
pub mod uninterpreted_policies;
pub mod unit_without_account;
pub mod unlinked_interpretations;
pub mod unpublished_messages;
pub mod unreachable_site;
#[cfg(test)]
mod unread_tests;
pub mod unsafe_attachments;
pub mod unusable_forms;
pub mod wrong_characters;

/// 判定环境. What a judgement depends on beside the facts: the monitoring point and the seed of samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Monitoring point; every window is reckoned back from its day.
    pub as_of: DateTime,
    /// Seed of the samples inside a target.
    pub seed: String,
}

impl Context {
    /// The context of a round.
    pub fn of(round: &Round) -> Context {
        Context {
            as_of: round.as_of,
            seed: round.seed.clone(),
        }
    }
}

/// 检查项. One line of the list.
#[derive(Debug)]
pub struct Check {
    /// Its name, after the failing state.
    pub name: &'static str,
    /// Its title in Chinese.
    pub title_zh: &'static str,
    /// Raised whenever the same facts can give another verdict.
    pub version: u32,
    /// Cases of its findings: id, Chinese name.
    pub cases: &'static [(&'static str, &'static str)],
    /// Phases of gathering it needs (`probe`, `network`, `crawl`, `looks`, `documents`, `search`, `account`, `accessibility`).
    pub needs: &'static [&'static str],
    /// Its specification in Chinese, Markdown.
    pub spec: &'static str,
    judge: fn(&Subject, &Facts, &Context, &Value) -> Result<Judged, BadParams>,
    validate: fn(&Value) -> Result<(), BadParams>,
    defaults: fn() -> Value,
}

impl Check {
    /// Judges a target under these parameters; `null` means the values of the rule.
    pub fn judge(
        &self,
        subject: &Subject,
        facts: &Facts,
        context: &Context,
        params: &Value,
    ) -> Result<Judged, BadParams> {
        (self.judge)(subject, facts, context, params)
    }

    /// Whether the parameters can be read.
    pub fn validate_params(&self, params: &Value) -> Result<(), BadParams> {
        (self.validate)(params)
    }

    /// The parameters that hold where a set names none.
    pub fn default_params(&self) -> Value {
        (self.defaults)()
    }

    /// Its specification, cut into its parts.
    pub fn specification(&self) -> Specification<'static> {
        Specification::read(self.spec)
    }

    /// The phases of gathering it needs, in Chinese.
    pub fn needs_zh(&self) -> Vec<&'static str> {
        self.needs
            .iter()
            .copied()
            .map(support::phase_name)
            .collect()
    }

    /// The Chinese name of one of its cases.
    pub fn case_name(&self, case: &str) -> Option<&'static str> {
        self.cases
            .iter()
            .find(|(id, _)| *id == case)
            .map(|(_, name)| *name)
    }
}

/// 参数错误. Parameters of a check that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("检查项 {check} 的参数无法读取：{why}")]
pub struct BadParams {
    /// Which check.
    pub check: &'static str,
    /// What the reader said.
    pub why: String,
}

/// One line of the list: the room `NAME.rs` with its title and its specification `NAME.md`.
macro_rules! room {
    ($name:ident, $title:literal) => {
        Check {
            name: stringify!($name),
            title_zh: $title,
            version: $name::VERSION,
            cases: $name::CASES,
            needs: $name::NEEDS,
            spec: include_str!(concat!(stringify!($name), ".md")),
            judge: |subject, facts, context, params| {
                let params = read_params(stringify!($name), params)?;
                Ok(judged($name::judge(subject, facts, context, &params)))
            },
            validate: |params| read_params::<$name::Params>(stringify!($name), params).map(|_| ()),
            defaults: || serde_json::to_value($name::Params::default()).unwrap_or_default(),
        }
    };
}

/// All checks, in the order of the rule.
pub static CHECKS: &[Check] = &[
    room!(unreachable_site, "站点无法访问"),
    room!(stale_home, "首页不更新"),
    room!(stale_columns, "栏目不更新"),
    room!(broken_links, "链接不可用"),
    room!(missing_site_marks, "网站标识不全"),
    room!(missing_page_tags, "页面标签不全"),
    room!(nonconforming_domain, "域名不规范"),
    room!(nonconforming_name, "名称不规范"),
    room!(invalid_certificate, "证书无效"),
    room!(search_misses, "站内搜索不可用"),
    room!(uninterpreted_policies, "政策文件未解读"),
    room!(unlinked_interpretations, "解读与文件未双向关联"),
    room!(incomplete_guides, "办事指南不完整"),
    room!(missing_service_statistics, "办事统计不公开"),
    room!(unpublished_messages, "留言不公开、不回应"),
    room!(stale_account, "新媒体不更新"),
    room!(no_account_interaction, "新媒体无互动"),
    room!(app_unavailable, "客户端不可用"),
    room!(duplicate_account, "重复开设账号"),
    room!(dead_account, "僵尸账号"),
    room!(nonconforming_account_name, "账号名称、认证主体不符"),
    room!(duplicate_account_name, "账号重名、名称不统一"),
    room!(follower_jump, "粉丝数异常"),
    room!(unfiled_app, "客户端、小程序未备案"),
    room!(unit_without_account, "应开设而未开设"),
    room!(exposed_personal_data, "个人隐私泄露"),
    room!(severe_wording, "严重表述错误"),
    room!(hidden_links, "暗链"),
    room!(harmful_links, "非法、不当外链"),
    room!(tampered_page, "页面被篡改"),
    room!(leaked_files, "目录、文件外泄"),
    room!(unsafe_attachments, "附件不安全"),
    room!(commercial_advertising, "商业广告"),
    room!(missing_exit_prompt, "外链无提示"),
    room!(wrong_characters, "错别字"),
    room!(forged_dates, "发稿日期疑点"),
    room!(unusable_forms, "表格下载不可用"),
    room!(disagreeing_guides, "同一事项说法不一"),
    room!(few_activities, "调查征集、在线访谈不足"),
    room!(forced_sign_in, "登录受阻"),
    room!(missing_annual_form, "年度报表不公开"),
    room!(short_notice, "公告期不足"),
    room!(unfit_for_phones, "手机不便浏览"),
    room!(missing_accessible_entry, "无障碍入口缺失"),
    room!(accessibility_faults, "无障碍缺陷"),
    room!(manual, "人工检查"),
];

/// The check of this name.
pub fn find(name: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|check| check.name == name)
}

/// Whether a check of this name exists and takes these parameters (`null` for the values of the rule); what is wrong is in Chinese.
pub fn validate_params(name: &str, params: &Value) -> Result<(), String> {
    let check = find(name).ok_or_else(|| format!("没有名为“{name}”的检查项"))?;
    check
        .validate_params(params)
        .map_err(|fault| fault.to_string())
}

fn read_params<P: DeserializeOwned>(check: &'static str, params: &Value) -> Result<P, BadParams> {
    let params = match params {
        Value::Null => Value::Object(serde_json::Map::new()),
        given => given.clone(),
    };
    serde_json::from_value(params).map_err(|error| BadParams {
        check,
        why: error.to_string(),
    })
}

fn judged(result: Result<Verdict, Undetermined>) -> Judged {
    match result {
        Ok(verdict) => Judged::Known { verdict },
        Err(undetermined) => Judged::Unknown { undetermined },
    }
}
