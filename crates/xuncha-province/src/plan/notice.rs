//! 通报的其他信息: what the province's office gives for its notice, as it would be typed into the form: number and date, whom it is for, who
//! agreed, where answers go, who gets a copy and who prints it. `docs/province.md` names the fields.

use std::collections::BTreeMap;

use jiff::ToSpan;

use crate::model::Province;

/// Days from the monitoring point to the date of the notice.
const DAYS: i64 = 13;

/// The fields by their names; the same for every seed.
#[must_use]
pub fn fields(province: &Province) -> BTreeMap<&'static str, String> {
    let today = province.today();
    let date = today.checked_add(DAYS.days()).unwrap_or(today);
    let own = province.regions.first().map_or("", |region| &region.name);
    let number = format!("云政办函〔{}〕12号", date.year());
    [
        ("number", number),
        ("date", date.to_string()),
        ("issuer", format!("{own}人民政府办公厅")),
        ("issuer_short", "省政府办公厅".to_owned()),
        (
            "recipients",
            "各市人民政府，省政府各部门、各直属机构".to_owned(),
        ),
        ("approval", "经省政府领导同意，".to_owned()),
        ("mail", "wangzhan@yunling.gov.cn".to_owned()),
        (
            "copies_to",
            "省委办公厅，省人大常委会办公厅，省政协办公厅，省委网信办，省公安厅".to_owned(),
        ),
        ("printed_by", format!("{own}人民政府办公厅政务公开办公室")),
    ]
    .into()
}
