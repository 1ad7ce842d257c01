//! A real browser driven by key presses, over DevTools pipes: enough of the protocol to type, to look and to take pictures.

#![allow(dead_code)]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than this nothing takes on a page of ours.
const PATIENCE: Duration = Duration::from_secs(30);
/// Hands the pipes over where the browser looks for them.
const AS_BROWSER: &str = "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>&2 2>/dev/null";
const PROGRAMS: [&str; 3] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];

/// One browser with one tab; ended when dropped.
pub struct Browser {
    child: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    session: String,
    number: u64,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts one, with a window of this size. The tests' command installs a browser; without one they cannot say anything.
    pub fn start(width: u32, height: u32) -> Browser {
        let program = PROGRAMS
            .map(PathBuf::from)
            .into_iter()
            .find(|path| path.is_file());
        let program = program.expect("Chromium is missing: cargo xtask test installs it");
        let profile = tempfile::tempdir().unwrap();
        let mut child = Command::new("/bin/sh")
            .args(["-c", AS_BROWSER])
            .arg(program)
            .args([
                "--headless=new",
                "--remote-debugging-pipe",
                "--no-first-run",
            ])
            .args([
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--lang=zh-CN",
            ])
            .arg(format!("--window-size={width},{height}"))
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let messages = read(child.stdout.take().unwrap());
        let mut browser = Browser {
            child,
            input,
            messages,
            session: String::new(),
            number: 0,
            _profile: profile,
        };
        let tab = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": tab["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        browser.call("Page.enable", json!({}));
        // A window has a least width; a page of a phone is narrower.
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        browser.call("Emulation.setDeviceMetricsOverride", size);
        // A page that nobody looks at gives its fields no focus.
        browser.call(
            "Emulation.setFocusEmulationEnabled",
            json!({ "enabled": true }),
        );
        browser
    }

    fn send(&mut self, method: &str, params: Value) -> u64 {
        self.number += 1;
        let mut message = json!({ "id": self.number, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = Value::from(self.session.as_str());
        }
        write!(self.input, "{message}\0").unwrap();
        self.input.flush().unwrap();
        self.number
    }

    fn next(&mut self) -> Value {
        let message = self.messages.recv_timeout(PATIENCE);
        message.expect("the browser is gone, or nothing more happens on the page")
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        loop {
            let message = self.next();
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    /// Does something that loads a page, and waits until it stands.
    fn loading(&mut self, method: &str, params: Value) {
        let id = self.send(method, params);
        let (mut is_answered, mut is_loaded) = (false, false);
        while !(is_answered && is_loaded) {
            let message = self.next();
            is_answered |= message["id"] == id;
            is_loaded |= message["method"] == "Page.loadEventFired";
        }
        self.wait_until_drawn();
    }

    /// Opens an address.
    pub fn open(&mut self, url: &str) {
        self.loading("Page.navigate", json!({ "url": url }));
    }

    /// The value of an expression.
    pub fn see(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        self.call("Runtime.evaluate", asked)["result"]["value"].clone()
    }

    /// The value that a promise comes to.
    pub fn wait_for(&mut self, expression: &str) -> Value {
        let asked =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        self.call("Runtime.evaluate", asked)["result"]["value"].clone()
    }

    /// Waits until the page is drawn and the field that asks for the focus has it: a key pressed before would go nowhere. A field
    /// that cannot have the focus is waited for no longer than a few hundred frames.
    pub fn wait_until_drawn(&mut self) {
        let drawn = "new Promise(done => {
            let frames = 0;
            const look = () => {
                frames += 1;
                const asks = document.querySelector('[autofocus]') && document.activeElement === document.body;
                if (frames > 2 && (!asks || frames > 300)) done(true); else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        })";
        let asked = json!({ "expression": drawn, "returnByValue": true, "awaitPromise": true });
        self.call("Runtime.evaluate", asked);
    }

    /// Presses a key and lets it go.
    pub fn press(&mut self, key: &str) {
        let event = key_event(key);
        self.call("Input.dispatchKeyEvent", event("keyDown"));
        self.call("Input.dispatchKeyEvent", event("keyUp"));
    }

    /// Types a text into the field that has the focus.
    pub fn write(&mut self, text: &str) {
        for sign in text.chars() {
            self.press(&sign.to_string());
        }
    }

    /// Presses a key that leads to another page, and waits for that.
    pub fn press_and_load(&mut self, key: &str) {
        let event = key_event(key);
        self.loading("Input.dispatchKeyEvent", event("keyDown"));
    }

    /// Leaves a picture of the whole page (PNG in base64) where `XUNCHA_PICTURES` names a folder, for people to look at.
    pub fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("XUNCHA_PICTURES") else {
            return;
        };
        let asked = json!({ "format": "png", "captureBeyondViewport": true });
        let made = self.call("Page.captureScreenshot", asked);
        let path = PathBuf::from(folder).join(format!("{name}.png.base64"));
        std::fs::write(path, made["data"].as_str().unwrap()).unwrap();
    }
}

impl Browser {
    /// Prints the page as its own style says; the PDF is left beside the pictures.
    pub fn print(&mut self, name: &str) -> Vec<u8> {
        let asked = json!({ "preferCSSPageSize": true, "printBackground": true });
        let made = self.call("Page.printToPDF", asked);
        let pdf = decoded(made["data"].as_str().unwrap());
        if let Some(folder) = std::env::var_os("XUNCHA_PICTURES") {
            std::fs::write(PathBuf::from(folder).join(format!("{name}.pdf")), &pdf).unwrap();
        }
        pdf
    }
}

/// Bytes of a text in base64.
fn decoded(text: &str) -> Vec<u8> {
    let value = |sign: u8| match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let signs: Vec<u8> = text.bytes().filter(|sign| *sign != b'=').collect();
    let mut bytes = Vec::with_capacity(signs.len() * 3 / 4);
    for part in signs.chunks(4) {
        let bits = part
            .iter()
            .fold(0_u32, |all, sign| all << 6 | u32::from(value(*sign)));
        let bits = bits << (6 * (4 - part.len()));
        bytes.extend(&bits.to_be_bytes()[1..part.len()]);
    }
    bytes
}

/// Its messages, read aside so that waiting for one can end.
fn read(output: ChildStdout) -> Receiver<Value> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        loop {
            let mut message = Vec::new();
            let read = output.read_until(0, &mut message);
            if read.is_err() || message.pop() != Some(0) {
                return;
            }
            let message = serde_json::from_slice(&message).unwrap();
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The event of a key: named ones, or a character.
fn key_event(key: &str) -> impl Fn(&str) -> Value {
    let (key, code, number, text) = match key {
        "Tab" => ("Tab", "Tab", 9, ""),
        "Enter" => ("Enter", "Enter", 13, "\r"),
        "Space" => (" ", "Space", 32, " "),
        "ArrowDown" => ("ArrowDown", "ArrowDown", 40, ""),
        "ArrowRight" => ("ArrowRight", "ArrowRight", 39, ""),
        "ArrowLeft" => ("ArrowLeft", "ArrowLeft", 37, ""),
        "Escape" => ("Escape", "Escape", 27, ""),
        digit => (digit, "", 48, digit),
    };
    let (key, code, text) = (key.to_owned(), code.to_owned(), text.to_owned());
    move |kind| {
        let mut event = json!({
            "type": if kind == "keyDown" && text.is_empty() { "rawKeyDown" } else { kind },
            "key": key, "code": code, "windowsVirtualKeyCode": number,
        });
        if kind == "keyDown" && !text.is_empty() {
            event["text"] = Value::from(text.as_str());
        }
        event
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
