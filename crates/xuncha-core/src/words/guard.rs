//! 不报: names, places, units, quotations and foreign words, where a rare row of characters is no slip.

use std::ops::Range;

/// 常见姓氏: surnames of one character.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤农温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝";
/// 称谓: words that stand before or behind a name.
const TITLES: &[&str] = &[
    "同志",
    "先生",
    "女士",
    "书记",
    "主任",
    "局长",
    "处长",
    "科长",
    "县长",
    "市长",
    "镇长",
    "乡长",
    "区长",
    "省长",
    "部长",
    "厅长",
    "院长",
    "校长",
    "所长",
    "站长",
    "队长",
    "组长",
    "会长",
    "理事长",
    "秘书长",
    "总理",
    "副总理",
    "主席",
    "副主席",
    "董事长",
    "总经理",
    "经理",
    "委员",
    "常委",
    "代表",
    "教授",
    "研究员",
    "医生",
    "医师",
    "老师",
    "记者",
    "编辑",
    "通讯员",
    "摄影",
    "审核",
    "责编",
    "作者",
    "联系人",
    "被告人",
    "原告",
    "被告",
    "审判员",
    "书记员",
    "调研员",
    "工程师",
    "村民",
    "烈士",
    "司令员",
    "政委",
    "法官",
    "检察官",
    "律师",
    "姓名",
];
/// 地名用字: what names of small places end with.
const PLACES: &str = "乡镇村屯寨庄湾坪坝沟岭埠堡圩垌街巷";
/// Words with such a character that name no place.
const NO_PLACES: &[&str] = &[
    "农村",
    "乡村",
    "城镇",
    "乡镇",
    "镇区",
    "乡亲",
    "村民",
    "村级",
    "城乡",
    "镇政府",
    "村委会",
];

fn opens(char: char) -> bool {
    matches!(char, '“' | '‘' | '「' | '『')
}

fn closes(char: char) -> bool {
    matches!(char, '”' | '’' | '」' | '』')
}

/// Whether a place lies in a quotation of its sentence.
pub fn is_quoted(chars: &[char], sentence: &Range<usize>, place: &Range<usize>) -> bool {
    let last = chars[sentence.start..place.start]
        .iter()
        .rfind(|char| opens(**char) || closes(**char));
    let opened = last.is_some_and(|char| opens(*char));
    opened
        && chars[place.end..sentence.end]
            .iter()
            .any(|char| closes(*char))
}

/// Whether a place looks like the name of a person: a surname and one or two characters, with a title or a mark on a side.
pub fn is_name(chars: &[char], run: &Range<usize>, place: &Range<usize>) -> bool {
    let earliest = place.start.saturating_sub(2).max(run.start);
    (earliest..place.end).any(|start| {
        SURNAMES.contains(chars[start])
            && [3, 2].iter().any(|length| {
                let end = start + length;
                end <= run.end
                    && start < place.end
                    && place.start < end
                    && place.end <= end
                    && stands_as_name(chars, run, start..end)
            })
    })
}

fn stands_as_name(chars: &[char], run: &Range<usize>, name: Range<usize>) -> bool {
    let before: String = chars[run.start..name.start].iter().collect();
    let behind: String = chars[name.end..run.end].iter().take(5).collect();
    let titled = TITLES
        .iter()
        .any(|title| before.ends_with(title) || behind.starts_with(title));
    titled
        || before.is_empty() && behind.is_empty()
        || is_counted(&chars[name.end..run.end], chars.get(run.end))
}

/// Whether a name is the first of some: 卓枫等4名同志, 张三等十七位.
fn is_counted(behind: &[char], end: Option<&char>) -> bool {
    let is_number = |char: &char| char.is_ascii_digit() || "二三四五六七八九十百".contains(*char);
    behind.first() == Some(&'等') && behind.get(1).or(end).is_some_and(is_number)
}

/// Names of provinces that end in a direction, which may begin the next name too: 云南南滚河.
const ENDS_IN_DIRECTION: [&str; 11] = [
    "云南", "河南", "湖南", "海南", "江西", "陕西", "山西", "广西", "河北", "湖北", "山东",
];

/// Whether the first of two equal characters ends the name of a province.
pub fn is_province(chars: &[char], run: &Range<usize>, at: usize) -> bool {
    let name = || chars[at - 1..=at].iter().copied();
    at > run.start
        && ENDS_IN_DIRECTION
            .iter()
            .any(|known| known.chars().eq(name()))
}

/// Whether a place is, or ends in, the name of a small place.
pub fn is_place(chars: &[char], run: &Range<usize>, place: &Range<usize>) -> bool {
    [place.end - 1, place.end]
        .into_iter()
        .filter(|at| *at < run.end && *at > place.start)
        .any(|at| PLACES.contains(chars[at]) && !lies_in_word(chars, run, at))
}

/// Whether a place lies in the name of a region, two or three characters before what names it: 景渡市人民政府, 记者从银渡县人民政府获悉.
pub fn is_region(chars: &[char], run: &Range<usize>, place: &Range<usize>) -> bool {
    const KINDS: &str = "省市县区州盟旗";
    let kinds = place.end - 1..(place.end + 2).min(run.end);
    kinds.into_iter().any(|kind| {
        let is_kind = KINDS.contains(chars[kind]) && kind >= run.start + 2;
        let behind = chars[kind + 1..run.end].iter().copied().take(4);
        is_kind && place.start + 3 >= kind && "人民政府".chars().eq(behind)
    })
}

/// Whether a change makes a ministry of an office of a province or below: 农业农村厅, 农业农村部.
pub fn is_other_office(wrong: &[char], meant: &[char]) -> bool {
    wrong.len() > 2
        && meant.last() == Some(&'部')
        && matches!(wrong.last(), Some('厅' | '局' | '委'))
}

/// Whether a character belongs to a word that names no place. A word that only follows does not count: 大塘镇乡村振兴.
fn lies_in_word(chars: &[char], run: &Range<usize>, at: usize) -> bool {
    NO_PLACES.iter().any(|word| {
        let length = word.chars().count();
        (0..length).any(|before| {
            let start = at.checked_sub(before).filter(|start| *start >= run.start);
            start.is_some_and(|start| {
                start + length <= run.end
                    && word
                        .chars()
                        .eq(chars[start..start + length].iter().copied())
            })
        })
    })
}

/// Whether the first of two equal characters ends the name of a place and the second begins a word: 龙头乡乡村振兴, 河口镇镇区.
pub fn is_place_before_word(chars: &[char], run: &Range<usize>, at: usize) -> bool {
    let begins = |word: &&str| {
        let end = at + 1 + word.chars().count();
        end <= run.end && word.chars().eq(chars[at + 1..end].iter().copied())
    };
    // 各 and 全 stand before no name: 各乡乡镇.
    let is_name = at > run.start && !"各全每该本".contains(chars[at - 1]);
    is_name && PLACES.contains(chars[at]) && NO_PLACES.iter().any(begins)
}

/// Longest abbreviation of an office in the number of a document: 云政办规.
const LONGEST_NUMBER: usize = 8;

/// Whether a run is the abbreviation in the number of a document: 云政规〔2026〕60号.
pub fn is_document_number(chars: &[char], run: &Range<usize>) -> bool {
    let opens = chars
        .get(run.end)
        .is_some_and(|char| "〔［[（(【".contains(*char));
    let year = chars.get(run.end + 1..run.end + 5);
    run.len() <= LONGEST_NUMBER
        && opens
        && year.is_some_and(|year| year.iter().all(char::is_ascii_digit))
}

/// Whether a short run stands by figures or foreign letters: a unit, a code, a model's name.
pub fn is_unit(chars: &[char], run: &Range<usize>) -> bool {
    let by = |at: Option<usize>| {
        at.and_then(|at| chars.get(at))
            .is_some_and(char::is_ascii_alphanumeric)
    };
    run.len() <= 2 && (by(run.start.checked_sub(1)) || by(Some(run.end)))
}
