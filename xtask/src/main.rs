//! `cargo xtask`: everything around the build. It has no dependencies, so it starts in a second on a fresh machine, sees to the
//! Debian packages a task needs, and then calls cargo.
//!
//! Start reading at [`main`]; [`packages`] knows what needs which package.

mod bench;
mod ci;
mod demo;
mod docs;
mod eval;
mod fuzz;
mod impact;
mod lexicon;
mod new_check;
mod packages;
mod soak;
mod tests;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const HELP: &str = "\
cargo xtask TASK   任务：

  demo [ARGS]       备齐字体等软件包，构建并运行演示（参数原样传给 xuncha demo）
                    see to fonts, build, run the demonstration (arguments go to `xuncha demo`)
  test [ARGS]       备齐 PostgreSQL、Chromium、poppler、LibreOffice 等，运行全部测试
                    see to what the tests need, run every test
  ci                格式、clippy、文档、许可证检查与全部测试 / everything CI runs
  eval WHAT         在真实数据上测准确度：facts、real-sites、linkcheckers（与同类工具比死链接）、planted（埋设的死链接，与 lychee、linkinator 比）、migration（迁移核对）、apps（安卓安装包）、tasks（全省账号的人工事项，在真实浏览器中只用键盘走完）、planted-content（埋在真实的 WordPress、MediaWiki、DokuWiki 里的一个县的网站）、typos（错别字）
                    measure accuracy on real data
  bench WHAT        测速度：facts [DIR...]、texts [NAME=PATH...]（全部文字检查）、crawl（与同类工具比）、census（全省）、web（网页）、notice（通报的全部文件）/ measure speed
  soak [--kills N]  在采集途中反复 kill -9，比较结果 / kill a gather many times and compare
  fuzz [--seconds N] [--jobs N] [TARGET…]  用按语法生成和变异的输入考验每个读取器，默认各 600 秒
                    feed every reader with mutated inputs, 600 s each by default
  lexicon           由 Debian 的语言模型建成查错别字的模型 target/lexicon/words.model
                    build the model of words for the search for wrong characters
  docs              生成 docs/checks/ 中每个检查项的说明 / write the pages of all checks
  impact [...]      改了检查项或指标，会影响谁：用两版程序判定同一轮已存的事实（impact --help）
                    whom a change of a check or of a set would hit: two versions judge the same stored round
  new-check NAME    新建一个检查项的两个文件 / create the two files of a check
  packages          只列出各任务所需的软件包 / list the packages each task needs
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", &[] as &[String]),
    };
    let done = match task {
        "demo" => demo::run(rest),
        "test" => tests::run(rest),
        "ci" => ci::run_steps(),
        "eval" => eval::run(rest),
        "bench" => bench::run(rest),
        "soak" => soak::run(rest),
        "fuzz" => fuzz::run(rest),
        "docs" => docs::run(rest),
        "lexicon" => lexicon::run(rest),
        "impact" => impact::run(rest),
        "new-check" => new_check::run(rest),
        "packages" => packages::list(),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!(
            "没有任务“{other}”。cargo xtask help 列出全部任务。"
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's root folder.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// A `cargo` command in the workspace's root, with the toolchain that runs this task.
fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    // What cargo tells this task of itself: build scripts below (ring's) would take it for a change, and build for minutes anew.
    let own = std::env::vars_os().map(|(name, _)| name);
    for name in own.filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
    }) {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end and turns a failure into one line.
fn run(command: &mut Command) -> Result<(), String> {
    let shown = format!("{command:?}");
    let status = command
        .status()
        .map_err(|error| format!("无法启动 {shown}：{error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{shown} 失败（{status}）"))
}

/// Runs a command and returns what it printed.
fn output(command: &mut Command) -> Result<String, String> {
    let shown = format!("{command:?}");
    let output = command
        .output()
        .map_err(|error| format!("无法启动 {shown}：{error}"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(format!("{shown} 失败（{}）：{message}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
