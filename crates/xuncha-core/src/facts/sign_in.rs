//! Signing in: a form with a password, and the wording by which a page keeps its content from visitors.

use super::dom::Dom;
use super::html::names::Tag;
use super::lexicons::Lexicons;
use super::model::Area;
use super::text::is_at_most;

/// Begins the quote of a form.
pub(crate) const FORM: &str = "表单：";
/// Begins the quote of a wording.
const WORDING: &str = "提示：";
/// A longer line tells of signing in.
const WORDING_CHARS: usize = 40;

/// A form to sign in with, else the wording that asks for it; empty where neither is there.
pub(crate) fn read(dom: &Dom, lexicons: &Lexicons) -> String {
    let has_password = dom.named(Tag::Input).any(|index| {
        let kind = dom.attr(index, "type").unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("password")
    });
    if has_password {
        return format!("{FORM}密码");
    }
    if lexicons.sign_in.may_hit_lower(dom.lower_text()).is_empty() {
        return String::new();
    }
    let mut lines = dom.all_lines().iter().filter(|line| {
        dom.nodes[line.node].area == Area::Body && is_at_most(&line.text, WORDING_CHARS)
    });
    let line = lines.find(|line| lexicons.sign_in.find(&line.text).is_some());
    line.map_or_else(String::new, |line| format!("{WORDING}{}", line.text))
}

#[cfg(test)]
mod tests {
    use crate::facts::test_page;

    #[test]
    fn pages_that_ask_to_sign_in() {
        for (html, expected) in [
            (
                "<form action=/login method=post><input name=u><input type=PASSWORD name=p></form>",
                "表单：密码",
            ),
            (
                "<div>您还没有登录，请先登录！</div>",
                "提示：您还没有登录，请先登录！",
            ),
            (
                "<div><a href=/login>登录</a> | <a href=/reg>注册</a></div><p>办理材料",
                "",
            ),
            (
                "<p>办理流程：申请人登录云岭政务服务网，注册后请先登录再选择事项，按照提示逐项填写并上传材料，等待审核。",
                "",
            ),
        ] {
            assert_eq!(
                test_page("https://www.qingshi.gov.cn/a.html", html).sign_in,
                expected,
                "{html}"
            );
        }
    }
}
