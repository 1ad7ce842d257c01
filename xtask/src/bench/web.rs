//! `cargo xtask bench web`: how fast pages are on a round of 15,000 targets and 200,000 findings while another round is being gathered.
//!
//! A fixed list of pages is asked ten times a second, by people that come whether or not the last answer was slow; what is printed is the
//! time until the last byte. The folder holds the filled round and a simulated province, which is gathered at about 200 pages a second.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::census;
use super::peers::number;
use crate::{cargo, packages, root, run};

/// Requests a second.
const RATE: u32 = 10;
/// Requests a second and host of the gathering: 577 hosts make about 200 pages a second.
const GATHER_RATE: &str = "0.4";
/// Patience for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs the bench: `[--targets N] [--findings N] [--seconds N] [--no-gather]`.
pub fn run_web(arguments: &[String]) -> Result<(), String> {
    let usage =
        "用法：cargo xtask bench web [--targets N] [--findings N] [--seconds N] [--no-gather]";
    let (mut targets, mut findings) = ("15000".to_owned(), "200000".to_owned());
    let (mut seconds, mut gathers) = (120u64, true);
    let mut rest = arguments.iter();
    while let Some(flag) = rest.next() {
        let mut value = || rest.next().cloned().ok_or(usage);
        match flag.as_str() {
            "--targets" => targets = value()?,
            "--findings" => findings = value()?,
            "--seconds" => seconds = value()?.parse().map_err(|_| usage)?,
            "--no-gather" => gathers = false,
            _ => return Err(usage.to_owned()),
        }
    }
    let build = ["build", "--release", "-p", "xuncha", "--bin", "xuncha"];
    let example = ["-p", "xuncha-store", "--example", "fill"];
    run(cargo()
        .args(build)
        .args(example)
        .args(packages::legacy_tls()))?;
    let folder = root().join("target").join("bench").join("web");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let data = folder.join("data");
    let gathering = match gathers {
        true => Some(begin_gathering(&folder, &data)?),
        false => None,
    };
    run(Command::new(root().join("target/release/examples/fill"))
        .arg(&data)
        .arg(root().join("indicators"))
        .args([&targets, &findings]))?;
    let server = Server::start(&data)?;
    let gatherer = gathering.as_ref().map(|one| one.go(&data)).transpose()?;
    let pages = pages(&server)?;
    let asked = || {
        let described = gathering.as_ref().map(|one| &one.described);
        described.map(|described| requests(described)).transpose()
    };
    let before = asked()?;
    let times = load(&server, &pages, Duration::from_secs(seconds));
    let behind = asked()?;
    tell(&pages, &times);
    if let (Some(before), Some(behind)) = (before, behind) {
        let rate = (behind - before) as f64 / seconds as f64;
        println!("gathered meanwhile: {rate:.0} requests/s");
    }
    drop(gatherer);
    drop(gathering);
    verdict(&times)
}

/// A province and a round over it.
struct Gathering {
    _province: census::Province,
    described: PathBuf,
}

/// A process that is ended when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn begin_gathering(folder: &Path, data: &Path) -> Result<Gathering, String> {
    let place = folder.join("province");
    let province = census::start(&binary(), &place, "full", "1", "1")?;
    let described = place.join("province.json");
    let registry = place.join("registry.xlsx").display().to_string();
    let as_of = census::text_of(&described, "as_of")?;
    let new = [
        "round", "new", "census", "--as-of", &as_of, "--seed", "census", "--census",
    ];
    for words in [&["registry", "import", registry.as_str()][..], &new] {
        let mut command = Command::new(binary());
        command.arg("--data").arg(data).args(words);
        run(command.stdout(Stdio::null()))?;
    }
    Ok(Gathering {
        _province: province,
        described,
    })
}

impl Gathering {
    fn go(&self, data: &Path) -> Result<Running, String> {
        let child = Command::new(binary())
            .arg("--data")
            .arg(data)
            .args([
                "gather",
                "--round",
                "census",
                "--browser",
                "off",
                "--no-visits",
            ])
            .args(["--rate", GATHER_RATE, "--province"])
            .arg(&self.described)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        child.map(Running).map_err(|error| error.to_string())
    }
}

fn binary() -> PathBuf {
    root().join("target/release/xuncha")
}

/// Requests that the province has answered so far.
fn requests(described: &Path) -> Result<u64, String> {
    let control = census::text_of(described, "control")?;
    let answer = ask(&control, "", "GET", "/status", None)?;
    number(&answer.body, "\"requests\":").ok_or_else(|| "模拟省没有说请求数".to_owned())
}

/// The pages' server, with the cookies of an administrator.
struct Server {
    _running: Running,
    address: String,
    cookies: String,
}

impl Server {
    fn start(data: &Path) -> Result<Server, String> {
        let mut child = Command::new(binary())
            .arg("--data")
            .arg(data)
            .args(["serve", "--listen", "127.0.0.1:0", "--login"])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        let running = Running(child);
        let token = "/sign-in?token=";
        let login = lines
            .by_ref()
            .flatten()
            .filter(|line| line.contains(token))
            .find_map(|line| {
                let from = &line[line.find("http://")?..];
                from.split_whitespace().next().map(str::to_owned)
            })
            .ok_or("serve 没有打印登录地址")?;
        // What it goes on to say is read, so that it never waits.
        std::thread::spawn(move || lines.for_each(drop));
        let (host, path) = login
            .strip_prefix("http://")
            .and_then(|rest| rest.split_once('/'))
            .ok_or("登录地址不是 http")?;
        let mut server = Server {
            _running: running,
            address: host.to_owned(),
            cookies: String::new(),
        };
        server.sign_in(&format!("/{path}"))?;
        Ok(server)
    }

    fn sign_in(&mut self, path: &str) -> Result<(), String> {
        let form = self.ask("GET", path, None)?;
        self.keep(&form);
        let csrf = between(&form.body, "name=\"csrf\" value=\"", "\"").ok_or("登录页没有口令")?;
        let token = path.split("token=").nth(1).unwrap_or_default();
        let entered = self.ask(
            "POST",
            "/sign-in",
            Some(format!("csrf={csrf}&token={token}")),
        )?;
        self.keep(&entered);
        match entered.status {
            303 => Ok(()),
            status => Err(format!("登录没有成功：{status}")),
        }
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.head.lines() {
            if let Some(pair) = line.strip_prefix("set-cookie: ") {
                let pair = pair.split(';').next().unwrap_or_default();
                self.cookies = format!("{}; {pair}", self.cookies)
                    .trim_start_matches("; ")
                    .to_owned();
            }
        }
    }

    fn ask(&self, method: &str, path: &str, form: Option<String>) -> Result<Answer, String> {
        ask(&self.address, &self.cookies, method, path, form)
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// One request on a connection of its own, until the last byte.
fn ask(
    address: &str,
    cookies: &str,
    method: &str,
    path: &str,
    form: Option<String>,
) -> Result<Answer, String> {
    let failed = |error: std::io::Error| format!("{path}：{error}");
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    let form = form.unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).map_err(failed)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).map_err(failed)?;
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or(format!("{path} 没有回答"))?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Ok(Answer {
        status: status.ok_or(format!("{path} 没有状态"))?,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

fn between<'a>(text: &'a str, before: &str, behind: &str) -> Option<&'a str> {
    text.split_once(before)?
        .1
        .split_once(behind)
        .map(|(word, _)| word)
}

/// The fixed list, with a portal, an account and a finding of the round in it.
fn pages(server: &Server) -> Result<Vec<String>, String> {
    let round = "/rounds/big";
    let (portal, account) = ("9800000000", "N000001");
    let sheet = server.ask("GET", &format!("{round}/targets/{portal}"), None)?;
    let finding = between(&sheet.body, "href=\"/findings/", "\"").ok_or("评分表上没有问题")?;
    let list = [
        "/".to_owned(),
        round.to_owned(),
        format!("{round}/targets"),
        format!("{round}/targets?page=150"),
        format!("{round}/targets?class=portal"),
        format!("{round}/targets?outcome=unqualified&page=3"),
        format!("{round}/targets?q=%E6%95%99%E8%82%B2%E5%B1%80"),
        format!("{round}/targets/{portal}"),
        format!("{round}/targets/{account}"),
        format!("/findings/{finding}"),
        format!("{round}/open"),
        format!("{round}/open?page=5"),
        format!("{round}/tasks"),
        format!("{round}/tasks?class=account&page=20"),
        format!("{round}/tasks/{portal}"),
        format!("{round}/notice"),
        "/registry".to_owned(),
        "/registry?q=%E7%AC%AC7%E5%8E%BF&class=department".to_owned(),
        "/audit".to_owned(),
        "/people".to_owned(),
    ];
    for page in &list {
        let answer = server.ask("GET", page, None)?;
        if answer.status != 200 {
            return Err(format!("{page} 答 {}", answer.status));
        }
    }
    Ok(list.into())
}

/// Milliseconds of each page's answers; a failed one counts as the whole patience.
fn load(server: &Server, pages: &[String], lasts: Duration) -> BTreeMap<usize, Vec<f64>> {
    let (sender, receiver) = channel();
    let begin = Instant::now();
    let mut asked = 0u32;
    while begin.elapsed() < lasts {
        let due = begin + Duration::from_secs(1) / RATE * asked;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let page = asked as usize % pages.len();
        let (path, sender) = (pages[page].clone(), sender.clone());
        let (address, cookies) = (server.address.clone(), server.cookies.clone());
        std::thread::spawn(move || {
            let start = Instant::now();
            let answer = ask(&address, &cookies, "GET", &path, None);
            let took = match answer {
                Ok(answer) if answer.status == 200 => start.elapsed(),
                _ => PATIENCE,
            };
            let _ = sender.send((page, took.as_secs_f64() * 1000.0));
        });
        asked += 1;
    }
    drop(sender);
    collected(&receiver)
}

fn collected(receiver: &Receiver<(usize, f64)>) -> BTreeMap<usize, Vec<f64>> {
    let mut times: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    while let Ok((page, took)) = receiver.recv() {
        times.entry(page).or_default().push(took);
    }
    for times in times.values_mut() {
        times.sort_by(f64::total_cmp);
    }
    times
}

fn at_share(sorted: &[f64], share: f64) -> f64 {
    let at = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(at).copied().unwrap_or_default()
}

fn tell(pages: &[String], times: &BTreeMap<usize, Vec<f64>>) {
    println!("| page | answers | median ms | p99 ms |\n|---|---|---|---|");
    for (page, times) in times {
        let (median, p99) = (at_share(times, 0.5), at_share(times, 0.99));
        println!(
            "| {} | {} | {median:.1} | {p99:.1} |",
            pages[*page],
            times.len()
        );
    }
    let all = all(times);
    println!(
        "all: {} answers, median {:.1} ms, p99 {:.1} ms",
        all.len(),
        at_share(&all, 0.5),
        at_share(&all, 0.99)
    );
}

fn all(times: &BTreeMap<usize, Vec<f64>>) -> Vec<f64> {
    let mut all: Vec<f64> = times.values().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    all
}

/// The line to reach: 100 ms at the median, 300 ms at p99, over all answers.
fn verdict(times: &BTreeMap<usize, Vec<f64>>) -> Result<(), String> {
    let all = all(times);
    let (median, p99) = (at_share(&all, 0.5), at_share(&all, 0.99));
    match median < 100.0 && p99 < 300.0 {
        true => Ok(()),
        false => Err(format!(
            "太慢：中位数 {median:.0} ms，p99 {p99:.0} ms（目标 100 与 300）"
        )),
    }
}
