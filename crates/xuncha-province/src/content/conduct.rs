//! How a site is run: surveys and interviews, the annual form, signing in, phones, older readers, what its search answers to anything.
//! Each in a form that is fine, in one that is not, and in one that only looks wrong.

use std::collections::BTreeSet;

use jiff::Span;
use jiff::civil::{DateTime, date};

use super::articles::{push, unique};
use super::{ArticleKind, Column, ColumnKind, Site, addresses};
use crate::model::{Family, SearchPlan, SiteKind, SitePlan};
use crate::rng::Rng;

/// 活动次数: how many surveys or interviews took place within a year.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Turnout {
    /// Seven or more.
    #[default]
    Enough,
    /// Six and not one more, and others of before (near miss).
    Just,
    /// Fewer than six, and others of before.
    Few,
    /// Seven, of which three take opinions by mail only.
    ByMail,
    /// No such column.
    Absent,
}

/// 年度报表: how the form of last year is published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FormPlan {
    /// In time.
    #[default]
    InTime,
    /// On the last day (near miss).
    LastDay,
    /// With the year behind its title (near miss).
    YearBehind,
    /// In February.
    Late,
    /// Only those of the years before.
    Missing,
    /// Items without a value.
    Incomplete,
}

/// 登录: what is behind signing in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SignInPlan {
    /// Nobody has to sign in, nobody can.
    #[default]
    Open,
    /// An entry to a page with a password (near miss).
    Works,
    /// What a citizen does for himself asks to sign in (near miss).
    Personal,
    /// A service is shown only to who is signed in.
    Service,
    /// Letters are.
    Letters,
    /// The entry is dead.
    Dead,
    /// The entry leads to a page without a password.
    Astray,
}

/// 手机: what the home page says to phones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PhonePlan {
    /// It fits.
    #[default]
    Fits,
    /// A width that may shrink (near miss).
    Shrinks,
    /// A width for wide screens only (near miss).
    Condition,
    /// Neither, and a version for phones (near miss).
    PhoneVersion,
    /// No viewport.
    NoViewport,
    /// A viewport as wide as a desk.
    FixedViewport,
    /// A table or box of fixed width.
    FixedFrame,
    /// A style sheet in the page that fixes it.
    FixedSheet,
}

/// 无障碍入口: how it is offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum EntryPlan {
    /// A link.
    #[default]
    Link,
    /// By script (near miss).
    Script,
    /// As a picture (near miss).
    Picture,
    /// Not at all.
    Absent,
    /// A link that is dead.
    Dead,
}

/// 无关结果: what a search answers to a word that nobody wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AnythingPlan {
    /// Nothing.
    #[default]
    Nothing,
    /// That there is nothing, and what it recommends (near miss).
    Recommends,
    /// The newest of everything.
    Everything,
}

/// 办网植入方案: see the module.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConductPlan {
    /// Surveys.
    pub surveys: Turnout,
    /// Interviews.
    pub interviews: Turnout,
    /// The annual form.
    pub form: FormPlan,
    /// Signing in.
    pub sign_in: SignInPlan,
    /// Phones.
    pub phone: PhonePlan,
    /// Older readers.
    pub entry: EntryPlan,
    /// The search.
    pub anything: AnythingPlan,
}

const PLANTED_TURNOUT: [Turnout; 3] = [Turnout::Few, Turnout::ByMail, Turnout::Absent];
const PLANTED_FORM: [FormPlan; 3] = [FormPlan::Late, FormPlan::Missing, FormPlan::Incomplete];
const NEAR_FORM: [FormPlan; 2] = [FormPlan::LastDay, FormPlan::YearBehind];
const PLANTED_SIGN_IN: [SignInPlan; 4] = [
    SignInPlan::Service,
    SignInPlan::Letters,
    SignInPlan::Dead,
    SignInPlan::Astray,
];
const NEAR_SIGN_IN: [SignInPlan; 2] = [SignInPlan::Works, SignInPlan::Personal];
const PLANTED_PHONE: [PhonePlan; 4] = [
    PhonePlan::NoViewport,
    PhonePlan::FixedViewport,
    PhonePlan::FixedFrame,
    PhonePlan::FixedSheet,
];
const NEAR_PHONE: [PhonePlan; 3] = [
    PhonePlan::Shrinks,
    PhonePlan::Condition,
    PhonePlan::PhoneVersion,
];
const PLANTED_ENTRY: [EntryPlan; 2] = [EntryPlan::Absent, EntryPlan::Dead];
const NEAR_ENTRY: [EntryPlan; 2] = [EntryPlan::Script, EntryPlan::Picture];

/// Rates of a real quarter, as far as anybody knows them.
pub fn plan(seed: u64, site: &mut SitePlan) {
    let draw = |what: &str| Rng::new(seed, &format!("conduct {what} {}", site.code));
    let mut plan = ConductPlan::default();
    let mut some = |what: &str, percent: u32, put: &mut dyn FnMut(&mut ConductPlan, &mut Rng)| {
        let mut rng = draw(what);
        if rng.percent(percent) {
            put(&mut plan, &mut rng);
        }
    };
    some("surveys", 30, &mut |p, rng| {
        p.surveys = *rng.pick(&PLANTED_TURNOUT)
    });
    some("interviews", 40, &mut |p, rng| {
        p.interviews = *rng.pick(&[Turnout::Few, Turnout::Absent])
    });
    some("form", 35, &mut |p, rng| p.form = *rng.pick(&PLANTED_FORM));
    some("sign in", 6, &mut |p, rng| {
        p.sign_in = *rng.pick(&PLANTED_SIGN_IN)
    });
    some("phone", 40, &mut |p, rng| {
        p.phone = *rng.pick(&PLANTED_PHONE)
    });
    some("entry", 20, &mut |p, rng| {
        p.entry = *rng.pick(&PLANTED_ENTRY)
    });
    some("anything", 3, &mut |p, _| {
        p.anything = AnythingPlan::Everything
    });
    site.conduct = plan;
}

/// Enough of everything on enough families.
pub fn plan_dense(seed: u64, sites: &mut [SitePlan]) {
    type Put = fn(&mut ConductPlan, &mut Rng, bool);
    let groups: [(&str, usize, bool, Put); 7] = [
        ("surveys", 20, true, |p, rng, near| {
            p.surveys = if near {
                Turnout::Just
            } else {
                *rng.pick(&PLANTED_TURNOUT)
            };
        }),
        ("interviews", 20, true, |p, rng, near| {
            p.interviews = if near {
                Turnout::Just
            } else {
                *rng.pick(&[Turnout::Few, Turnout::Absent])
            };
        }),
        ("form", 26, false, |p, rng, near| {
            p.form = *rng.pick(if near { &NEAR_FORM[..] } else { &PLANTED_FORM });
        }),
        ("sign in", 28, false, |p, rng, near| {
            p.sign_in = *rng.pick(if near {
                &NEAR_SIGN_IN[..]
            } else {
                &PLANTED_SIGN_IN
            });
        }),
        ("phone", 28, false, |p, rng, near| {
            p.phone = *rng.pick(if near {
                &NEAR_PHONE[..]
            } else {
                &PLANTED_PHONE
            });
        }),
        ("entry", 26, false, |p, rng, near| {
            p.entry = *rng.pick(if near {
                &NEAR_ENTRY[..]
            } else {
                &PLANTED_ENTRY
            });
        }),
        ("anything", 40, false, |p, _, near| {
            p.anything = if near {
                AnythingPlan::Recommends
            } else {
                AnythingPlan::Everything
            };
        }),
    ];
    for (what, count, portals, put) in groups {
        let mut rng = Rng::new(seed, &format!("dense conduct {what}"));
        let mut order: Vec<usize> = (0..sites.len())
            .filter(|&i| !portals || sites[i].kind == SiteKind::Portal)
            .collect();
        rng.shuffle(&mut order);
        for (nth, index) in order.into_iter().take(2 * count).enumerate() {
            put(&mut sites[index].conduct, &mut rng, nth >= count);
        }
    }
}

/// Takes back what cannot stand together with the rest of the plan.
pub fn reconcile(site: &mut SitePlan) {
    let no_channel = site.defects.messages.no_channel;
    let c = &mut site.conduct;
    if site.defects.search != SearchPlan::Works {
        c.anything = AnythingPlan::Nothing;
    }
    let has_no_place = c.sign_in == SignInPlan::Letters && no_channel
        || c.sign_in == SignInPlan::Service && site.no_services;
    if has_no_place {
        c.sign_in = SignInPlan::Dead;
    }
    if c.sign_in == SignInPlan::Personal && site.no_services {
        c.sign_in = SignInPlan::Works;
    }
    if site.kind != SiteKind::Portal {
        c.surveys = Turnout::Enough;
        c.interviews = Turnout::Enough;
    }
}

/// The columns of surveys, interviews and annual forms, below a group.
pub fn columns(site: &mut Site, group: usize) {
    let plan = site.plan.conduct;
    let strength = site.skin.look.strength;
    let named = |site: &Site, own: &'static str, others: &[&'static str]| -> &'static str {
        let mut rng = site.skin.look.stream(own);
        if strength > 0 && rng.percent(50) {
            rng.pick::<&str>(others)
        } else {
            own
        }
    };
    if site.plan.kind == SiteKind::Portal {
        if plan.surveys != Turnout::Absent {
            let name = named(site, "调查征集", &["民意征集", "网上调查", "意见征集"]);
            add(site, (name, "调查征集"), "dczj", group);
        }
        if plan.interviews != Turnout::Absent {
            let name = named(site, "在线访谈", &["网上访谈", "嘉宾访谈"]);
            add(site, (name, "在线访谈"), "zxft", group);
        }
    }
    let name = named(
        site,
        "政府网站年度报表",
        &["网站年度报表", "网站工作年度报表"],
    );
    add(site, (name, "政府网站年度报表"), "wznb", group);
}

fn add(site: &mut Site, (name, stands_for): (&str, &'static str), slug: &str, group: usize) {
    let id = site.columns.len();
    site.columns.push(Column {
        name: name.to_owned(),
        stands_for,
        kind: ColumnKind::Listed,
        parent: Some(group),
        address: addresses::column(site.plan.family, id, "zw", slug),
        articles: Vec::new(),
        on_home: false,
        by_script: matches!(site.plan.family, Family::Script | Family::Datastore),
        month_day: false,
        links_only: false,
        near: None,
        newest: None,
    });
}

/// What stands in these columns.
pub fn articles(site: &mut Site, titles: &mut BTreeSet<String>) {
    for index in 0..site.columns.len() {
        match site.columns[index].stands_for {
            "调查征集" => events(site, index, site.plan.conduct.surveys, SURVEYS, titles),
            "在线访谈" => events(
                site,
                index,
                site.plan.conduct.interviews,
                INTERVIEWS,
                titles,
            ),
            "政府网站年度报表" => forms(site, index, titles),
            _ => {}
        }
    }
}

const SURVEYS: &[&str] = &[
    "关于优化城区公交线路的网上问卷",
    "{}年度民生实事项目征集",
    "{}旅游公共服务满意度问卷",
    "关于改进政务大厅窗口服务的问卷",
    "{}老旧小区改造意愿征集",
    "关于夜间停车管理的网上问卷",
    "{}营商环境评价问卷",
    "关于校园周边交通组织的意见征集",
    "{}文化惠民活动项目征集",
    "关于农贸市场布点的网上问卷",
    "{}社区养老服务需求问卷",
];
const INTERVIEWS: &[&str] = &[
    "访谈：{}教育部门负责人谈秋季招生",
    "访谈：{}人社部门负责人谈稳岗就业",
    "访谈：{}医保部门负责人谈参保缴费",
    "访谈：{}住建部门负责人谈燃气安全",
    "访谈：{}农业部门负责人谈春耕备耕",
    "访谈：{}交通部门负责人谈农村公路",
    "访谈：{}民政部门负责人谈社会救助",
    "访谈：{}水利部门负责人谈防汛抗旱",
    "访谈：{}林业部门负责人谈森林防火",
    "访谈：{}文旅部门负责人谈假日服务",
    "访谈：{}公安部门负责人谈反诈宣传",
];

/// How many days before the monitoring point each took place.
fn days(turnout: Turnout, rng: &mut Rng) -> Vec<i64> {
    let (within, before) = match turnout {
        Turnout::Enough => (7, 2),
        Turnout::Just => (6, 3),
        Turnout::Few => (rng.range(1, 4), 3),
        Turnout::ByMail => (7, 0),
        Turnout::Absent => (0, 0),
    };
    let recent = (0..within).map(|nth| 6 + nth * 48);
    let old = (0..before).map(|nth| 400 + nth * 55);
    recent.chain(old).collect()
}

fn events(
    site: &mut Site,
    column: usize,
    turnout: Turnout,
    table: &[&str],
    titles: &mut BTreeSet<String>,
) {
    let mut rng = site.rng(&format!("events {column}"));
    for (nth, days) in days(turnout, &mut rng).into_iter().enumerate() {
        let when = site
            .dates
            .as_of
            .saturating_sub(Span::new().days(days + rng.range(0, 12)));
        let title = table[nth % table.len()].replace("{}", &site.voice.region);
        let title = unique(titles, title, &mut rng);
        push(
            site,
            column,
            title,
            working_hour(when),
            ArticleKind::Plain,
            &mut rng,
        );
    }
}

fn working_hour(when: DateTime) -> DateTime {
    when.date().at(8, 40, 0, 0)
}

/// The forms of three years.
fn forms(site: &mut Site, column: usize, titles: &mut BTreeSet<String>) {
    let mut rng = site.rng("annual forms");
    let plan = site.plan.conduct.form;
    let last = match plan {
        FormPlan::Missing => None,
        FormPlan::Late => Some(date(2026, 2, rng.range(2, 26) as i8)),
        FormPlan::LastDay => Some(date(2026, 1, 31)),
        _ => Some(date(2026, 1, rng.range(6, 28) as i8)),
    };
    let before = [
        (2024, Some(date(2025, 1, 14))),
        (2023, Some(date(2024, 1, 19))),
    ];
    for (year, day) in std::iter::once((2025, last)).chain(before) {
        let Some(day) = day else { continue };
        let title = match plan {
            FormPlan::YearBehind => format!("{}工作年度报表（{year}年度）", "政府网站"),
            _ => format!("{year}年政府网站工作年度报表"),
        };
        let title = unique(titles, title, &mut rng);
        // The government of the province reports on all sites, too.
        if year == 2025 && site.plan.kind == SiteKind::Portal && site.plan.region == 0 {
            let title = format!("{}{year}年政府网站监管年度报表", site.voice.region);
            let when = date(2026, 1, 22).at(9, 30, 0, 0);
            push(site, column, title, when, ArticleKind::Plain, &mut rng);
        }
        push(
            site,
            column,
            title,
            day.at(10, 12, 0, 0),
            ArticleKind::Plain,
            &mut rng,
        );
    }
}

/// 受阻之处: pages and links of signing in.
impl Site {
    /// Address of the page for signing in.
    #[must_use]
    pub fn sign_in_address(&self) -> String {
        self.special("denglu")
    }

    /// Address of what is behind it.
    #[must_use]
    pub fn walled_address(&self) -> String {
        self.special("xiangqing")
    }

    /// Address of the version for phones.
    #[must_use]
    pub fn phone_address(&self) -> String {
        self.special("sjb")
    }

    /// Address of the accessible version.
    #[must_use]
    pub fn accessible_address(&self) -> String {
        self.special("wza")
    }

    /// Links of the header that are dead.
    #[must_use]
    pub fn dead_entries(&self) -> Vec<String> {
        let plan = self.plan.conduct;
        let mut dead = Vec::new();
        if plan.sign_in == SignInPlan::Dead {
            dead.push(self.absolute(&self.sign_in_address()));
        }
        if plan.entry == EntryPlan::Dead {
            dead.push(self.absolute(&self.accessible_address()));
        }
        dead
    }
}
