//! `cargo xtask eval apps [BINARY]`: a real package of Android, taken from npm, downloaded by the product from a real server; and what only
//! bears the name of a package: one cut in the middle, a renamed ZIP, an error page, one without its signature.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::servers;
use crate::packages::{self, APPS};
use crate::{output, run as run_command};

/// Where the package comes from: the release and the file in it.
const RELEASE: &str = "io.appium.settings@8.0.10";
const FILE: &str = "package/apks/settings_apk-debug.apk";
const PORT: u16 = 8419;

/// What a download must be called: its file, its kind, the verdict on the app, and words that the product must say of it.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const CASES: [Case; 5] = [
    (
        "real.apk",
        "apk",
        "通过",
        &[
            "io.appium.settings",
            "8.0.10",
            "android.permission.INTERNET",
            "v2",
        ],
    ),
    ("half.apk", "truncated", "存在问题", &["不完整"]),
    ("renamed.apk", "zip", "存在问题", &["不是安装包"]),
    ("page.apk", "html", "存在问题", &["网页"]),
    ("unsigned.apk", "apk", "存在问题", &["没有签名"]),
];

/// Makes the files, serves them, and holds what the product says of each against the list.
pub fn run(binary: Option<&str>) -> Result<(), String> {
    packages::see_to(&APPS.iter().collect::<Vec<_>>())?;
    let binary = super::binary(binary)?;
    let folder = super::folder()?.join("apps");
    make(&folder)?;
    let _servers = servers::start_folder(&folder, &folder.join("files"), PORT)?;
    let mut wrong = Vec::new();
    for case in CASES {
        wrong.extend(check(&binary, &folder, &case)?);
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(format!("与预期不符：\n{}", wrong.join("\n"))),
    }
}

fn make(folder: &Path) -> Result<(), String> {
    let files = folder.join("files");
    fs::create_dir_all(&files).map_err(|error| format!("无法建立 {}：{error}", files.display()))?;
    let failed = |what: &str| {
        let what = what.to_owned();
        move |error: std::io::Error| format!("无法写入 {what}：{error}")
    };
    let packed = output(
        Command::new("npm")
            .args(["pack", "--silent", RELEASE])
            .current_dir(folder)
            .stderr(Stdio::inherit()),
    )?;
    let archive = folder.join(packed.trim());
    run_command(
        Command::new("tar")
            .args(["xzf"])
            .arg(&archive)
            .args(["-C"])
            .arg(folder)
            .arg(FILE),
    )?;
    let apk = fs::read(folder.join(FILE)).map_err(|error| format!("无法读取 {FILE}：{error}"))?;
    fs::write(files.join("half.apk"), &apk[..apk.len() / 2]).map_err(failed("half.apk"))?;
    let page =
        "<!doctype html><html><title>404</title><body><h1>您访问的页面不存在</h1></body></html>";
    fs::write(files.join("page.apk"), page).map_err(failed("page.apk"))?;
    fs::write(files.join("real.apk"), apk).map_err(failed("real.apk"))?;
    // Packed again, the archive has lost its signing block; without META-INF it has no signature at all.
    let unpacked = folder.join("unpacked");
    let _ = fs::remove_dir_all(&unpacked);
    let unzip = ["-q", "-o"];
    run_command(
        Command::new("unzip")
            .args(unzip)
            .arg(files.join("real.apk"))
            .arg("-d")
            .arg(&unpacked),
    )?;
    let _ = fs::remove_dir_all(unpacked.join("META-INF"));
    for (name, what) in [("unsigned.apk", "."), ("renamed.apk", "res")] {
        let target = files.join(name);
        let _ = fs::remove_file(&target);
        run_command(
            Command::new("zip")
                .args(["-q", "-r"])
                .arg(&target)
                .arg(what)
                .current_dir(&unpacked),
        )?;
    }
    Ok(())
}

/// What is wrong with what the product says of one download.
fn check(binary: &Path, folder: &Path, case: &Case) -> Result<Vec<String>, String> {
    let (file, kind, verdict, words) = case;
    let json = folder.join(format!("{file}.json"));
    let said = output(
        Command::new(binary)
            .arg("account")
            .args(["--download", &format!("http://127.0.0.1:{PORT}/{file}")])
            .args(["--allow-host", "127.0.0.1", "--rate", "unlimited"])
            .args(["--second-look-s", "0", "--json"])
            .arg(&json),
    )?;
    let text = fs::read_to_string(&json)
        .map_err(|error| format!("无法读取 {}：{error}", json.display()))?;
    println!("── {file}\n{said}");
    let mut wrong = Vec::new();
    if !text.contains(&format!("\"kind\": \"{kind}\"")) {
        wrong.push(format!("{file}：应判为 {kind}"));
    }
    let is_judged = said
        .lines()
        .any(|line| line.starts_with(verdict) && line.contains("M-V2"));
    if !is_judged {
        wrong.push(format!("{file}：M-V2 应为“{verdict}”"));
    }
    let missing = words.iter().filter(|word| !text.contains(**word));
    wrong.extend(missing.map(|word| format!("{file}：结果中没有“{word}”")));
    Ok(wrong)
}
