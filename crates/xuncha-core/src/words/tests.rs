//! Tests on a model of a few lines.

use super::model::build::{BuildError, Builder};
use super::model::{Model, ModelError};
use super::*;

/// A language of twenty words: what is usual is likely, single characters hardly.
const ARPA: &str = "\\data\\
ngram 1=24
\\1-grams:
-6.0\t<unk>\t0
-3.0\t人民\t-0.3
-3.2\t法院\t-0.3
-3.1\t政府\t-0.3
-3.2\t人民法院\t-0.3
-3.2\t人民政府\t-0.3
-3.3\t国务院\t-0.3
-3.4\t办公厅\t-0.3
-3.5\t通知\t-0.3
-3.6\t关于\t-0.3
-3.6\t全国人民代表大会\t-0.3
-3.5\t工作\t-0.3
-4.9\t加强\t-0.3
-3.9\t渠道\t-0.3
-5.8\t人\t0
-5.8\t民\t0
-6.8\t完\t0
-6.8\t元\t0
-6.8\t作\t0
-6.5\t法\t0
-6.5\t政\t0
-6.5\t付\t0
-6.8\t染\t0
-6.8\t道\t0
-6.9\tabc\t0
\\2-grams:
-0.5\t国务院 办公厅\t-0.1
-0.6\t办公厅 关于\t-0.1
-0.7\t关于 加强\t-0.1
-0.8\t加强 工作\t0
\\3-grams:
-0.1\t国务院 办公厅 关于
\\end\\
";

const PINYIN: &str = "人\tren\t0\n民\tmin\t0\n法\tfa\t0\n院\tyuan\t0\n元\tyuan\t0\n完\twan\t0\n政\tzheng\t0\n府\tfu\t0\n付\tfu\t0\n渠\tqu\t0\n染\tran\t0\n道\tdao\t0\n作\tzuo\t0
人民 ren'min\n法院 fa'yuan\n政府 zheng'fu\n人民法院 ren'min'fa'yuan\n人民政府 ren'min'zheng'fu\n";

fn sources() -> Builder {
    let mut builder = Builder::new("测试模型");
    builder.arpa(ARPA).unwrap();
    builder.pinyin(PINYIN).unwrap();
    builder.shape_codes("[数据]\nabc 院\nabd 完\nzz 人\n");
    builder.alike("渠染\n");
    builder
}

fn bytes() -> Vec<u8> {
    sources().finish().unwrap()
}

fn found(text: &str) -> Vec<(String, String)> {
    let bytes = bytes();
    let model = Model::open(&bytes).unwrap();
    let words = WrongWords::builtin();
    let mut checker = Checker::new(&model, words.into());
    let hits = checker.check(text, &NotWrong::new());
    hits.into_iter()
        .map(|hit| (hit.wrong, hit.proposal))
        .collect()
}

#[test]
fn a_model_knows_its_words() {
    let bytes = bytes();
    assert_eq!(
        bytes,
        sources().finish().unwrap(),
        "the same sources give the same bytes"
    );
    let model = Model::open(&bytes).unwrap();
    assert_eq!(model.about(), "测试模型");
    assert_eq!(model.words(), 23, "words with other letters are left out");
    let word = |text: &str| {
        let codes: Vec<_> = text.chars().map(|char| model.code(char)).collect();
        model.find(&codes)
    };
    let spelled = |word| {
        model
            .spelling(word)
            .map(|char| model.char(char))
            .collect::<String>()
    };
    for text in ["人民", "人民法院", "全国人民代表大会", "人"] {
        assert_eq!(spelled(word(text)), text);
    }
    assert_eq!((word("民法"), word("全国")), (0, 0));
    let close = |found: f32, expected: f32| (found - expected).abs() < 0.01;
    assert!(close(model.unigram(word("人民")).0, -3.0));
    let (log10, backoff) = model.bigram(word("国务院"), word("办公厅")).unwrap();
    assert!(close(log10, -0.5) && close(backoff, -0.1));
    assert_eq!(model.bigram(word("办公厅"), word("国务院")), None);
    assert!(close(
        model
            .trigram(word("国务院"), word("办公厅"), word("关于"))
            .unwrap(),
        -0.1
    ));
    assert!(model.neighbours(model.code('法'), model.code('院')));
    assert!(!model.neighbours(model.code('法'), model.code('元')));
    assert!(model.suspicious(model.code('法'), model.code('元')));
    assert!(!model.suspicious(model.code('法'), model.code('院')));
}

#[test]
fn a_damaged_model_is_refused() {
    let good = bytes();
    let error = |bytes: &[u8]| Model::open(bytes).err();
    assert_eq!(error(b"KenLM"), Some(ModelError::NotAModel));
    assert!(matches!(
        error(&good[..good.len() - 1]),
        Some(ModelError::Damaged(_))
    ));
    let mut other = good.clone();
    other[8] = 99;
    assert_eq!(error(&other), Some(ModelError::OtherVersion(99)));
}

#[test]
fn sources_that_cannot_be_read_are_named() {
    let mut builder = Builder::new("");
    let error = builder.arpa("\\1-grams:\nx\t人\n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2 of the ARPA file is not understood: x\t人"
    );
    assert_eq!(Builder::new("").finish().unwrap_err(), BuildError::NoWords);
}

#[test]
fn texts_make_words_likelier() {
    let base = bytes();
    let base = Model::open(&base).unwrap();
    let mut builder = sources();
    builder.adapt(["人民法院通知", "人民法院通知。人民法院通知"], &base);
    let bytes = builder.finish().unwrap();
    let model = Model::open(&bytes).unwrap();
    let word = |text: &str| {
        model.find(
            &text
                .chars()
                .map(|char| model.code(char))
                .collect::<Vec<_>>(),
        )
    };
    let (log10, _) = model.bigram(word("人民法院"), word("通知")).unwrap();
    assert!(log10 > -1.5, "{log10}");
    assert!(model.unigram(word("通知")).0 > -1.5);
}

#[test]
fn slips_of_sound_and_shape() {
    for (text, wrong, proposal) in [
        ("向人民法元提出", "人民法元", "人民法院"),
        ("向人民法完提出", "人民法完", "人民法院"),
        ("由人民政付办理", "人民政付", "人民政府"),
    ] {
        assert_eq!(
            found(text),
            [(wrong.to_owned(), proposal.to_owned())],
            "{text}"
        );
    }
    for text in [
        "向人民法院提出",
        "国务院办公厅关于加强工作的通知",
        "5元",
        "ABC",
        "",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn places_count_characters() {
    let bytes = bytes();
    let model = Model::open(&bytes).unwrap();
    let words = WrongWords::builtin();
    let mut checker = Checker::new(&model, words.into());
    let hits = checker.check(
        "一、依法办理。向人民法元提出！二、再接再励。",
        &NotWrong::new(),
    );
    let said: Vec<_> = hits
        .iter()
        .map(|hit| (hit.start, hit.length, hit.reason, hit.sentence.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (8, 4, Reason::SameSound, "向人民法元提出！"),
            (17, 4, Reason::KnownPair, "二、再接再励。"),
        ]
    );
    assert!(
        hits.iter()
            .all(|hit| hit.confidence > 0.5 && hit.confidence < 1.0)
    );
    let not_wrong = NotWrong::from(["人民法元".to_owned(), "再接再励".to_owned()]);
    assert_eq!(checker.check("向人民法元提出。再接再励。", &not_wrong), []);
}

#[test]
fn written_twice_and_left_out() {
    assert_eq!(
        found("国务院办公厅关于加强强工作"),
        [("强强".to_owned(), "强".to_owned())]
    );
    assert_eq!(
        found("国务院办公厅关于加强加强工作"),
        [("加强加强".to_owned(), "加强".to_owned())]
    );
    assert_eq!(
        found("人民法院人民法院通知"),
        [("人民法院人民法院".to_owned(), "人民法院".to_owned())],
        "a long word"
    );
    assert_eq!(
        found("国务院办公厅“加强强”工作"),
        [],
        "a quotation is as its author wrote it"
    );
}

#[test]
fn of_hits_that_overlap_the_surer_one_stands() {
    let bytes = bytes();
    let model = Model::open(&bytes).unwrap();
    let words = WrongWords::parse("version = \"1\"\n[words]\n\"元通\" = \"院通\"\n").unwrap();
    let mut checker = Checker::new(&model, words.into());
    let hits = checker.check("人民法元通知", &NotWrong::new());
    let surest = hits.iter().map(|hit| hit.confidence).fold(0.0, f32::max);
    assert_eq!((hits.len(), surest), (1, hits[0].confidence));
    let wrong = |text: &str| WrongWords::builtin().find(text).len();
    assert_eq!(
        (
            wrong("要未绸缪"),
            wrong("做好义教育阶段招生"),
            wrong("社会主义教育阶段")
        ),
        (1, 1, 0)
    );
    assert_eq!((wrong("实际因难"), wrong("因难产住院")), (1, 0));
}

#[test]
fn texts_are_cut_as_their_characters_are() {
    let long = "字".repeat(2500);
    for text in [
        "",
        "好。坏！",
        "a;b\nc",
        "《一》、（二）？三",
        &long,
        &format!("{long}。尾"),
    ] {
        let chars: Vec<char> = text.chars().collect();
        let cut: Vec<String> = text::sentences(&chars)
            .map(|sentence| chars[sentence].iter().collect())
            .collect();
        assert_eq!(text::pieces(text).collect::<Vec<_>>(), cut);
    }
}

#[test]
fn known_pairs_spare_longer_words() {
    let words = WrongWords::parse(
        "version = \"1\"\n[words]\n\"既使\" = \"即使\"\n[unless]\n\"既使\" = [\"既使用\"]\n",
    )
    .unwrap();
    let wrong = |text: &str| words.find(text).len();
    assert_eq!(
        (wrong("既使如此"), wrong("既使用又维护"), wrong("即使如此")),
        (1, 0, 0)
    );
    assert!(WrongWords::parse("words = 1").is_err());
    assert!(!WrongWords::builtin().version.is_empty());
}

#[test]
fn a_site_has_words_of_its_own() {
    let hit = |sentence: &str| Hit {
        wrong: "法元".to_owned(),
        proposal: "法院".to_owned(),
        sentence: sentence.to_owned(),
        start: 0,
        length: 2,
        reason: Reason::SameSound,
        confidence: 0.9,
    };
    let mut site = SiteWords::default();
    for _ in 0..9 {
        site.learn(&[hit("同一句话")]);
    }
    assert!(
        !site.is_own(&hit("")),
        "one sentence on many pages is one place"
    );
    for sentence in ["甲", "乙", "丙"] {
        site.learn(&[hit(sentence)]);
    }
    assert!(site.is_own(&hit("")));
    let known = Hit {
        reason: Reason::KnownPair,
        ..hit("")
    };
    assert!(
        !site.is_own(&known),
        "a known wrong word stays wrong however often it is written"
    );
}

#[test]
fn names_places_units_and_quotations() {
    let at = |text: &str, wrong: &str| {
        let chars: Vec<char> = text.chars().collect();
        let start = text[..text.find(wrong).unwrap()].chars().count();
        (
            chars.clone(),
            text::runs(&chars, 0..chars.len())
                .find(|run| run.contains(&start))
                .unwrap(),
            start..start + wrong.chars().count(),
        )
    };
    for (text, wrong, name) in [
        ("，王建社同志", "建社", true),
        ("、李卓枫、", "卓枫", true),
        ("加强卓枫建设", "卓枫", false),
    ] {
        let (chars, run, place) = at(text, wrong);
        assert_eq!(guard::is_name(&chars, &run, &place), name, "{text}");
    }
    for (text, wrong, is) in [
        ("到扎日乡调研", "扎日", true),
        ("发展农亚农村", "农亚", false),
    ] {
        let (chars, run, place) = at(text, wrong);
        assert_eq!(guard::is_place(&chars, &run, &place), is, "{text}");
    }
    for (text, wrong, is) in [
        ("景渡市人民政府关于", "景渡", true),
        ("云岭省景渡市人民政府", "渡市", true),
        ("记者从银渡县人民政府获悉", "银渡", true),
        ("景渡精神", "景渡", false),
    ] {
        let (chars, run, place) = at(text, wrong);
        assert_eq!(guard::is_region(&chars, &run, &place), is, "{text}");
    }
    for (text, at, is) in [("扩大云南南滚河", 3, true), ("面向南南合作", 2, false)] {
        let chars: Vec<char> = text.chars().collect();
        assert_eq!(
            guard::is_province(&chars, &(0..chars.len()), at),
            is,
            "{text}"
        );
    }
    let (chars, run, place) = at("授予卓枫等4名同志", "卓枫");
    assert!(guard::is_name(&chars, &run, &place), "one of some");
    let (chars, run, _) = at("共5千瓦时", "千瓦");
    assert!(
        !guard::is_unit(&chars, &run),
        "a run of three characters is read"
    );
    let (chars, run, _) = at("共5克拉", "克拉");
    assert!(guard::is_unit(&chars, &run));
    let (chars, _, place) = at("他说“加强强”了", "强强");
    assert!(guard::is_quoted(&chars, &(0..chars.len()), &place));
}

#[test]
fn endless_text_takes_time_in_proportion() {
    let bytes = bytes();
    let model = Model::open(&bytes).unwrap();
    let words = WrongWords::builtin();
    let mut checker = Checker::new(&model, words.into());
    for part in ["法元", "的", "完元染", "㤁"] {
        let text = part.repeat(30_000 / part.len());
        let hits = checker.check(&text, &NotWrong::new());
        let end = text.chars().count();
        assert!(
            hits.iter().all(|hit| hit.start + hit.length <= end),
            "{part}"
        );
        assert!(
            hits.windows(2)
                .all(|pair| pair[0].start + pair[0].length <= pair[1].start),
            "{part}"
        );
    }
    let chars: Vec<char> = "法".repeat(2_500).chars().collect();
    assert_eq!(text::sentences(&chars).count(), 3);
}
