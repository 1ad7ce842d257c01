//! `cargo xtask eval migration [BINARY]`: a real WordPress carried over to a real DokuWiki with planted losses.
//!
//! Twice: while both sites run, and after the switch, with the evidence from before it and the old host sending its visitors on.
//! Fails on a loss that is not found, on one that was not planted, and on anything that could not be determined.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use super::servers::Servers;
use super::sites::{NEW_SITE, OLD_SITE};
use crate::packages::{self, CHECKERS, REAL_SITES};
use crate::run as run_command;

/// Both sites have fewer pages.
const MAX_PAGES: &str = "800";

/// A kind of loss and the title that it hits.
type Planted = (String, String);

/// Makes and serves both sites, compares them twice.
pub fn run(binary: Option<&str>) -> Result<(), String> {
    let needs = REAL_SITES
        .iter()
        .chain(CHECKERS.iter().filter(|need| need.package == "dokuwiki"));
    packages::see_to(&needs.collect::<Vec<_>>())?;
    let binary = super::binary(binary)?;
    let folder = super::folder()?;
    let moved = folder.join(OLD_SITE.name).join("moved.tsv");
    let _ = std::fs::remove_file(&moved);
    let mut servers = Servers::default();
    OLD_SITE.serve(&folder, None, &mut servers)?;
    NEW_SITE.serve(&folder, None, &mut servers)?;

    let made = folder.join(NEW_SITE.name);
    let evidence = made.join("evidence");
    let _ = std::fs::remove_dir_all(&evidence);
    let mut wrong = compare(&binary, &made, "always", &[])?;
    let mut check = asking(&binary, "check");
    check.arg(OLD_SITE.home()).arg("--evidence").arg(&evidence);
    run_command(check.stdout(Stdio::null()).stderr(Stdio::null()))?;
    std::fs::copy(made.join("moved.tsv"), &moved)
        .map_err(|error| format!("无法写入 {}：{error}", moved.display()))?;
    let kept = evidence.display().to_string();
    wrong.extend(compare(
        &binary,
        &made,
        "switched",
        &["--old-evidence", &kept],
    )?);
    let _ = std::fs::remove_file(&moved);
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("迁移核对与埋设不符：\n{}", wrong.join("\n"))),
    }
}

/// The binary with a command that may ask this machine as fast as it can.
pub(super) fn asking(binary: &Path, command: &str) -> Command {
    let mut asking = Command::new(binary);
    asking.args([command, "--rate", "unlimited", "--concurrency", "4"]);
    asking.args(["--allow-host", "127.0.0.1", "--browser", "off"]);
    asking.args(["--second-look-s", "1", "--max-pages", MAX_PAGES]);
    asking.stdin(Stdio::null());
    asking
}

/// One comparison: prints what was found, gives back what is wrong.
fn compare(
    binary: &Path,
    made: &Path,
    when: &str,
    further: &[&str],
) -> Result<Vec<String>, String> {
    let json = made.join(format!("{when}.json"));
    let said = made.join(format!("{when}.txt"));
    let output = std::fs::File::create(&said)
        .map_err(|error| format!("无法写入 {}：{error}", said.display()))?;
    let mut command = asking(binary, "migration");
    command.arg(OLD_SITE.home()).arg(NEW_SITE.home());
    command.args(further).arg("--json").arg(&json);
    run_command(command.stdout(output).stderr(Stdio::null()))?;
    let text = |path: &Path| {
        std::fs::read_to_string(path)
            .map_err(|error| format!("无法读取 {}：{error}", path.display()))
    };
    let expected = expected(&text(&made.join("expected.tsv"))?, when);
    let said = text(&said)?;
    let (found, unclear) = found(&said);
    let missed: Vec<&Planted> = expected.difference(&found).collect();
    let extra: Vec<&Planted> = found.difference(&expected).collect();
    println!(
        "{}：埋设 {} 个（{} 种），找到 {} 个，漏 {} 个，多 {} 个，无法判定 {unclear} 处；{}",
        if when == "always" {
            "两站并行"
        } else {
            "切换之后"
        },
        expected.len(),
        expected
            .iter()
            .map(|(kind, _)| kind)
            .collect::<BTreeSet<_>>()
            .len(),
        expected.intersection(&found).count(),
        missed.len(),
        extra.len(),
        json.display()
    );
    let missed = missed
        .into_iter()
        .map(|(kind, title)| format!("漏 {kind}《{title}》"));
    let extra = extra
        .into_iter()
        .map(|(kind, title)| format!("多 {kind}《{title}》"));
    let mut wrong: Vec<String> = missed.chain(extra).collect();
    if unclear > 0 {
        wrong.push(format!("无法判定 {unclear} 处，见 {}", json.display()));
    }
    Ok(wrong)
}

/// Lines of when, kind and title; what holds always holds after the switch too.
fn expected(text: &str, when: &str) -> BTreeSet<Planted> {
    let lines = text.lines().filter_map(|line| {
        let mut parts = line.split('\t');
        let (told, kind, title) = (parts.next()?, parts.next()?, parts.next()?);
        (told == "always" || told == when).then(|| (kind.to_owned(), title.to_owned()))
    });
    lines.collect()
}

/// The report as people read it: a kind stands two spaces deep, its losses four; and how much could not be determined.
fn found(said: &str) -> (BTreeSet<Planted>, usize) {
    let mut found = BTreeSet::new();
    let mut kind = String::new();
    let mut unclear = 0;
    for line in said.lines() {
        if let Some(rest) = line.strip_prefix("    《") {
            let title = rest.split('》').next().unwrap_or_default();
            found.insert((kind.clone(), title.to_owned()));
        } else if let Some(rest) = line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with(' '))
        {
            rest.split('（')
                .next()
                .unwrap_or_default()
                .clone_into(&mut kind);
        } else if let Some(rest) = line.strip_prefix("无法判定 ") {
            unclear = rest
                .split(' ')
                .next()
                .and_then(|n| n.parse().ok())
                .unwrap_or(0);
        }
    }
    (found, unclear)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_read_out_of_the_report() {
        let said = "损失 1 个：\n  稿件缺失（1）\n    《甲》新网站上没有\n      旧 http://a/\n\n无法判定 2 处。\n  [稿件缺失] 乙\n";
        let planted = (String::from("稿件缺失"), String::from("甲"));
        assert_eq!(found(said), (BTreeSet::from([planted.clone()]), 2));
        let list = "always\t稿件缺失\t甲\nswitched\t旧地址失效\t乙\n";
        assert_eq!(expected(list, "always"), BTreeSet::from([planted]));
        assert_eq!(expected(list, "switched").len(), 2);
    }
}
