//! People and the audit log by the real binary: the first administrator by command line, no default password, and a log that holds.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use support::xuncha;

struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn new() -> House {
        House {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = xuncha();
        command.arg("--data").arg(self.folder.path().join("data"));
        command.env("USER", "zhou").args(arguments);
        command
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that reads nothing may be gone before it was written to.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    #[track_caller]
    fn succeed(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The exit code of a command that has to fail, and what it says.
    #[track_caller]
    fn refused(&self, arguments: &[&str], input: &str) -> (i32, String) {
        let output = self.run(arguments, input);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{arguments:?} was accepted");
        (output.status.code().unwrap(), said)
    }

    /// The web interface, with the lines that it prints first.
    fn serve(&self, more: &[&str]) -> Served {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(more);
        let mut child = self
            .command(&arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let second = lines.next().unwrap().unwrap();
        let address = first.split("http://").nth(1).unwrap();
        Served {
            child,
            address: address.trim_end_matches('/').to_owned(),
            second,
        }
    }
}

struct Served {
    child: Child,
    address: String,
    second: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn get(&self, path: &str, cookie: &str) -> String {
        let host = &self.address;
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
        ))
    }

    /// Fills the form of a page in and sends it to an address.
    fn fill(&self, page: &str, action: &str, fields: &str) -> String {
        let form = self.get(page, "");
        let cookie = cookie_of(&form);
        let (_, csrf) = form.split_once("name=\"csrf\" value=\"").unwrap();
        let csrf = csrf.split('"').next().unwrap();
        let body = format!("{fields}&csrf={csrf}");
        let host = &self.address;
        self.ask(&format!(
            "POST {action} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nOrigin: http://{host}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }
}

fn cookie_of(answer: &str) -> String {
    let line = answer
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "));
    line.unwrap().split(';').next().unwrap().to_owned()
}

#[test]
fn the_first_administrator_comes_by_command_line() {
    let house = House::new();
    let add = ["person", "add", "zhang", "--role", "administrator"];
    let with_stdin = [&add[..], &["--password-stdin"]].concat();
    for (password, why) in [
        ("", "密码至少10个字符"),
        ("short", "密码至少10个字符"),
        ("password123", "这个密码太常见"),
        ("zhang12345", "这个密码太常见"),
    ] {
        let (code, said) = house.refused(&with_stdin, &format!("{password}\n"));
        assert_eq!(code, 2, "{said}");
        let is_said = said.contains(why) || said.contains("登录名");
        assert!(is_said, "{password}: {said}");
    }
    let listed = house.succeed(&["person", "list"], "");
    assert!(
        listed.contains("共 0 人"),
        "nobody was left behind: {listed}"
    );
    house.succeed(&with_stdin, "xiaoxi liu shui\n");
    let (code, said) = house.refused(&with_stdin, "xiaoxi liu shui\n");
    assert!(code == 1 && said.contains("已经存在"), "{said}");
    let (code, said) = house.refused(&["person", "lock", "zhang"], "");
    assert!(code == 1 && said.contains("最后一名管理员"), "{said}");
    let (code, said) = house.refused(&["person", "add", "li", "--role", "operator"], "");
    assert!(code == 1 && said.contains("必须指明所属单位"), "{said}");

    let served = house.serve(&[]);
    assert!(
        !served.second.contains("token="),
        "no door beside the password: {}",
        served.second
    );
    let wrong = served.fill("/sign-in", "/sign-in", "login=zhang&password=wrong");
    assert!(wrong.starts_with("HTTP/1.1 403"), "{wrong}");
    let right = served.fill(
        "/sign-in",
        "/sign-in",
        "login=Zhang&password=xiaoxi+liu+shui",
    );
    assert!(right.starts_with("HTTP/1.1 303"), "{right}");
    let people = served.get("/people", &cookie_of(&right));
    assert!(
        people.contains("zhang") && people.contains("人员"),
        "{people}"
    );
}

#[test]
fn a_link_sets_the_password_and_serve_prints_a_login_until_then() {
    let house = House::new();
    let said = house.succeed(
        &["person", "add", "wang", "--role", "supervisor", "--link"],
        "",
    );
    let (_, path) = said.split_once("http://127.0.0.1:8300").unwrap();
    let path = path.trim();
    let served = house.serve(&["--https"]);
    assert!(
        served.second.contains("/sign-in?token="),
        "{}",
        served.second
    );
    let form = served.get(path, "");
    assert!(form.contains("wang") && form.contains("; Secure"), "{form}");
    let token = path.split_once("token=").unwrap().1;
    let set = |password: &str| {
        let fields = format!("token={token}&password={password}&again={password}");
        served.fill(path, "/password", &fields)
    };
    let refused = set("password123");
    assert!(refused.starts_with("HTTP/1.1 422"), "{refused}");
    let done = set("gaoshan+liu+shui");
    assert!(done.contains("location: /sign-in?set=1"), "{done}");
    let form = served.get(path, "");
    assert!(form.starts_with("HTTP/1.1 403"), "used up: {form}");
    let fields = "login=wang&password=gaoshan+liu+shui";
    let entered = served.fill("/sign-in", "/sign-in", fields);
    assert!(entered.starts_with("HTTP/1.1 303"), "{entered}");
    let refused = served.get("/people", &cookie_of(&entered));
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
}

#[test]
fn the_log_is_verified_and_listed() {
    let house = House::new();
    let said = house.succeed(&["audit", "verify"], "");
    assert!(said.contains("0 条"), "{said}");
    let add = [
        "person",
        "add",
        "zhang",
        "--role",
        "administrator",
        "--link",
    ];
    house.succeed(&add, "");
    let said = house.succeed(&["audit", "verify"], "");
    let (_, head) = said.split_once("末条哈希：").unwrap();
    let head = head.lines().next().unwrap();
    assert_eq!(head.len(), 64);
    let file = house.folder.path().join("registry.xlsx");
    house.succeed(&["registry", "export", file.to_str().unwrap()], "");
    house.succeed(&["audit", "verify", "--expect", head], "");
    let listed = house.succeed(&["audit", "list", "--person", "cli:zhou"], "");
    let newest = listed.lines().next().unwrap();
    assert!(newest.contains("cli:zhou\t导出\tregistry"), "{listed}");
    assert!(
        listed.contains("新增人员\tperson/P1\tadministrator"),
        "{listed}"
    );
    assert!(!listed.contains("zhang"), "no login in the log: {listed}");
    let json = house.folder.path().join("audit.jsonl");
    let first = ["audit", "list", "--action", "person_added", "--json"];
    house.succeed(&[&first[..], &[json.to_str().unwrap()]].concat(), "");
    let row: serde_json::Value =
        serde_json::from_str(std::fs::read_to_string(json).unwrap().trim()).unwrap();
    assert_eq!(
        (&row["number"], &row["previous_sha256"]),
        (&1.into(), &"".into())
    );
    let (code, said) = house.refused(&["audit", "verify", "--expect", &"0".repeat(64)], "");
    assert!(
        code == 1 && said.contains("没有一条记录是所记的哈希"),
        "{said}"
    );
    let (code, said) = house.refused(&["audit", "verify", "--expect", "x"], "");
    assert!(code == 2 && said.contains("不是 SHA-256"), "{said}");
    let (code, said) = house.refused(&["audit", "list", "--action", "none"], "");
    assert!(code == 2 && said.contains("signed_in 登录"), "{said}");
}
