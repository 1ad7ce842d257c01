//! What is filed of an account, as its page shows it. Persons and telephones stay in the registry's sheets: a round has none.

use xuncha_core::registry::{Registry, Target, functions_text};

use crate::lang::Lang;

/// A label and its text.
pub(crate) type Filed = (&'static str, String);

/// What is filed of a target beside name, platform and unit; empty for sites. `names` has the units.
pub(crate) fn filed(lang: Lang, target: &Target, names: &Registry) -> Vec<Filed> {
    let Target::Account(account) = target else {
        return Vec::new();
    };
    let details = &account.details;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let host = names.host_unit(target);
    let superior = names.superior_unit(target);
    let opened = account.opened.map(|day| day.to_string());
    let followers = details.followers.map(|count| count.to_string());
    let all = [
        (
            lang.t("认证主体", "Certified subject"),
            account.certified_subject.clone(),
        ),
        (
            lang.t("上级单位", "Unit above"),
            superior.map_or_else(String::new, |unit| unit.name.clone()),
        ),
        (
            lang.t("层级", "Level"),
            host.map_or_else(String::new, |unit| unit.level.zh().to_owned()),
        ),
        (lang.t("平台ID", "Platform id"), text(&details.platform_id)),
        (lang.t("开设日期", "Opened"), opened.unwrap_or_default()),
        (lang.t("粉丝数", "Followers"), followers.unwrap_or_default()),
        (
            lang.t("功能", "Functions"),
            functions_text(&details.functions),
        ),
        (
            lang.t("备案编号", "Filing number"),
            text(&details.filing_number),
        ),
        (lang.t("二维码", "QR code"), text(&details.qr)),
    ];
    all.into_iter()
        .filter(|(_, text)| !text.is_empty())
        .collect()
}
