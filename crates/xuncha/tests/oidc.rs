//! Signing in through a provider of identities, by the real binary and a real provider on this machine: discovery, PKCE, signed tokens.
//!
//! `cargo xtask test` fetches the provider (oidc-provider-mock of PyPI) as it does warcio.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use support::{succeed, xuncha};

struct Running {
    child: Child,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back of a request.
struct Answer {
    status: u16,
    location: String,
    cookies: Vec<String>,
    body: String,
}

fn ask(address: &str, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let all = |name: &str| -> Vec<String> {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
            .collect()
    };
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        location: all("location").pop().unwrap_or_default(),
        cookies: all("set-cookie")
            .iter()
            .map(|line| line.split(';').next().unwrap().to_owned())
            .collect(),
        body: body.to_owned(),
    }
}

fn get(address: &str, path: &str, cookies: &[String]) -> Answer {
    let cookies = cookies.join("; ");
    ask(
        address,
        &format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"
        ),
    )
}

/// The path of an address, and its host.
fn parts(address: &str) -> (String, String) {
    let rest = address.strip_prefix("http://").unwrap();
    let at = rest.find('/').unwrap();
    (rest[..at].to_owned(), rest[at..].to_owned())
}

/// An address on which nothing listens.
fn free() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

fn provider() -> Running {
    let program = match std::env::var_os("XUNCHA_OIDC_PROVIDER") {
        Some(program) => PathBuf::from(program),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../target/tools/oidc-provider-mock/bin/oidc-provider-mock"),
    };
    assert!(
        program.is_file(),
        "oidc-provider-mock (PyPI) is missing: `cargo xtask test` installs it; looked for {}",
        program.display()
    );
    let port = free().rsplit(':').next().unwrap().to_owned();
    let user =
        |sub: &str, name: &str| format!(r#"{{"sub":"{sub}","preferred_username":"{name}"}}"#);
    let mut child = Command::new(program)
        .args(["--port", &port, "--require-nonce", "true"])
        .args(["--user-claims", &user("s-1", "Wang")])
        .args(["--user-claims", &user("s-2", "wang")])
        .args(["--user-claims", &user("s-3", "zhou")])
        .args(["--user-claims", &user("s-4", "nobody")])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let is_up = lines.any(|line| line.is_ok_and(|line| line.contains("running on")));
    assert!(is_up, "the provider did not start");
    // What it goes on to say is read, so that it never waits.
    std::thread::spawn(move || lines.for_each(drop));
    Running {
        child,
        address: format!("127.0.0.1:{port}"),
    }
}

struct House {
    folder: tempfile::TempDir,
}

impl House {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = xuncha();
        command.arg("--data").arg(self.folder.path().join("data"));
        command.args(arguments);
        command
    }

    fn serve(&self, provider: &str) -> Running {
        let secret = self.folder.path().join("secret");
        std::fs::write(&secret, "not for everybody\n").unwrap();
        // The address of the pages stands in what the provider is asked, so the port is chosen before.
        let address = free();
        let mut child = self
            .command(&["serve", "--listen", &address])
            .args(["--oidc-issuer", &format!("http://{provider}")])
            .args(["--oidc-client", "xuncha", "--oidc-secret-file"])
            .arg(secret)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // What is not read would break the pipe, and with it the program.
        for _ in 0..2 {
            lines.next().unwrap().unwrap();
        }
        Running { child, address }
    }
}

/// Goes to the provider, says there who it is, and comes back as far as the address that leads home.
fn travel(pages: &str, cookies: &[String], sub: &str) -> String {
    let left = get(pages, "/sign-in/provider?next=/about", cookies);
    assert_eq!(left.status, 303, "{}", left.body);
    let (host, path) = parts(&left.location);
    for sign in [
        "code_challenge=",
        "code_challenge_method=S256",
        "nonce=",
        "state=",
    ] {
        assert!(path.contains(sign), "{path} lacks {sign}");
    }
    let body = format!("sub={sub}");
    let said = ask(
        &host,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
    assert_eq!(said.status, 302, "{}", said.body);
    parts(&said.location).1
}

#[test]
fn a_person_comes_in_through_a_real_provider() {
    let house = House {
        folder: tempfile::tempdir().unwrap(),
    };
    for (login, role) in [("zhou", "administrator"), ("wang", "leader")] {
        succeed(&mut house.command(&["person", "add", login, "--role", role, "--link"]));
    }
    let provider = provider();
    let pages = house.serve(&provider.address);
    let pages = pages.address.as_str();
    let form = get(pages, "/sign-in", &[]);
    assert!(form.body.contains("统一身份认证登录"), "{}", form.body);
    let browser = form.cookies;

    // Another browser, an address used twice, and a made-up one open nothing.
    let back = travel(pages, &browser, "s-1");
    let other = get(pages, "/sign-in", &[]).cookies;
    assert_eq!(get(pages, &back, &other).status, 403);
    let entered = get(pages, &back, &browser);
    assert_eq!((entered.status, entered.location.as_str()), (303, "/about"));
    let about = get(pages, "/about", &entered.cookies);
    assert!(
        about.status == 200 && about.body.contains("wang"),
        "{}",
        about.body
    );
    assert_eq!(get(pages, &back, &browser).status, 403, "once");
    let made_up = "/sign-in/provider/back?state=x&code=y";
    assert_eq!(get(pages, made_up, &browser).status, 403);

    // The login was given to somebody else; an administrator is bound by no login; nobody is nobody.
    for sub in ["s-2", "s-3", "s-4"] {
        let back = travel(pages, &browser, sub);
        let refused = get(pages, &back, &browser);
        assert_eq!(refused.status, 403, "{sub}");
        assert!(refused.body.contains("没有对应的账号"), "{}", refused.body);
    }
    // A code that the provider never gave.
    let back = travel(pages, &browser, "s-1");
    let (start, _) = back.split_once("code=").unwrap();
    let state = back.split_once("state=").unwrap().1;
    let forged = format!("{start}code=forged&state={state}");
    assert_eq!(get(pages, &forged, &browser).status, 403);
    let back = travel(pages, &browser, "s-1");
    assert_eq!(
        get(pages, &back, &browser).status,
        303,
        "and again as it should be"
    );
    succeed(&mut house.command(&["audit", "verify"]));
}

#[test]
fn a_provider_that_is_not_there_is_said_so() {
    let house = House {
        folder: tempfile::tempdir().unwrap(),
    };
    let pages = house.serve("127.0.0.1:1");
    let form = get(&pages.address, "/sign-in", &[]);
    let left = get(&pages.address, "/sign-in/provider", &form.cookies);
    assert_eq!(left.status, 403);
    assert!(left.body.contains("统一身份认证没有通过"), "{}", left.body);
}
