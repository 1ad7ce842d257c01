//! 附件: opens files of inspected sites in a process of its own, with limits of memory and time, and masks before anything leaves it.
//!
//! The parent writes one line of JSON and the file to the child's standard input, and reads signs from its output,
//! with the masked text where wrong characters are looked for. The child is this
//! same program, called as `xuncha read-document`; a file that makes it break, hang or grow says nothing but that it could not be read.

mod office;
mod pdf;
mod picture;
mod text;

use std::collections::BTreeMap;
use std::io::{BufRead, Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use xuncha_core::facts::model::{BodyKind, Sign, SignCase};
use xuncha_core::facts::safety::{self, SafetyLists};
use xuncha_core::facts::{body_kind, proofread_document};
use xuncha_core::verdict::Confidence;
use xuncha_core::words::Room;
use xuncha_gather::documents::DocumentReader;

/// The word by which the program is called as a child.
pub const CHILD: &str = "read-document";
/// Memory of the child.
const MEMORY_BYTES: u64 = 768 << 20;
/// Processor time of the child.
const CPU_SECONDS: u64 = 10;
/// Time that the parent waits.
const WAIT: Duration = Duration::from_secs(20);
/// More text of a file is not read.
const TEXT_BYTES_MAX: usize = 8 << 20;
/// More than this of what the child says is not read.
const SAID_BYTES_MAX: u64 = 16 << 20;
/// More text of a file is not searched for wrong characters.
const PROOF_BYTES_MAX: usize = 2 << 20;

/// What the child is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Asked {
    url: String,
    today: Date,
    lexicons: BTreeMap<String, String>,
    /// Whether the text is wanted too.
    text: bool,
}

/// What the child says.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Said {
    signs: Vec<Sign>,
    /// The text with its personal data masked: the parent has the model that finds wrong characters.
    text: String,
}

/// 子进程阅读器. Reads each file in a child process.
#[derive(Debug)]
pub struct ChildReader {
    lexicons: BTreeMap<String, String>,
    words: Option<Arc<Room>>,
    /// What is called as the child: this program.
    program: Option<PathBuf>,
    wait: Duration,
}

impl ChildReader {
    /// Goes by these word lists; with a model of words it looks for wrong characters too.
    pub fn new(lexicons: &BTreeMap<String, String>, words: Option<Arc<Room>>) -> ChildReader {
        let wanted = |name: &str| safety::LIST_FILES.contains(&name);
        let lists = lexicons.iter().filter(|(name, _)| wanted(name));
        ChildReader {
            lexicons: lists
                .map(|(name, text)| (name.clone(), text.clone()))
                .collect(),
            words,
            program: None,
            wait: WAIT,
        }
    }
}

impl DocumentReader for ChildReader {
    fn read(&self, url: &str, body: &[u8], today: Date) -> Vec<Sign> {
        match self.ask(url, body, today) {
            Ok(said) => {
                let mut signs = said.signs;
                if let Some(words) = &self.words {
                    signs.extend(proofread_document(&said.text, words));
                }
                signs
            }
            Err(error) if body_kind(body) == BodyKind::Image => {
                tracing::debug!(url, %error, "a picture could not be read");
                Vec::new()
            }
            Err(error) => {
                tracing::warn!(url, %error, "a document could not be read");
                vec![sign(
                    SignCase::Unread,
                    "阅读程序超出时间或内存限制，或者异常退出",
                )]
            }
        }
    }
}

impl ChildReader {
    fn ask(&self, url: &str, body: &[u8], today: Date) -> Result<Said> {
        let program = match &self.program {
            Some(program) => program.clone(),
            None => std::env::current_exe().context("cannot find this program")?,
        };
        let mut child = Command::new(program)
            .arg(CHILD)
            .env_clear()
            // Our allocator would set a gigabyte of addresses aside, more than the child is allowed.
            .env("MIMALLOC_ARENA_RESERVE", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start the reader")?;
        let asked = Asked {
            url: url.to_owned(),
            today,
            lexicons: self.lexicons.clone(),
            text: self.words.is_some(),
        };
        let mut line = serde_json::to_vec(&asked)?;
        line.push(b'\n');
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(mut input), Some(output)) = (input, output) else {
            bail!("the reader has no pipes");
        };
        let said = std::thread::scope(|scope| {
            // A child that ends early closes its input; what it said counts.
            scope.spawn(move || input.write_all(&line).and_then(|()| input.write_all(body)));
            let heard = scope.spawn(move || {
                let mut said = Vec::new();
                output
                    .take(SAID_BYTES_MAX)
                    .read_to_end(&mut said)
                    .map(|_| said)
            });
            let deadline = Instant::now() + self.wait;
            while !heard.is_finished() {
                if Instant::now() > deadline {
                    child.kill().ok();
                    break;
                }
                std::thread::sleep(Duration::from_millis(2));
            }
            heard.join()
        });
        let status = child.wait()?;
        if !status.success() {
            bail!("the reader ended with {status}");
        }
        let Ok(said) = said else {
            bail!("the reader was not heard");
        };
        Ok(serde_json::from_slice(&said?)?)
    }
}

/// The child: reads one file from standard input and says what it holds.
pub fn child() -> Result<()> {
    limit();
    let mut input = std::io::stdin().lock();
    let mut line = String::new();
    input.read_line(&mut line)?;
    let asked: Asked = serde_json::from_str(&line)?;
    let mut body = Vec::new();
    input.read_to_end(&mut body)?;
    let lists = SafetyLists::from_files(&asked.lexicons).map_err(anyhow::Error::msg)?;
    let mut said = read(&body, asked.today, &lists);
    said.signs.extend(other_kind(&asked.url, &body));
    said.signs.extend(codes(&asked.url, &body, &lists));
    if !asked.text {
        said.text.clear();
    }
    serde_json::to_writer(std::io::stdout().lock(), &said)?;
    Ok(())
}

fn limit() {
    use rlimit::Resource;
    // Where the system knows no such limit, the parent's clock is left.
    Resource::AS.set(MEMORY_BYTES, MEMORY_BYTES).ok();
    Resource::CPU.set(CPU_SECONDS, CPU_SECONDS).ok();
    Resource::FSIZE.set(0, 0).ok();
}

/// What a file holds: by its text, and by what it is.
fn read(body: &[u8], today: Date, lists: &SafetyLists) -> Said {
    let (mut signs, mut proof) = (Vec::new(), String::new());
    if office::has_macros(body) {
        signs.push(sign(SignCase::Macro, "vbaProject"));
    }
    match text::of(body) {
        text::Read::Text(mut text) => {
            text.truncate(text.floor_char_boundary(TEXT_BYTES_MAX));
            signs.extend(safety::read_document(&text, today, lists));
            text.truncate(text.floor_char_boundary(PROOF_BYTES_MAX));
            proof = safety::masked_text(text);
        }
        text::Read::Broken(why) => signs.push(sign(SignCase::Unopened, why)),
        text::Read::Unread(why) => signs.push(sign(SignCase::Unread, why)),
    }
    signs.sort();
    Said { signs, text: proof }
}

/// A file of another kind than its name says. Old programs and new ones open each other's files, and a table may be a page: what they open is
/// not told.
fn other_kind(url: &str, body: &[u8]) -> Option<Sign> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let (_, extension) = path.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    let kind = body_kind(body);
    let is_program = body.starts_with(b"MZ") || body.starts_with(b"\x7fELF");
    let is = match kind {
        _ if is_program => "程序",
        BodyKind::Html => "网页",
        BodyKind::Pdf => "PDF文件",
        BodyKind::Image => "图片",
        BodyKind::Rar | BodyKind::SevenZip => "压缩包",
        BodyKind::Zip | BodyKind::Ole | BodyKind::Rtf | BodyKind::Empty | BodyKind::Other => "",
    };
    let is_told = match extension.as_str() {
        "pdf" => kind != BodyKind::Pdf,
        "docx" | "docm" | "xlsx" | "xlsm" | "pptx" | "ofd" => true,
        "doc" | "xls" | "ppt" | "wps" | "et" => kind != BodyKind::Html,
        "csv" | "txt" => is_program,
        _ => false,
    };
    let what = format!("名为{extension}，其实是{is}");
    (is_told && !is.is_empty()).then(|| sign(SignCase::OtherKind, &what))
}

/// Codes of a picture that lead to strangers.
fn codes(url: &str, body: &[u8], lists: &SafetyLists) -> Vec<Sign> {
    if body_kind(body) != BodyKind::Image {
        return Vec::new();
    }
    let codes = picture::codes(body).into_iter();
    codes
        .filter_map(|code| {
            let host = safety::stranger(&code, url, lists)?;
            Some(Sign {
                way: "qr".to_owned(),
                quote: safety::masked_text(code),
                confidence: Confidence::Low,
                ..sign(SignCase::Code, &host)
            })
        })
        .collect()
}

fn sign(case: SignCase, what: &str) -> Sign {
    Sign {
        case,
        what: what.to_owned(),
        way: String::new(),
        quote: String::new(),
        confidence: Confidence::Medium,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
