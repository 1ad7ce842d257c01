//! `cargo xtask new-check NAME`: the two files of a check, ready to be filled in.

use crate::root;

/// Creates `NAME.rs` and `NAME.md` in core's checks and says what is left to do.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let [name] = arguments else {
        return Err(
            "用法：cargo xtask new-check NAME（小写英文与下划线，以不合格状态命名）".to_owned(),
        );
    };
    let is_fit = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !is_fit {
        return Err(format!("检查项名称“{name}”只能用小写英文字母和下划线"));
    }
    let folder = root().join("crates/xuncha-core/src/checks");
    for (file, text) in [
        (format!("{name}.rs"), code(name)),
        (format!("{name}.md"), spec(name)),
    ] {
        let path = folder.join(file);
        if path.exists() {
            return Err(format!("{} 已经存在", path.display()));
        }
        std::fs::write(&path, text)
            .map_err(|error| format!("无法写入 {}：{error}", path.display()))?;
        println!("已建立 {}", path.display());
    }
    println!(
        "接下来：在 checks/mod.rs 的清单里加一行，在一个指标文件里引用 {name}，再用 cargo xtask docs 生成它的说明。"
    );
    Ok(())
}

fn code(name: &str) -> String {
    format!(
        "//! What `{name}` checks, why, the evidence used, what is left to a person, known misjudgements, source (document, article).\n\n\
         use serde::{{Deserialize, Serialize}};\n\n\
         use crate::checks::Context;\n\
         use crate::facts::model::Facts;\n\
         use crate::round::Subject;\n\
         use crate::verdict::{{Undetermined, Verdict}};\n\n\
         /// Raised whenever the same facts can give another verdict.\n\
         pub const VERSION: u32 = 1;\n\n\
         /// Cases of findings and their Chinese names.\n\
         pub const CASES: &[(&str, &str)] = &[];\n\n\
         /// 参数. Thresholds, as the indicator file gives them.\n\
         #[derive(Clone, Debug, Default, Deserialize, Serialize)]\n\
         #[serde(deny_unknown_fields, default)]\n\
         pub struct Params {{}}\n\n\
         /// Judges one target.\n\
         pub fn judge(subject: &Subject, facts: &Facts, context: &Context, params: &Params) -> Result<Verdict, Undetermined> {{\n    \
         compile_error!(\"fill in {name}\")\n}}\n"
    )
}

fn spec(name: &str) -> String {
    format!(
        "# {name}\n\n\
         这个检查项看什么、什么算、什么不算。\n\n\
         - 依据：文件、条款。\n\
         - 看什么：\n\
         - 参数：每个参数的名称（单位）。\n\
         - 问题的键：\n\n\
         ## 自动与人工\n\n\
         - 自动：机器怎么得出结论；问题的把握各是多少。\n\
         - 转人工：哪些问题把握低。没有就写“没有”。\n\
         - 无法判定：缺什么证据时不下结论。不会就写“不会”。\n\n\
         ## 已知误判\n\n\
         - 误报：什么情况下会错怪。\n\
         - 漏报：什么情况下看不出来。\n\n\
         ## 案例：没有问题\n\n\
         ```toml\n\n```\n\n\
         ```text\n通过\n```\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same lines that `tests/tidy.rs` asks of every spec.
    #[test]
    fn a_new_spec_has_the_sections_that_every_spec_needs() {
        let spec = spec("stale_something");
        let mut from = 0;
        for part in [
            "# stale_something\n",
            "\n## 自动与人工\n\n- 自动：",
            "\n- 转人工：",
            "\n- 无法判定：",
            "\n## 已知误判\n\n- 误报：",
            "\n- 漏报：",
            "\n## 案例：",
        ] {
            let at = spec[from..].find(part).map(|at| from + at);
            from = at.unwrap_or_else(|| panic!("no {part} in its place:\n{spec}"));
        }
    }
}
