use jiff::civil::date;

use super::*;

fn found(text: &str) -> Vec<String> {
    let (mut secrets, mut signs) = (Secrets::default(), Vec::new());
    read(text, date(2026, 3, 20), &mut secrets, &mut signs);
    signs
        .iter()
        .map(|sign| format!("{:?} {}", sign.case, sign.what))
        .collect()
}

#[test]
fn numbers_of_persons_are_found() {
    for (text, expected) in [
        (
            "张某某，身份证号11010519491231002X，男",
            "IdentityCard 110***********002X",
        ),
        ("11010519491231002x", "IdentityCard 110***********002X"),
        ("（11010519491231002X）", "IdentityCard 110***********002X"),
        (
            "身份证号码：110105 19491231 002X",
            "IdentityCard 110***********002X",
        ),
        (
            "身份证号：１１０１０５１９４９１２３１００２Ｘ",
            "IdentityCard 110***********002X",
        ),
        (
            "序号 姓名 身份证号 1 张三 11010519491231002X 2",
            "IdentityCard 110***********002X",
        ),
        // The number of a unit before it does not hide the one of a person.
        (
            "统一社会信用代码：91110108MA01ABCDXX，法人身份证号：11010519491231002X",
            "IdentityCard 110***********002X",
        ),
        (
            "姓名 身份证号 张三 110105491231002",
            "IdentityCard 110*********002",
        ),
        ("申请人手机号：13800138000", "MobilePhone 138****8000"),
        ("手机：138-0013-8000", "MobilePhone 138****8000"),
        (
            "户名张三 银行卡号 6222021234567890128",
            "BankCard 622202*********0128",
        ),
        (
            "开户行：农业银行 卡号：6222 0212 3456 7890 128",
            "BankCard 622202*********0128",
        ),
        (
            "家庭住址：青石市幸福路12号3单元401室，",
            "HomeAddress 青石市幸福****",
        ),
    ] {
        assert_eq!(found(text), [expected], "{text}");
    }
}

#[test]
fn other_numbers_are_left_alone() {
    for text in [
        "青政发〔2026〕5号 索引号 110105-2026-00001",
        "订单号：11010519491231002X",
        "统一社会信用代码：11010519491231002X",
        "流水号 6222021234567890128 银行",
        "时间戳 20260320091500123",
        "更新时间 2026-03-20 09:15:00 13800138000.html",
        "咨询电话：13800138000",
        "联系人：李某，手机：13800138000",
        "值班手机13800138000",
        "法定代表人：王某 手机号：13800138000",
        "收款单位：青石市财政局 账号：6222021234567890128",
        "编号 a11010519491231002X",
        "110***********002X 138****8000",
        "办公地址：青石市人民路1号",
        "家庭住址已核实",
        "地区生产总值11010519491231002.5元",
        "13800138000",
        "",
    ] {
        assert_eq!(found(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_list_of_persons_exposes_their_phones_and_a_list_of_contacts_does_not() {
    let row = |nth: u32| format!(" {nth} 张某{nth} 1380013800{nth}");
    let rows: String = (0..6).map(row).collect();
    let persons = format!("2026年低保对象名单公示 序号 姓名 电话{rows}");
    assert_eq!(found(&persons).len(), 6);
    let contacts = format!("青石市河长名单公示 序号 姓名 电话{rows}");
    assert_eq!(found(&contacts), Vec::<String>::new());
    let few: String = (0..3).map(row).collect();
    let few = format!("2026年低保对象名单公示 序号 姓名 电话{few}");
    assert_eq!(found(&few), Vec::<String>::new());
}

#[test]
fn a_phone_beside_a_card_is_the_same_persons() {
    let text = "张三 11010519491231002X 13800138000 建档立卡";
    let expected = ["IdentityCard 110***********002X", "MobilePhone 138****8000"];
    assert_eq!(found(text), expected);
}

#[test]
fn signs_hold_no_number_as_it_was() {
    let text = "名单 张三 11010519491231002X 13800138000 李四 110101199003077758 13900139000 卡号6222021234567890128";
    let (mut secrets, mut signs) = (Secrets::default(), Vec::new());
    read(text, date(2026, 3, 20), &mut secrets, &mut signs);
    assert!(signs.len() >= 4, "{signs:?}");
    let said = serde_json::to_string(&signs).unwrap();
    for number in [
        "11010519491231002X",
        "110101199003077758",
        "13800138000",
        "13900139000",
        "6222021234567890128",
    ] {
        assert!(!said.contains(number), "{said}");
    }
}

#[test]
fn endless_rows_of_digits_end() {
    let text = "1".repeat(300_000) + &" 12345".repeat(100_000) + &"a1".repeat(100_000);
    assert_eq!(found(&text), Vec::<String>::new());
}
