//! 应开设而未开设: a unit that has to run accounts and has none that runs, judged on its site.
//!
//! * Why: governments of county level and above and their offices have to be found on the new media.
//! * Evidence used: the registry: which units have to run accounts, and their accounts with their states.
//! * Left to a person: nothing of low confidence; an exemption is put into the registry.
//! * Known misjudgements: an account that was never filed is not known.
//! * Source: 国办发〔2018〕123号 (县级以上人民政府应当开设).
//!
//! A finding belongs to a target, so that it can be notified, appealed against and followed until it is put right; a unit is none.
//! So each unit is judged once, on its running site: the portal first, then the lowest number. Units without a site, and those whose
//! site was not drawn, stand in `xuncha registry gaps`, and the notice names all of them from the registry.

use serde::{Deserialize, Serialize};

use super::{Context, support};
use crate::facts::model::Facts;
use crate::registry::Target;
use crate::round::Subject;
use crate::verdict::{Finding, Undetermined, Verdict};

/// 参数. None: the registry says who has to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Params {}

/// Version of this check's code.
pub const VERSION: u32 = 1;
/// Cases of its findings.
pub const CASES: &[(&str, &str)] = &[("none_running", "没有正常运行的账号")];
/// Phases it needs: none, the registry is enough.
pub const NEEDS: &[&str] = &[];

/// Judges the host unit of the site.
pub fn judge(
    subject: &Subject,
    _facts: &Facts,
    context: &Context,
    _params: &Params,
) -> Result<Verdict, Undetermined> {
    let Target::Site(site) = &subject.target else {
        return Ok(support::not_applicable("本项在单位的网站上检查。"));
    };
    let Some(lacking) = &subject.kin.lacking_unit else {
        return Ok(support::verdict(Vec::new(), Vec::new()));
    };
    let unit = &subject.organization_name;
    let ended: Vec<&str> = lacking.ended.iter().map(|id| id.0.as_str()).collect();
    let others = if ended.is_empty() {
        "名录中没有它的账号".to_owned()
    } else {
        format!("名录中的账号（{}）都不在运行", ended.join("、"))
    };
    let detail = format!("{unit}应开设政务新媒体而没有正常运行的账号，{others}。");
    let quote = format!("{unit} 应开设新媒体：是；{others}");
    let evidence = support::registry_evidence(context, &site.home, &quote);
    let finding = Finding::new("unit", "none_running", detail, evidence)
        .with_places(ended.iter().map(|id| support::place("", id)));
    Ok(support::verdict(vec![finding], Vec::new()))
}
