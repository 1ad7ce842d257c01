//! 群机器人. Messages to the robots of WeCom and DingTalk groups, as plain text: what others wrote cannot become a link there.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::Request;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use xuncha_store::outbox::{Channel, NewMessage};

use super::delivery::Delivery;
use super::guard::Guard;
use super::http::{Client, Unsent};

/// Bytes of text that a robot of WeCom takes (text messages).
const WECOM_BYTES: usize = 2_048;
/// Bytes of text that a robot of DingTalk takes, with room for what stands around it.
const DINGTALK_BYTES: usize = 18_000;

/// What robots answer.
#[derive(Deserialize)]
struct Answer {
    errcode: i64,
    #[serde(default)]
    errmsg: String,
}

/// Sends one message; `now_ms` is the time that signatures carry.
pub async fn send(client: &Client, guard: &Guard, message: &NewMessage, now_ms: i64) -> Delivery {
    let address = match address(message, now_ms) {
        Ok(address) => address,
        Err(error) => return Delivery::Refused(error),
    };
    let request = Request::post(address)
        .header("Content-Type", "application/json; charset=utf-8")
        .body(body(message).to_string().into_bytes());
    let request = match request {
        Ok(request) => request,
        Err(error) => return Delivery::Refused(error.to_string()),
    };
    let answer = match client.send_guarded(guard, request).await {
        Ok(answer) => answer,
        Err(Unsent::Before(error)) => return Delivery::Later(without_key(&error, message)),
        Err(Unsent::After(error)) => return Delivery::Unsure(without_key(&error, message)),
    };
    read(message.channel, answer.status().as_u16(), answer.body())
}

/// Errors name addresses, and the address of a robot carries its key.
fn without_key(error: &anyhow::Error, message: &NewMessage) -> String {
    let shown = message.channel.shown(&message.address);
    format!("{error:#}").replace(&message.address, &shown)
}

/// The address with its signature, where a key was given.
fn address(message: &NewMessage, now_ms: i64) -> Result<String, String> {
    let url = Url::parse(&message.address).map_err(|_| "机器人地址不是网址".to_owned())?;
    let Some(secret) = message
        .secret
        .as_deref()
        .filter(|_| message.channel == Channel::Dingtalk)
    else {
        return Ok(url.to_string());
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let signature = hmac::sign(&key, format!("{now_ms}\n{secret}").as_bytes());
    let sign = STANDARD.encode(signature.as_ref());
    let sign = utf8_percent_encode(&sign, NON_ALPHANUMERIC);
    let joint = if url.query().is_some() { '&' } else { '?' };
    Ok(format!("{url}{joint}timestamp={now_ms}&sign={sign}"))
}

fn body(message: &NewMessage) -> Value {
    let most = match message.channel {
        Channel::Wecom => WECOM_BYTES,
        _ => DINGTALK_BYTES,
    };
    json!({ "msgtype": "text", "text": { "content": cut(&message.text, most) } })
}

/// A text of so many bytes at most, whole in characters; the end says that it was cut.
fn cut(text: &str, most: usize) -> String {
    const END: &str = "\n……其余见系统。";
    if text.len() <= most {
        return text.to_owned();
    }
    let mut end = most.saturating_sub(END.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{END}", &text[..end])
}

/// What an answer means. A server that breaks down may have passed the message on before.
fn read(channel: Channel, status: u16, body: &[u8]) -> Delivery {
    match status {
        200 => {}
        429 | 503 => return Delivery::Later(format!("机器人答 {status}")),
        500..=599 => return Delivery::Unsure(format!("机器人答 {status}")),
        _ => return Delivery::Refused(format!("机器人答 {status}")),
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
        return Delivery::Unsure("机器人的应答读不懂".to_owned());
    };
    let said = format!("{} {}", answer.errcode, answer.errmsg);
    let is_too_fast = matches!(
        (channel, answer.errcode),
        (Channel::Wecom, 45009)
            | (Channel::Wecom | Channel::Dingtalk, -1)
            | (Channel::Dingtalk, 130101 | 410100)
    );
    match answer.errcode {
        0 => Delivery::Sent(said),
        _ if is_too_fast => Delivery::Later(said),
        _ => Delivery::Refused(said),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn message(channel: Channel, text: &str, secret: Option<&str>) -> NewMessage {
        NewMessage {
            idempotency_key: "k".to_owned(),
            channel,
            address: "https://robot.example/send?access_token=abc".to_owned(),
            secret: secret.map(str::to_owned),
            organization: "U001".to_owned(),
            subject: "s".to_owned(),
            text: text.to_owned(),
            due_at: "2026-04-23T09:00".parse().unwrap(),
        }
    }

    /// Timestamp, key and signature reckoned with another program (openssl dgst -sha256 -hmac).
    #[test]
    fn messages_of_dingtalk_are_signed() {
        let signed = address(
            &message(Channel::Dingtalk, "", Some("SECtest")),
            1_775_000_000_000,
        );
        assert_eq!(
            signed.unwrap(),
            "https://robot.example/send?access_token=abc&timestamp=1775000000000&sign=7RyMy6azfkNhONnK2yE2jcJxMu4b3x3SvVDiGtgTI2s%3D"
        );
        let plain = address(&message(Channel::Wecom, "", Some("SECtest")), 1).unwrap();
        assert!(!plain.contains("sign="), "{plain}");
    }

    #[test]
    fn long_texts_are_cut_in_whole_characters() {
        let long = message(Channel::Wecom, &"问题".repeat(2_000), None);
        let content = body(&long)["text"]["content"].as_str().unwrap().to_owned();
        assert!(content.len() <= WECOM_BYTES && content.ends_with("其余见系统。"));
        assert_eq!(
            body(&message(Channel::Wecom, "短", None))["text"]["content"],
            "短"
        );
    }

    #[test]
    fn answers_say_whether_to_try_again() {
        for (channel, status, text, expected) in [
            (
                Channel::Wecom,
                200,
                r#"{"errcode":0,"errmsg":"ok"}"#,
                "Sent",
            ),
            (
                Channel::Wecom,
                200,
                r#"{"errcode":45009,"errmsg":"freq"}"#,
                "Later",
            ),
            (
                Channel::Wecom,
                200,
                r#"{"errcode":93000,"errmsg":"invalid key"}"#,
                "Refused",
            ),
            (
                Channel::Dingtalk,
                200,
                r#"{"errcode":130101,"errmsg":"too fast"}"#,
                "Later",
            ),
            (
                Channel::Dingtalk,
                200,
                r#"{"errcode":310000,"errmsg":"sign"}"#,
                "Refused",
            ),
            (Channel::Wecom, 200, "<html>", "Unsure"),
            (Channel::Wecom, 502, "", "Unsure"),
            (Channel::Wecom, 503, "", "Later"),
            (Channel::Wecom, 302, "", "Refused"),
            (Channel::Wecom, 404, "", "Refused"),
        ] {
            let got = format!("{:?}", read(channel, status, text.as_bytes()));
            assert!(got.starts_with(expected), "{status} {text}: {got}");
        }
    }
}
