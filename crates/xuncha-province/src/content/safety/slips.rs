//! Wrong, doubled and missing characters, and what is right and only looks wrong.
//!
//! What a newspaper's proof-reader would mark, out of lists that newspapers publish; sentences are those of notices and reports. Three
//! kinds say of themselves that nobody finds them without knowing what was meant: they are `beyond` what a machine is held to.

use super::Spot;
use crate::content::links::Place;
use crate::content::{ArticleKind, ColumnKind, Site};
use crate::rng::Rng;

const CHECK: &str = "wrong_characters";

/// Wrong word, right word, a sentence with a place for it.
const SWAPPED: &[(&str, &str, &str)] = &[
    ("布署", "部署", "会议对下一阶段防汛救灾工作作出全面{}。"),
    (
        "截止目前",
        "截至目前",
        "{}，全县已发放惠农补贴资金三千余万元。",
    ),
    ("坐谈会", "座谈会", "局党组召开{}，听取基层干部的意见建议。"),
    ("复盖", "覆盖", "基本实现农村自来水供水全{}。"),
    ("渡假村", "度假村", "对辖区内的{}开展消防安全检查。"),
    ("一如继往", "一如既往", "我们将{}地做好为民服务工作。"),
    ("再接再励", "再接再厉", "希望大家{}，争取更好的成绩。"),
    ("签定", "签订", "双方在会上{}了战略合作协议。"),
    ("通迅", "通讯", "各单位要加强值班值守，保持{}畅通。"),
    ("既使", "即使", "{}在节假日，窗口也安排人员值班。"),
    ("按装", "安装", "为独居老人免费{}了烟雾报警器。"),
    ("迁徒", "迁徙", "每年冬天都有大批候鸟{}到这里。"),
    ("松驰", "松弛", "决不能有丝毫{}和懈怠。"),
    ("气慨", "气概", "展现了攻坚克难的豪迈{}。"),
    ("修茸", "修葺", "对古建筑进行了保护性{}。"),
    ("脏款", "赃款", "追回{}二十余万元，全部返还群众。"),
    ("侯选人", "候选人", "经资格审查，确定了三名正式{}。"),
    ("拔付", "拨付", "补助资金已全部{}到位。"),
    ("中请", "申请", "符合条件的家庭可以向社区提出{}。"),
    ("末来", "未来", "{}三年，我市将新建改造学校二十所。"),
    ("竖决", "坚决", "{}遏制重特大安全事故发生。"),
    ("士地", "土地", "严守耕地红线，节约集约利用{}。"),
    ("整冶", "整治", "深入开展农村人居环境综合{}。"),
    ("捡查", "检查", "在全县范围内开展安全生产大{}。"),
    ("陪训", "培训", "组织开展农村实用技术{}。"),
    ("因难", "困难", "帮助企业解决生产经营中的实际{}。"),
    ("措拖", "措施", "落实各项疫病防控{}。"),
    ("尊守", "遵守", "自觉{}法律法规和职业道德。"),
    ("竟聘", "竞聘", "通过公开{}的方式选拔任用干部。"),
    ("峻工", "竣工", "项目已全面{}并投入使用。"),
    ("重迭", "重叠", "解决机构{}、职责交叉的问题。"),
    ("震憾", "震撼", "现场的情景让大家深受{}。"),
    ("幅射", "辐射", "带动周边乡镇，{}面积五千亩。"),
    ("不径而走", "不胫而走", "消息{}，前来咨询的群众络绎不绝。"),
    ("名列前矛", "名列前茅", "各项指标在全市{}。"),
    ("迫不急待", "迫不及待", "学员们{}地回到田间实践。"),
    ("谈笑风声", "谈笑风生", "老人们坐在一起{}。"),
    ("川流不熄", "川流不息", "展销会上顾客{}。"),
    ("走头无路", "走投无路", "在他{}的时候，党和政府伸出了援手。"),
    ("鼎立相助", "鼎力相助", "感谢社会各界的{}。"),
    ("金壁辉煌", "金碧辉煌", "修缮后的大殿{}。"),
    ("相形见拙", "相形见绌", "与先进地区相比，我们的工作{}。"),
];

/// Long words and sayings, with a sentence; one of their characters is left out.
const LONG: &[(&str, &str)] = &[
    ("实事求是", "坚持{}，一切从实际出发。"),
    ("因地制宜", "各乡镇要{}发展特色产业。"),
    ("统筹兼顾", "做到突出重点、{}。"),
    ("齐抓共管", "形成部门{}的工作格局。"),
    ("脚踏实地", "广大干部要{}，埋头苦干。"),
    ("攻坚克难", "发扬敢打硬仗、{}的精神。"),
    ("群策群力", "大家{}，提前完成了任务。"),
    ("未雨绸缪", "各部门要{}，做好防汛准备。"),
    ("众志成城", "全县上下{}，夺取了抗灾的胜利。"),
    ("有条不紊", "各项工作{}地推进。"),
    ("循序渐进", "改革要分步实施、{}。"),
    ("人民代表大会", "市{}常务委员会听取了报告。"),
    ("生态文明建设", "把{}放在突出位置。"),
    ("义务教育阶段", "做好{}学校招生工作。"),
    ("法律法规", "严格执行有关{}规定。"),
    ("安居乐业", "让搬迁群众{}。"),
    ("艰苦奋斗", "弘扬{}的优良作风。"),
    ("持之以恒", "{}正风肃纪。"),
];

/// What reads well and is wrong: nobody finds it without knowing what was meant.
const REAL: &[(&str, &str, &str)] = &[
    ("公式", "公示", "经审核合格，现予以{}五个工作日。"),
    ("权力", "权利", "依法保障公民的合法{}。"),
    ("货款", "贷款", "符合条件的创业者可以办理担保{}。"),
    ("以至", "以致", "由于管理不善，{}造成损失。"),
    ("启示", "启事", "现将招领{}张贴在公告栏。"),
    ("截止", "截至", "{}三月底，完成投资八千万元。"),
];

/// Right sentences in which a character is doubled or, beyond what is asked, left out.
const RIGHT: &[&str] = &[
    "各乡镇要落实属地管理责任，组织力量逐村逐户排查隐患。",
    "会议传达学习了上级有关文件精神，研究了贯彻落实意见。",
    "请符合条件的申请人携带有效证件到政务服务大厅办理。",
    "项目建成后将有效改善沿线群众的出行条件。",
    "医疗机构应当按照规定公开收费项目和标准。",
    "工作人员向过往群众发放宣传资料并解答咨询。",
    "要加强食品安全监督管理，保障群众饮食安全。",
    "参加面试的人员应当在规定时间到指定地点报到。",
    "农业技术人员深入田间地头指导春耕生产。",
    "各学校要完善应急预案，定期开展疏散演练。",
    "对逾期不整改的单位，依法依规予以处罚。",
    "道路施工期间，过往车辆请按交通标志绕行。",
];
/// Characters that may stand twice in good Chinese.
const MAY_DOUBLE: &str = "人天年家户时处个条件村项层步多日常好大小高长星慢刚渐谢看说想试走听谈们一";

/// Right, however odd: kind, the text that looks wrong, a sentence with a place for it.
const ODD: &[(&str, &str, &str)] = &[
    (
        "quoted_wrong_word",
        "布署",
        "通报指出，个别文稿把“部署”写成“{}”。",
    ),
    ("speech", "咧", "他乐呵呵地说：“日子越过越有盼头{}。”"),
    ("name", "候建竣", "副局长{}陪同调研。"),
    ("names", "俸艳芬", "（记者 闫坤鹏 通讯员 {}）"),
    ("small_place", "弄坤屯", "施工路段位于大塘镇{}至岜独村。"),
    ("unit_of_measure", "㎡", "新建标准厂房1.2万{}，单价1860元。"),
    (
        "document_number",
        "云政办规",
        "依据{}〔2026〕12号文件办理。",
    ),
    (
        "one_after_another",
        "一户户",
        "干部们{}走访、一件件落实，做到事事有回音。",
    ),
    ("level", "平平整整", "坑坑洼洼的土路变成了{}的水泥路。"),
    (
        "chemical",
        "邻苯二甲酸",
        "抽检发现{}酯、苯并芘等项目不合格。",
    ),
    ("dish", "糍粑", "游客品尝了{}、五色糯米饭和螺蛳粉。"),
    ("classic", "其身正", "正所谓“{}，不令而行”。"),
    (
        "foreign_name",
        "阿依古丽",
        "志愿者{}·买买提讲述了援疆故事。",
    ),
    ("slogan", "踔厉奋发", "让我们{}、笃行不怠，砥砺前行。"),
    ("high_twice", "提高高层", "进一步{}建筑火灾防控能力。"),
    ("strong_twice", "加强强制", "要{}性产品认证监管。"),
    ("face_twice", "全面面向", "招聘岗位{}社会公开。"),
    ("show_twice", "发展展示", "打造乡村产业{}平台。"),
    ("enter_twice", "促进进出口", "多措并举{}贸易稳定增长。"),
    ("work_twice", "合作作出", "双方就下一步{}了安排。"),
    ("figures", "三公", "公开部门预算和“{}”经费。"),
    ("machine", "GB", "执行{}2760标准，使用Chrome浏览器申报。"),
];

/// 植入方式: what becomes of the drawn sentence.
struct Drawn {
    kind: &'static str,
    wrong: String,
    sentence: String,
    beyond: bool,
}

fn swapped(rng: &mut Rng) -> Drawn {
    let (wrong, _, sentence) = *rng.pick(SWAPPED);
    plain("swapped", wrong.to_owned(), sentence)
}

fn plain(kind: &'static str, wrong: String, sentence: &str) -> Drawn {
    Drawn {
        kind,
        sentence: sentence.replace("{}", &wrong),
        wrong,
        beyond: false,
    }
}

/// A long word without one of its characters, never the first.
fn shortened(rng: &mut Rng) -> Drawn {
    let (word, sentence) = *rng.pick(LONG);
    let chars: Vec<char> = word.chars().collect();
    let at = 1 + rng.below(chars.len() - 1);
    let wrong = chars.iter().enumerate();
    let wrong = wrong
        .filter(|(nth, _)| *nth != at)
        .map(|(_, c)| *c)
        .collect();
    plain("missing_in_word", wrong, sentence)
}

fn doubled(rng: &mut Rng) -> Drawn {
    let sentence: Vec<char> = rng.pick::<&str>(RIGHT).chars().collect();
    let may = |at: usize| {
        let c = sentence[at];
        let next = sentence.get(at + 1);
        !"，。、".contains(c) && !MAY_DOUBLE.contains(c) && next != Some(&c)
    };
    let places: Vec<usize> = (1..sentence.len()).filter(|at| may(*at)).collect();
    let at = *rng.pick(&places);
    let text = |range: std::ops::Range<usize>| sentence[range].iter().collect::<String>();
    Drawn {
        kind: "doubled",
        wrong: format!("{0}{0}", sentence[at]),
        sentence: format!("{}{}", text(0..at + 1), text(at..sentence.len())),
        beyond: false,
    }
}

/// A sentence in which a word stands twice.
fn word_twice(rng: &mut Rng) -> Drawn {
    let (_, right, sentence) = *rng.pick(SWAPPED);
    plain("word_twice", format!("{right}{right}"), sentence)
}

fn real(rng: &mut Rng) -> Drawn {
    let (wrong, _, sentence) = *rng.pick(REAL);
    Drawn {
        beyond: true,
        ..plain("reads_well", wrong.to_owned(), sentence)
    }
}

/// Any character of a sentence left out; the key is what stands around the gap.
fn left_out(rng: &mut Rng) -> Drawn {
    let sentence: Vec<char> = rng.pick::<&str>(RIGHT).chars().collect();
    let is_mark = |at: usize| "，。、".contains(sentence[at]);
    let places: Vec<usize> = (2..sentence.len() - 2)
        .filter(|at| (at - 1..at + 2).all(|near| !is_mark(near)))
        .collect();
    let at = *rng.pick(&places);
    let text = |range: std::ops::Range<usize>| sentence[range].iter().collect::<String>();
    Drawn {
        kind: "missing_anywhere",
        wrong: format!("{}{}", text(at - 1..at), text(at + 1..at + 2)),
        sentence: format!("{}{}", text(0..at), text(at + 1..sentence.len())),
        beyond: true,
    }
}

pub(super) fn slip(site: &mut Site, article: usize, nth: usize, rng: &mut Rng) {
    let drawn = match nth % 8 {
        0 | 1 => swapped(rng),
        2 => doubled(rng),
        3 => shortened(rng),
        4 => word_twice(rng),
        5 => return in_title(site, nth, rng),
        6 => real(rng),
        _ => left_out(rng),
    };
    put(site, Place::Article(article), drawn, true);
}

/// A wrong word in the title of a news item.
fn in_title(site: &mut Site, nth: usize, rng: &mut Rng) {
    const TITLES: [(&str, &str); 6] = [
        ("布署", "{r}召开会议{}森林防火工作"),
        ("坐谈会", "{u}召开企业家{}"),
        ("陪训", "{u}举办村级农技员{}班"),
        ("捡查", "{r}开展节前食品安全{}"),
        ("整冶", "{r}推进河道环境{}工作"),
        ("通迅", "{u}组织基层{}员交流学习"),
    ];
    let (wrong, title) = TITLES[nth / 8 % TITLES.len()];
    let mut columns: Vec<usize> = (0..site.columns.len())
        .filter(|&index| {
            site.columns[index].kind == ColumnKind::News && site.columns[index].articles.len() > 2
        })
        .collect();
    rng.shuffle(&mut columns);
    let Some(&column) = columns.first() else {
        return;
    };
    let article = site.columns[column].articles[2];
    let is_plain = site.articles[article].kind == ArticleKind::Plain;
    let title = crate::text::fill(&title.replace("{}", wrong), &site.voice, rng);
    if !is_plain || site.articles.iter().any(|other| other.title == title) {
        return;
    }
    site.articles[article].title = title.clone();
    let drawn = Drawn {
        kind: "in_title",
        wrong: wrong.to_owned(),
        sentence: title,
        beyond: false,
    };
    put(site, Place::Article(article), drawn, false);
}

pub(super) fn near_slip(site: &mut Site, article: usize, nth: usize) {
    let (kind, odd, sentence) = ODD[nth % ODD.len()];
    let drawn = plain(kind, odd.to_owned(), sentence);
    put(site, Place::Article(article), drawn, true);
    if let Some(spot) = site.safety.last_mut() {
        spot.near = true;
    }
}

fn put(site: &mut Site, place: Place, drawn: Drawn, is_text: bool) {
    let html = match is_text {
        true => format!("<p>{}</p>", drawn.sentence),
        false => String::new(),
    };
    site.safety.push(Spot {
        check: CHECK,
        kind: drawn.kind,
        key: drawn.wrong,
        near: false,
        place,
        html,
        secrets: Vec::new(),
        note: drawn.sentence,
        beyond: drawn.beyond,
    });
}
