//! What became of the home page since an earlier round: only what a site's own people would not do is a suspicion.

use super::Params;
use crate::facts::outline::{Change, HomeOutline};
use crate::verdict::{Confidence, Finding};

/// Parts and scripts that a finding names.
const NAMED_MAX: usize = 6;

/// What is suspicious of the difference. A page that was built anew and keeps the names of its columns is the site's own work; then its
/// scripts are new too and say nothing.
pub(super) fn findings(home: &HomeOutline, params: &Params) -> Vec<Finding> {
    let Some(before) = &home.before else {
        return Vec::new();
    };
    let change = home.outline.against(&before.outline);
    let is_rebuilt = change.skeleton_bits >= params.rebuilt_bits
        && change.parts_kept_percent < params.kept_percent;
    let is_lost = change.labels_kept_percent < params.kept_percent;
    let since = format!("与{}（{}读到）相比", before.round, before.read);
    let finding = |case: &str, said: String, quote: &str| {
        let detail = format!("{since}，{said}。{}", shown(&change));
        let key = format!("{case}:{}", home.url);
        Finding::new(key, case, detail, home.evidence.quoting(quote))
            .with_url(&home.url)
            .with_confidence(Confidence::Low)
    };
    let mut findings = Vec::new();
    if is_lost && (is_rebuilt || change.labels_kept_percent == 0) {
        let said = format!(
            "首页换了样子，原来的栏目名称只剩{}%",
            change.labels_kept_percent
        );
        findings.push(finding("home_changed", said, ""));
    }
    if let Some(first) = change.foreign_new.first() {
        let said = format!("首页出现从前没有的{}内容：{}", first.language, first.quote);
        findings.push(finding("foreign_block", said, &first.quote));
    }
    let mut risky = change.scripts_new.iter().filter(|script| script.is_risky);
    if let Some(first) = risky.next().filter(|_| !is_rebuilt) {
        let said = format!("首页出现会写入或带来别的内容的新脚本：{}", first.quote);
        findings.push(finding("new_script", said, &first.quote));
    }
    findings
}

/// Both skeletons beside each other, as far as they differ.
fn shown(change: &Change) -> String {
    let list = |names: &[String]| match names.len() {
        0 => "无".to_owned(),
        1..=NAMED_MAX => names.join("、"),
        count => format!("{}等{count}个", names[..NAMED_MAX].join("、")),
    };
    let hosts = match change.script_hosts_new.is_empty() {
        true => String::new(),
        false => format!("；新的脚本来源：{}", list(&change.script_hosts_new)),
    };
    format!(
        "页面骨架64位中有{}位不同，构件保留{}%，栏目名称保留{}%；不见的构件：{}；新的构件：{}；新脚本{}段{hosts}。",
        change.skeleton_bits,
        change.parts_kept_percent,
        change.labels_kept_percent,
        list(&change.parts_gone),
        list(&change.parts_new),
        change.scripts_new.len(),
    )
}
