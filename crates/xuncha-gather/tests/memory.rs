//! Peak memory of a whole check on hostile sites, measured in a process of its own.
#![allow(clippy::unwrap_used, missing_docs)]

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;

use xuncha_core::facts::Lexicons;
use xuncha_core::facts::model::FactRecord;
use xuncha_gather::check::{CheckPlan, check_site};
use xuncha_gather::clock::RealClock;
use xuncha_gather::report::Quiet;
use xuncha_gather::settings::Settings;
use xuncha_gather::state::Limits;

/// Where the child finds its site.
const SITE: &str = "XUNCHA_MEMORY_SITE";
/// Most megabytes over the idle peak.
const MOST_MB: u64 = 64;
/// Links of the page of links.
const LINKS: usize = 200_000;
/// What the bomb unpacks to.
const BOMB_BYTES: u64 = 10 << 30;

/// The measured process: checks the site and prints its peak.
#[test]
#[ignore = "run by the other tests of this file, in a process of its own"]
fn child() {
    let site: SocketAddr = std::env::var(SITE).unwrap().parse().unwrap();
    let settings = Settings {
        rate_per_host: None,
        allow_hosts: [site.ip().to_string()].into(),
        ..Settings::default()
    };
    let plan = CheckPlan {
        limits: Limits {
            pages: 3,
            looks: 10,
            ..Limits::default()
        },
        second_look_gap_s: 0.0,
        ..CheckPlan::default()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let url = format!("http://{site}/");
    let lexicons = Arc::new(Lexicons::builtin());
    let done = check_site(&url, &plan, settings, lexicons, Arc::new(RealClock), &Quiet);
    let checked = runtime.block_on(done).unwrap();
    assert!(checked.report.pages > 0);
    let links = checked
        .records
        .values()
        .flatten()
        .map(|record| match record {
            FactRecord::Page(facts) if !facts.capture.truncated => facts.links.len(),
            _ => 0,
        });
    println!("links {}", links.max().unwrap());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    println!("peak {}", line.split_whitespace().nth(1).unwrap());
}

/// Writes an answer; whether the home page was asked.
type Answer = fn(&mut TcpStream, bool) -> std::io::Result<()>;

/// Peak of a check of a site that answers every request by this function, in kilobytes, and most links of a page that came whole.
fn check(answer: Answer) -> (u64, usize) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let site = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut head = [0; 4096];
                if std::io::Read::read(&mut stream, &mut head).is_ok_and(|count| count > 0) {
                    // A reader that has enough hangs up: then the rest cannot be written.
                    let _ = answer(&mut stream, head.starts_with(b"GET / "));
                }
            });
        }
    });
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--ignored", "--nocapture"])
        .env(SITE, site.to_string())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(
        child.status.success(),
        "{printed}{}",
        String::from_utf8_lossy(&child.stderr)
    );
    let number = |word: &str| {
        let after = printed.split(word).nth(1).unwrap();
        after.split_whitespace().next().unwrap().to_owned()
    };
    (
        number("peak ").parse().unwrap(),
        number("links ").parse().unwrap(),
    )
}

const HTML: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";

fn small(stream: &mut TcpStream, _: bool) -> std::io::Result<()> {
    stream.write_all(HTML)?;
    stream.write_all(b"\r\n<title>x</title><p>small")
}

/// Ten gigabytes of zeros in ten megabytes of gzip: one compressed block over and over.
fn bomb(stream: &mut TcpStream, _: bool) -> std::io::Result<()> {
    let block_bytes = 16 << 20;
    let mut block = Vec::with_capacity(1 << 20);
    let mut packer = flate2::Compress::new(flate2::Compression::best(), false);
    packer
        .compress_vec(
            &vec![0; block_bytes],
            &mut block,
            flate2::FlushCompress::Full,
        )
        .unwrap();
    stream.write_all(HTML)?;
    stream.write_all(b"Content-Encoding: gzip\r\n\r\n")?;
    stream.write_all(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])?;
    for _ in 0..BOMB_BYTES / block_bytes as u64 {
        stream.write_all(&block)?;
    }
    Ok(())
}

fn endless(stream: &mut TcpStream, _: bool) -> std::io::Result<()> {
    stream.write_all(HTML)?;
    stream.write_all(b"\r\n")?;
    loop {
        stream.write_all(&[b'x'; 16 << 10])?;
    }
}

fn page(stream: &mut TcpStream, is_home: bool, body: impl Fn() -> String) -> std::io::Result<()> {
    if !is_home {
        return small(stream, is_home);
    }
    stream.write_all(HTML)?;
    stream.write_all(b"\r\n<title>x</title><body>")?;
    stream.write_all(body().as_bytes())
}

fn links(stream: &mut TcpStream, is_home: bool) -> std::io::Result<()> {
    page(stream, is_home, || {
        let link = |number: usize| format!("<a href=/p/{number}.html>{number}</a>\n");
        (0..LINKS).map(link).collect()
    })
}

/// Eight megabytes of the shortest element.
fn elements(stream: &mut TcpStream, is_home: bool) -> std::io::Result<()> {
    page(stream, is_home, || "<p>".repeat(8 << 20))
}

/// Eight megabytes of attributes.
fn attributes(stream: &mut TcpStream, is_home: bool) -> std::io::Result<()> {
    page(stream, is_home, || {
        (0..1 << 20)
            .map(|number| format!("{}{number} ", if number % 900 == 0 { "><i " } else { "a" }))
            .collect()
    })
}

/// Formatting that is opened again in every paragraph: four bytes ask for a thousand elements. The template leaves the page to html5ever.
fn formatting(stream: &mut TcpStream, is_home: bool) -> std::io::Result<()> {
    page(stream, is_home, || {
        let opened = |number: usize| format!("<b id={number}>");
        let opened: String = (0..1_000).map(opened).collect();
        format!("<template></template><p>{opened}{}", "<p>x".repeat(2 << 20))
    })
}

#[test]
fn hostile_sites_take_no_more_than_their_share_of_memory() {
    let (idle, _) = check(small);
    let mut over = Vec::new();
    for (name, answer) in [
        ("a bomb of 10 GB", bomb as Answer),
        ("a body without end", endless),
        ("a page of 200,000 links", links),
        ("a page of elements", elements),
        ("a page of attributes", attributes),
        ("a page of formatting", formatting),
    ] {
        let (peak, count) = check(answer);
        let added = peak.saturating_sub(idle);
        println!(
            "{name}: {} MB over the idle peak of {} MB",
            added >> 10,
            idle >> 10
        );
        if added >> 10 > MOST_MB {
            over.push(format!("{name}: {} MB", added >> 10));
        }
        if name.contains("links") {
            assert_eq!(count, LINKS, "not all links were read");
        }
    }
    assert!(
        over.is_empty(),
        "over the idle peak of {} MB: {over:?}",
        idle >> 10
    );
}
