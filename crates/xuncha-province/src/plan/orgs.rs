//! The units: governments, departments with a site, departments without.

use crate::model::{Level, Org, Region};
use crate::rng::Rng;

/// 部门: one kind of department.
pub struct Department {
    /// Name at city and county level, without the region.
    pub local: &'static str,
    /// Name at provincial level.
    pub provincial: &'static str,
    /// Label of its host.
    pub label: &'static str,
    /// Short name in speech.
    pub short: &'static str,
}

const fn d(
    local: &'static str,
    provincial: &'static str,
    label: &'static str,
    short: &'static str,
) -> Department {
    Department {
        local,
        provincial,
        label,
        short,
    }
}

/// All kinds of departments, the most usual first.
pub const DEPARTMENTS: &[Department] = &[
    d("应急管理局", "应急管理厅", "yjgl", "应急"),
    d("教育局", "教育厅", "jy", "教育"),
    d("住房公积金管理中心", "住房和城乡建设厅", "zfgjj", "公积金"),
    d(
        "人力资源和社会保障局",
        "人力资源和社会保障厅",
        "rsj",
        "人社",
    ),
    d("卫生健康委员会", "卫生健康委员会", "wjw", "卫健"),
    d("生态环境局", "生态环境厅", "sthj", "环保"),
    d("交通运输局", "交通运输厅", "jtys", "交通"),
    d("水利局", "水利厅", "slj", "水利"),
    d("农业农村局", "农业农村厅", "nyncj", "农业"),
    d("自然资源局", "自然资源厅", "zrzy", "国土"),
    d("财政局", "财政厅", "czj", "财政"),
    d("市场监督管理局", "市场监督管理局", "scjgj", "市监"),
    d("民政局", "民政厅", "mzj", "民政"),
    d("文化广电和旅游局", "文化和旅游厅", "wglj", "文旅"),
    d("医疗保障局", "医疗保障局", "ylbzj", "医保"),
    d("住房和城乡建设局", "工程建设管理办公室", "zjj", "住建"),
    d("商务局", "商务厅", "swj", "商务"),
    d("发展和改革委员会", "发展和改革委员会", "fgw", "发改"),
    d("工业和信息化局", "工业和信息化厅", "gxj", "工信"),
    d("科学技术局", "科学技术厅", "kjj", "科技"),
    d("司法局", "司法厅", "sfj", "司法"),
    d("公安局", "公安厅", "gaj", "公安"),
    d("统计局", "统计局", "tjj", "统计"),
    d("审计局", "审计厅", "sjj", "审计"),
    d("林业局", "林业厅", "lyj", "林业"),
    d("退役军人事务局", "退役军人事务厅", "tyjr", "退役军人"),
    d("体育局", "体育局", "tyj", "体育"),
    d("大数据发展局", "大数据发展局", "dsj", "大数据"),
    d("公共资源交易中心", "公共资源交易中心", "ggzy", "交易"),
    d("城市管理局", "监狱管理局", "cgj", "城管"),
    d("行政审批局", "政务服务管理局", "xzsp", "审批"),
    d("信访局", "信访局", "xfj", "信访"),
    d("乡村振兴局", "乡村振兴局", "xczx", "乡村振兴"),
    d("机关事务管理局", "机关事务管理局", "jgsw", "机关事务"),
    d("地方金融监督管理局", "地方金融监督管理局", "jrj", "金融"),
    d("气象局", "气象局", "qxj", "气象"),
    d("供销合作社联合社", "供销合作社联合社", "gxs", "供销"),
    d("档案局", "档案局", "daj", "档案"),
    d("国防动员办公室", "国防动员办公室", "gdb", "国动"),
    d("外事办公室", "外事办公室", "wsb", "外事"),
    d("民族宗教事务委员会", "民族宗教事务委员会", "mzw", "民宗"),
    d(
        "国有资产监督管理委员会",
        "国有资产监督管理委员会",
        "gzw",
        "国资",
    ),
    d("粮食和物资储备局", "粮食和物资储备局", "lsj", "粮储"),
    d("药品检验所", "药品监督管理局", "yjs", "药监"),
    d("投资促进局", "投资促进局", "tcj", "招商"),
];

/// Departments that offer the public no services.
pub const WITHOUT_SERVICES: &[&str] = &["统计局", "审计局", "机关事务管理局", "审计厅"];

/// What the plan needs to know about the drawn units.
pub struct Units {
    /// All units.
    pub orgs: Vec<Org>,
    /// For each region its government, as an index into `orgs`.
    pub governments: Vec<usize>,
    /// Units that get a site of their own: unit, region, department.
    pub with_site: Vec<(usize, usize, usize)>,
}

/// Draws the units. `provincial` and `city` departments get a site; each region has more departments without one.
pub fn units(seed: u64, regions: &[Region], provincial: usize, city: usize) -> Units {
    let mut units = Units {
        orgs: Vec::new(),
        governments: Vec::new(),
        with_site: Vec::new(),
    };
    for (index, region) in regions.iter().enumerate() {
        let above = region
            .parent
            .as_ref()
            .and_then(|code| regions.iter().position(|r| &r.code == code));
        let above = above.map(|i| units.orgs[units.governments[i]].id.clone());
        let government = push(
            &mut units.orgs,
            region,
            &format!("{}人民政府", region.name),
            "发布",
            above,
            true,
        );
        units.governments.push(government);
        let sites = match region.level {
            Level::Province => provincial,
            Level::City => city,
            Level::County => 0,
        };
        let parent = units.orgs[government].id.clone();
        for (nth, department) in drawn_departments(seed, region, sites + 4)
            .into_iter()
            .enumerate()
        {
            let name = department_name(region, department);
            let org = push(
                &mut units.orgs,
                region,
                &name,
                DEPARTMENTS[department].short,
                Some(parent.clone()),
                false,
            );
            if nth < sites {
                units.with_site.push((org, index, department));
            }
        }
    }
    units
}

/// The departments of a region: the three most usual first, the others in a drawn order.
fn drawn_departments(seed: u64, region: &Region, count: usize) -> Vec<usize> {
    let mut rest: Vec<usize> = (3..DEPARTMENTS.len()).collect();
    Rng::new(seed, &format!("departments {}", region.code)).shuffle(&mut rest);
    (0..3).chain(rest).take(count).collect()
}

fn department_name(region: &Region, department: usize) -> String {
    let department = &DEPARTMENTS[department];
    let own = if region.level == Level::Province {
        department.provincial
    } else {
        department.local
    };
    format!("{}{own}", region.name)
}

fn push(
    orgs: &mut Vec<Org>,
    region: &Region,
    name: &str,
    short: &str,
    parent: Option<String>,
    government: bool,
) -> usize {
    orgs.push(Org {
        id: format!("D{:05}", orgs.len() + 1),
        name: name.to_owned(),
        short: format!("{}{short}", region.short),
        region_code: region.code.clone(),
        level: region.level,
        parent,
        requires_accounts: government,
        is_government: government,
    });
    orgs.len() - 1
}
