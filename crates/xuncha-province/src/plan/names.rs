//! Invented names of regions, with pinyin and fictional division codes.

use std::collections::BTreeSet;

use crate::model::{Level, Region};
use crate::rng::Rng;

const FIRST: &[(&str, &str)] = &[
    ("青", "qing"),
    ("云", "yun"),
    ("霁", "ji"),
    ("凤", "feng"),
    ("砚", "yan"),
    ("银", "yin"),
    ("玉", "yu"),
    ("鹿", "lu"),
    ("清", "qing"),
    ("苍", "cang"),
    ("岚", "lan"),
    ("宁", "ning"),
    ("沐", "mu"),
    ("栖", "qi"),
    ("澄", "cheng"),
    ("梅", "mei"),
    ("兰", "lan"),
    ("松", "song"),
    ("竹", "zhu"),
    ("望", "wang"),
    ("临", "lin"),
    ("双", "shuang"),
    ("九", "jiu"),
    ("古", "gu"),
    ("丹", "dan"),
    ("鹤", "he"),
    ("瑶", "yao"),
    ("景", "jing"),
    ("泽", "ze"),
    ("翠", "cui"),
    ("枫", "feng"),
    ("灵", "ling"),
];
const SECOND: &[(&str, &str)] = &[
    ("石", "shi"),
    ("溪", "xi"),
    ("岭", "ling"),
    ("峰", "feng"),
    ("泉", "quan"),
    ("原", "yuan"),
    ("桥", "qiao"),
    ("塘", "tang"),
    ("坪", "ping"),
    ("源", "yuan"),
    ("关", "guan"),
    ("台", "tai"),
    ("浦", "pu"),
    ("洲", "zhou"),
    ("谷", "gu"),
    ("潭", "tan"),
    ("林", "lin"),
    ("田", "tian"),
    ("湾", "wan"),
    ("渡", "du"),
];

/// Hands out names whose pinyin is used once only.
struct Namer {
    rng: Rng,
    used: BTreeSet<String>,
}

impl Namer {
    fn next(&mut self) -> (String, String, String) {
        loop {
            let a = *self.rng.pick(FIRST);
            let b = *self.rng.pick(SECOND);
            let pinyin = format!("{}{}", a.1, b.1);
            if self.used.insert(pinyin.clone()) {
                return (
                    format!("{}{}", a.0, b.0),
                    pinyin,
                    format!("{}{}", &a.1[..1], &b.1[..1]),
                );
            }
        }
    }
}

/// The province, then each city followed by its counties.
pub fn regions(seed: u64, cities: usize, counties: usize) -> Vec<Region> {
    let mut namer = Namer {
        rng: Rng::new(seed, "regions"),
        used: BTreeSet::from(["qingshi".to_owned(), "yunling".to_owned()]),
    };
    let mut regions = vec![region(
        "990000",
        "云岭省",
        ("云岭", "yunling", "yl"),
        Level::Province,
        None,
    )];
    for city in 0..cities {
        let (short, pinyin, initials) = if city == 0 {
            ("青石".to_owned(), "qingshi".to_owned(), "qs".to_owned())
        } else {
            namer.next()
        };
        let code = format!("99{:02}00", city + 1);
        let name = format!("{short}市");
        regions.push(region(
            &code,
            &name,
            (&short, &pinyin, &initials),
            Level::City,
            Some("990000"),
        ));
        let share = counties / cities + usize::from(city < counties % cities);
        for county in 0..share {
            regions.push(county_region(&mut namer, &code, city, county));
        }
    }
    regions
}

/// One county, district or county-level city.
fn county_region(namer: &mut Namer, parent: &str, city: usize, county: usize) -> Region {
    let (short, pinyin, initials) = namer.next();
    let (suffix, serial) = match county % 4 {
        0 => ("区", 2 + county),
        3 => ("市", 81 + county / 4),
        _ => ("县", 21 + county),
    };
    let code = format!("99{:02}{serial:02}", city + 1);
    region(
        &code,
        &format!("{short}{suffix}"),
        (&short, &pinyin, &initials),
        Level::County,
        Some(parent),
    )
}

fn region(
    code: &str,
    name: &str,
    short: (&str, &str, &str),
    level: Level,
    parent: Option<&str>,
) -> Region {
    Region {
        code: code.to_owned(),
        name: name.to_owned(),
        short: short.0.to_owned(),
        pinyin: short.1.to_owned(),
        initials: short.2.to_owned(),
        level,
        parent: parent.map(str::to_owned),
    }
}
