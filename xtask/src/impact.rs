//! `cargo xtask impact`: whom a change of a check or of a set would hit.
//!
//! Two judgings of the same stored round are compared: by two versions of the program, by two sets, or with and without a folder of
//! rules. Nothing of the round changes: each version works on a copy of the database and only reads the evidence. The comparing itself is
//! the product's (`xuncha judge --compare`), so that somebody without the sources can do it too.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::packages;
use crate::{cargo, output, root, run as run_command};

const HELP: &str = "\
cargo xtask impact [BINARY | --against REV | --from-set SET] [选项]

与什么比较（默认 --against HEAD，即还没有提交的改动）：
  BINARY            另一版已经构建好的 xuncha
  --against REV     git 的一个版本，在 target/impact/ 下检出并构建
  --from-set SET    同一版程序，从这套指标换到 --set 的指标
  （只给 --rules 时，同一版程序，比较有无这个目录）

选项：
  --data DIR        数据目录，默认是演示的 out/data
  --round ROUND     轮次，默认最近一轮
  --set SET         用哪套指标判定，可以给几次，默认 gov-2019 和 extras；各套分别比较
  --rules DIR       改动一侧的规则目录，覆盖内置的指标和词表
  --first N         每个检查项先列几项，默认 10
  --csv FILE        全部变化写入 CSV，默认 target/impact/changes-SET.csv
  --dev             用 dev 构建，不用 release
";

/// The sets that a round of the product usually has: one scored, one listed.
const SETS: [&str; 2] = ["gov-2019", "extras"];

/// 与什么比较.
#[derive(Debug, PartialEq, Eq)]
enum Against {
    Revision(String),
    Binary(PathBuf),
    Set(String),
    Rules,
}

/// 参数.
#[derive(Debug, PartialEq, Eq)]
struct Arguments {
    against: Against,
    data: Option<PathBuf>,
    round: Option<String>,
    sets: Vec<String>,
    rules: Option<PathBuf>,
    first: String,
    csv: Option<PathBuf>,
    is_dev: bool,
}

/// Builds what is compared, judges twice for each set and reports.
pub fn run(arguments: &[String]) -> Result<(), String> {
    if arguments.iter().any(|one| one == "--help" || one == "-h") {
        print!("{HELP}");
        return Ok(());
    }
    let arguments = read(arguments)?;
    let data = data(arguments.data.as_deref())?;
    let work = root().join("target/impact");
    std::fs::create_dir_all(&work)
        .map_err(|error| format!("无法建立 {}：{error}", work.display()))?;
    let base = match &arguments.against {
        Against::Revision(revision) => Some(build_revision(revision, &work, arguments.is_dev)?),
        Against::Binary(binary) => Some(binary.clone()),
        Against::Set(_) | Against::Rules => None,
    };
    let current = build_current(arguments.is_dev)?;
    let base = base.unwrap_or_else(|| current.clone());
    for set in &arguments.sets {
        compare(&arguments, &data, &work, [&base, &current], set)?;
    }
    Ok(())
}

/// One set, judged by both sides.
fn compare(
    arguments: &Arguments,
    data: &Path,
    work: &Path,
    [base, current]: [&Path; 2],
    set: &str,
) -> Result<(), String> {
    let before = work.join(format!("before-{set}.json"));
    let csv = match (&arguments.csv, arguments.sets.as_slice()) {
        (Some(csv), [_]) => csv.clone(),
        (Some(csv), _) => beside(csv, set),
        (None, _) => work.join(format!("changes-{set}.csv")),
    };
    let from = match &arguments.against {
        Against::Set(from) => from,
        _ => set,
    };
    let mut old = judging(base, &copied(data, &work.join("before"))?, arguments, from);
    output(old.arg("--out").arg(&before))?;
    let mut new = judging(current, &copied(data, &work.join("after"))?, arguments, set);
    if let Some(rules) = &arguments.rules {
        new.arg("--rules").arg(rules);
    }
    new.arg("--compare").arg(&before);
    new.args(["--first", &arguments.first])
        .arg("--csv")
        .arg(csv);
    println!();
    run_command(&mut new)
}

/// `--under` keeps nothing in any version; several of it only newer ones know.
fn judging(binary: &Path, data: &Path, arguments: &Arguments, set: &str) -> Command {
    let mut command = Command::new(binary);
    command.arg("--data").arg(data);
    command.args(["judge", "--under", set]);
    if let Some(round) = &arguments.round {
        command.args(["--round", round]);
    }
    command
}

fn read(arguments: &[String]) -> Result<Arguments, String> {
    let mut read = Arguments {
        against: Against::Rules,
        data: None,
        round: None,
        sets: Vec::new(),
        rules: None,
        first: "10".to_owned(),
        csv: None,
        is_dev: false,
    };
    let mut against = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || {
            let next = rest.next().filter(|next| !next.starts_with("--"));
            next.cloned()
                .ok_or_else(|| format!("{argument} 后面要有一个值\n\n{HELP}"))
        };
        match argument.as_str() {
            "--against" => against.push(Against::Revision(value()?)),
            "--from-set" => against.push(Against::Set(value()?)),
            "--data" => read.data = Some(value()?.into()),
            "--round" => read.round = Some(value()?),
            "--set" => read.sets.push(value()?),
            "--rules" => read.rules = Some(value()?.into()),
            "--first" => read.first = value()?,
            "--csv" => read.csv = Some(value()?.into()),
            "--dev" => read.is_dev = true,
            flag if flag.starts_with("--") => return Err(format!("没有选项 {flag}\n\n{HELP}")),
            binary => against.push(Against::Binary(binary.into())),
        }
    }
    if against.len() > 1 {
        return Err(format!(
            "BINARY、--against、--from-set 只能给一个\n\n{HELP}"
        ));
    }
    if let Some(Against::Set(from)) = against.first()
        && read.sets.is_empty()
    {
        return Err(format!(
            "--from-set {from} 要同时用 --set 给出换成哪一套\n\n{HELP}"
        ));
    }
    read.against = match (against.pop(), &read.rules) {
        (Some(against), _) => against,
        (None, Some(_)) => Against::Rules,
        (None, None) => Against::Revision("HEAD".to_owned()),
    };
    if read.sets.is_empty() {
        read.sets = SETS.map(str::to_owned).to_vec();
    }
    Ok(read)
}

/// The folder whose round is judged.
fn data(named: Option<&Path>) -> Result<PathBuf, String> {
    let folder = named.map_or_else(|| root().join("out/data"), Path::to_path_buf);
    if folder.join(DATABASE).is_file() {
        return Ok(folder);
    }
    Err(match named {
        Some(_) => format!("{} 里没有 {DATABASE}：不是数据目录", folder.display()),
        None => format!(
            "没有演示的数据目录 {}：先运行 cargo xtask demo --no-serve，或用 --data 指定数据目录",
            folder.display()
        ),
    })
}

/// The database inside of a data folder.
const DATABASE: &str = "xuncha.db";

/// A data folder of the same round that may be written to: the database copied, the evidence by a link. An older program may refuse a
/// database that a newer one opened, and a newer one changes it, so each side has its own.
fn copied(data: &Path, to: &Path) -> Result<PathBuf, String> {
    let failed = |error: std::io::Error| format!("无法准备 {}：{error}", to.display());
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).map_err(failed)?;
    for end in ["", "-wal", "-shm"] {
        let name = format!("{DATABASE}{end}");
        if data.join(&name).is_file() {
            std::fs::copy(data.join(&name), to.join(&name)).map_err(failed)?;
        }
    }
    let evidence = data.join("evidence").canonicalize().map_err(failed)?;
    std::os::unix::fs::symlink(evidence, to.join("evidence")).map_err(failed)?;
    Ok(to.to_path_buf())
}

/// The binary of a revision: built in a checkout of its own, with our target folder, so that only our crates are built anew. Kept by its
/// commit, for the next time.
fn build_revision(revision: &str, work: &Path, is_dev: bool) -> Result<PathBuf, String> {
    let commit = format!("{revision}^{{commit}}");
    let commit = output(git().args(["rev-parse", "--verify", &commit]))
        .map_err(|error| format!("git 里没有版本 {revision}：{error}"))?;
    let commit = commit.trim();
    let profile = if is_dev { "debug" } else { "release" };
    let kept = work.join(format!("xuncha-{profile}-{commit}"));
    if kept.is_file() {
        return Ok(kept);
    }
    let checkout = work.join("checkout");
    let remove = || {
        let _ = output(git().args(["worktree", "remove", "--force"]).arg(&checkout));
    };
    remove();
    println!("正在构建 {revision}（{commit}）/ building the other version");
    run_command(
        git()
            .args(["worktree", "add", "--quiet", "--detach"])
            .arg(&checkout)
            .arg(commit),
    )?;
    let built = build(&checkout, is_dev);
    remove();
    std::fs::copy(built?, &kept)
        .map_err(|error| format!("无法写入 {}：{error}", kept.display()))?;
    Ok(kept)
}

fn build_current(is_dev: bool) -> Result<PathBuf, String> {
    build(&root(), is_dev)
}

/// Builds a checkout into our target folder and answers with the binary.
fn build(checkout: &Path, is_dev: bool) -> Result<PathBuf, String> {
    let target = root().join("target");
    let mut command = cargo();
    command.current_dir(checkout).arg("build");
    if !is_dev {
        command.arg("--release");
    }
    command
        .args(["--package", "xuncha"])
        .args(packages::legacy_tls());
    run_command(command.arg("--target-dir").arg(&target))?;
    let profile = if is_dev { "debug" } else { "release" };
    Ok(target.join(profile).join("xuncha"))
}

fn git() -> Command {
    let mut command = Command::new("git");
    command.current_dir(root());
    command
}

/// `changes.csv` → `changes-extras.csv`.
fn beside(path: &Path, set: &str) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let end = path
        .extension()
        .map_or(String::new(), |end| format!(".{}", end.to_string_lossy()));
    path.with_file_name(format!("{stem}-{set}{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(line: &str) -> Result<Arguments, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        read(&words)
    }

    #[test]
    fn what_is_compared_with_what() {
        let against = |line| given(line).map(|read| read.against);
        let head = Against::Revision("HEAD".to_owned());
        assert_eq!(against("--dev --first 3"), Ok(head));
        let main = Against::Revision("main".to_owned());
        assert_eq!(against("--against main --rules r"), Ok(main));
        assert_eq!(
            against("old/xuncha"),
            Ok(Against::Binary("old/xuncha".into()))
        );
        assert_eq!(against("--rules r"), Ok(Against::Rules));
        let set = Against::Set("gov-2019".to_owned());
        assert_eq!(against("--from-set gov-2019 --set guangxi-2020q1"), Ok(set));
        let sets = given("--set a --set b").map(|read| read.sets);
        assert_eq!(sets, Ok(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(given("").map(|read| read.sets.len()), Ok(2));
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        for (line, said) in [
            ("--from-set gov-2019", "要同时用 --set"),
            ("old/xuncha --against main", "只能给一个"),
            ("--against --dev", "--against 后面要有一个值"),
            ("--round", "--round 后面要有一个值"),
            ("--nothing", "没有选项 --nothing"),
        ] {
            let error = given(line).err();
            assert!(
                error.as_ref().is_some_and(|error| error.contains(said)),
                "{line}: {error:?}"
            );
        }
        let error = data(Some(Path::new("/nonexistent"))).err();
        assert!(error.is_some_and(|error| error.contains("不是数据目录")));
    }

    #[test]
    fn each_set_has_its_own_table() {
        let path = |path: &str| beside(Path::new(path), "extras");
        assert_eq!(
            path("/tmp/changes.csv"),
            Path::new("/tmp/changes-extras.csv")
        );
        assert_eq!(path("changes"), Path::new("changes-extras"));
    }
}
