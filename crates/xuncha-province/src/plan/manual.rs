//! What only a person can see on a site: the answers of the scripted reviewer.

use crate::model::{PlanKind, SiteKind, SitePlan};
use crate::rng::Rng;

/// What only a person can answer; portals only, since only they are scored on it.
pub fn plant(seed: u64, plan: PlanKind, site: &mut SitePlan) {
    if site.kind != SiteKind::Portal {
        return;
    }
    let mut rng = Rng::new(seed, &format!("manual {}", site.code));
    let rates: [(&str, u32, i64, &str); 12] = [
        ("overview_accuracy", 15, 1, "概况信息中的人口数据未更新"),
        ("duties_accuracy", 10, 1, "机构职能未按机构改革调整"),
        ("leaders_accuracy", 12, 2, "领导分工信息缺失"),
        ("services_listed", 6, 1, "办事事项未集中分类展示"),
        ("content_accuracy", 25, 2, "咨询电话有误"),
        ("form_samples", 30, 2, "申请表格未提供样表"),
        ("message_submission", 12, 1, "留言提交后无法查询处理状态"),
        ("unified_login", 97, 1, "互动交流模块未实现统一登录"),
        ("question_reply", 22, 1, "模拟咨询未在5个工作日内答复"),
        ("single_sign_on", 97, 1, "未与政务服务平台互认账号"),
        ("browser_compatibility", 10, 1, "个别浏览器下栏目错位"),
        ("ipv6", 20, 1, "未完成IPv6改造"),
    ];
    for (question, percent, most, note) in rates {
        if rng.percent(percent) {
            let fails = rng.range(1, most) as u32;
            site.defects.manual.push((question, fails, note.to_owned()));
        }
    }
    if plan == PlanKind::Dense && rng.percent(3) {
        site.defects.manual.push((
            "serious_problem",
            1,
            "首页标题出现严重表述错误（模拟）".to_owned(),
        ));
    }
    for (question, most) in [
        ("bonus_release", 3),
        ("bonus_response", 2),
        ("bonus_services", 2),
        ("bonus_interaction", 3),
        ("bonus_features", 2),
        ("bonus_innovation", 1),
    ] {
        let points = rng.range(0, most) as u32;
        site.defects
            .manual
            .push((question, points, "加分项得分".to_owned()));
    }
}
