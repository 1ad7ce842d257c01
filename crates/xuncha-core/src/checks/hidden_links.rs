//! 暗链: links to strangers that readers do not see, by style or by script.
//!
//! * Why: who breaks into a site hides links in it, for search engines to follow.
//! * Evidence used: styles, rules and scripts inside all pages that were read, and where their links lead.
//! * Left to a person: hidden links without words of gambling or pornography (low or medium confidence).
//! * Known misjudgements: style sheets and scripts in files of their own are not read; what a script of the site shows later may look hidden.
//! * Source: 国办发〔2017〕47号 安全防护; 国办秘函〔2019〕19号 单项否决“安全、泄密事故等严重问题”.
//!
//! One address is one finding, however many pages hide it.

use serde::{Deserialize, Serialize};

use super::Context;
use super::support::{self, signs};
use crate::facts::model::{Facts, SignCase};
use crate::round::Subject;
use crate::verdict::{Undetermined, Verdict};

/// 参数. None: what counts is data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[
    ("hidden_link", "链接被样式隐藏"),
    ("scripted_link", "脚本写入的隐蔽链接"),
];
/// Phases it needs.
pub const NEEDS: &[&str] = &["crawl"];

/// Judges each hidden address.
pub fn judge(
    _subject: &Subject,
    facts: &Facts,
    _context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let site = match support::site(facts) {
        Ok(site) => site,
        Err(verdict) => return Ok(verdict),
    };
    support::need_phases(site, NEEDS)?;
    let findings = signs::of(site, &[SignCase::HiddenLink, SignCase::ScriptedLink])
        .map(|sign| {
            let case = match sign.sign.case {
                SignCase::HiddenLink => "hidden_link",
                _ => "scripted_link",
            };
            let detail = format!(
                "页面上有读者看不见的链接，指向{}（{}）。",
                sign.sign.what,
                way_name(&sign.sign.way)
            );
            signs::finding(sign, &sign.sign.what, case, detail)
        })
        .collect();
    Ok(support::verdict(signs::merged(findings), Vec::new()))
}

/// How a link is hidden, in Chinese.
fn way_name(way: &str) -> &str {
    match way {
        "display_none" => "设为不显示",
        "visibility_hidden" => "设为不可见",
        "opacity" => "完全透明",
        "text_indent" => "缩进到屏幕之外",
        "font_size" => "字号为零",
        "clip" => "裁剪掉",
        "off_screen" => "放在屏幕之外",
        "margin" => "用边距移到屏幕之外",
        "no_height" => "高度为零",
        "no_width" => "宽度为零",
        "transform" => "变形到看不见",
        "z_index" => "压在其他内容之下",
        "transparent" => "文字透明",
        "same_colour" => "文字与背景同色",
        "marquee" => "滚动条只有一个像素",
        "letter_spacing" => "字距为负",
        "content_visibility" => "设为不绘制",
        "tiny_text" => "只有一个标点",
        "tiny_picture" => "只有一个像素的图片",
        "frame" => "看不见的框架",
        "veiled_script" => "由编码过的脚本写入",
        "hiding_script" => "由脚本写入并隐藏",
        "writing_script" => "由脚本写入",
        other => other,
    }
}
