//! 规格: the parts of a check's `NAME.md`: what it looks at, what goes to a person, how it can be wrong, its cases.
//!
//! The file is written once and read by three: the tests run its cases, `xuncha explain` prints it, the pages under `docs/checks/` are
//! made of it.

/// Heading of the part that says what is automatic and what goes to a person.
const AUTOMATIC: &str = "自动与人工";
/// Heading of the part that says when the check is wrong, and in which direction.
const MISJUDGEMENTS: &str = "已知误判";
/// Start of the heading of a case.
const CASE: &str = "案例：";

/// 规格. A specification, cut into its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specification<'a> {
    /// What the check looks at, why, and its parameters: everything before the first `##`, without the title.
    pub prose: &'a str,
    /// 自动与人工.
    pub automatic: &'a str,
    /// 已知误判.
    pub misjudgements: &'a str,
    /// 案例, in the order of the file.
    pub cases: Vec<SpecificationCase<'a>>,
}

/// 案例. One case: a target and what the check says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecificationCase<'a> {
    /// Its title.
    pub title: &'a str,
    /// What is laid over a sound target, as TOML.
    pub input: &'a str,
    /// The verdict, as specifications write it.
    pub expected: &'a str,
}

impl<'a> Specification<'a> {
    /// Cuts a specification. A part that is not there is empty.
    pub fn read(text: &'a str) -> Specification<'a> {
        let mut parts = text.split("\n## ");
        let head = parts.next().unwrap_or_default();
        let mut specification = Specification {
            prose: head.split_once('\n').map_or("", |(_, rest)| rest.trim()),
            automatic: "",
            misjudgements: "",
            cases: Vec::new(),
        };
        for part in parts {
            let (heading, body) = part.split_once('\n').unwrap_or((part, ""));
            match heading.trim() {
                AUTOMATIC => specification.automatic = body.trim(),
                MISJUDGEMENTS => specification.misjudgements = body.trim(),
                heading => specification
                    .cases
                    .extend(heading.strip_prefix(CASE).map(|title| SpecificationCase {
                        title,
                        input: fenced(part, "toml"),
                        expected: fenced(part, "text"),
                    })),
            }
        }
        specification
    }
}

impl SpecificationCase<'_> {
    /// The verdict in a few words: 存在问题（stale_news、empty）, 通过，存疑1处, 无法判定（未采集）.
    pub fn in_short(&self) -> String {
        let verdict = self.expected.lines().next().unwrap_or_default();
        let mut short = verdict.split('：').next().unwrap_or_default().to_owned();
        let mut cases: Vec<&str> = Vec::new();
        let mut doubts = 0;
        for line in self.expected.lines() {
            let case = line.split('｜').nth(1).unwrap_or_default();
            if line.starts_with("问题 ") && !cases.contains(&case) {
                cases.push(case);
            }
            doubts += usize::from(line.starts_with("存疑 "));
        }
        if !cases.is_empty() {
            short.push_str(&format!("（{}）", cases.join("、")));
        }
        if doubts > 0 && !verdict.starts_with("无法判定") {
            short.push_str("，有存疑处");
        }
        short
    }
}

/// The first block of this language, without its fences.
fn fenced<'a>(part: &'a str, language: &str) -> &'a str {
    let open = format!("\n```{language}\n");
    let Some(start) = part.find(&open).map(|at| at + open.len()) else {
        return "";
    };
    let end = part[start..]
        .find("```")
        .map_or(part.len(), |at| start + at);
    part[start..end].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# 首页不更新\n\n看首页。\n\n- 参数：`days`。\n\n## 自动与人工\n\n- 自动：全部。\n\n## 已知误判\n\n- 误报：有。\n\n\
        ## 案例：甲\n\n说明。\n\n```toml\ntarget = \"portal\"\n```\n\n```text\n存在问题\n问题 k｜stale｜计1次｜把握高：旧。\n问题 l｜stale｜计1次｜把握高：旧。\n\
        存疑 m｜empty｜证据不全：看不清。\n```\n\n## 案例：乙\n\n```toml\n\n```\n\n```text\n无法判定（未采集）：没有采集。\n存疑 k｜stale｜未采集：没有采集。\n```\n\n\
        ## 案例：丙\n\n```text\n待人工：看一看？\n```\n";

    #[test]
    fn a_specification_comes_apart() {
        let read = Specification::read(TEXT);
        assert_eq!(read.prose, "看首页。\n\n- 参数：`days`。");
        assert_eq!(read.automatic, "- 自动：全部。");
        assert_eq!(read.misjudgements, "- 误报：有。");
        let first = read.cases[0];
        assert_eq!((first.title, first.input), ("甲", "target = \"portal\""));
        assert!(first.expected.starts_with("存在问题\n问题 k"));
        let short: Vec<String> = read.cases.iter().map(SpecificationCase::in_short).collect();
        assert_eq!(
            short,
            [
                "存在问题（stale），有存疑处",
                "无法判定（未采集）",
                "待人工"
            ]
        );
    }

    #[test]
    fn what_is_not_there_is_empty() {
        let read = Specification::read("# 只有标题");
        assert_eq!(
            (read.prose, read.automatic, read.misjudgements),
            ("", "", "")
        );
        assert!(read.cases.is_empty());
    }
}
