//! A name server on loopback that answers what a test says.
#![allow(dead_code, clippy::unwrap_used, missing_docs)]

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;

/// One record of an answer.
#[derive(Clone)]
pub enum Record {
    Address(IpAddr),
    Alias(&'static str),
    Server(&'static str),
}

/// Names and kinds asked so far: 1 is A, 28 AAAA, 2 NS.
pub type Asked = Arc<Mutex<Vec<(String, u16)>>>;

/// Starts it. The rule gets name, kind and how often this was asked before; `None` is "no such name".
pub async fn serve(
    rule: impl Fn(&str, u16, usize) -> Option<Vec<Record>> + Send + 'static,
) -> (SocketAddr, Asked) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let asked = Asked::default();
    let log = asked.clone();
    tokio::spawn(async move {
        let mut packet = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut packet).await {
            let (name, kind, end) = question(&packet[..length]);
            let nth = {
                let mut log = log.lock().unwrap();
                let nth = log
                    .iter()
                    .filter(|one| **one == (name.clone(), kind))
                    .count();
                log.push((name.clone(), kind));
                nth
            };
            let answer = answer(&packet[..end], kind, rule(&name, kind, nth));
            socket.send_to(&answer, from).await.unwrap();
        }
    });
    (address, asked)
}

fn question(packet: &[u8]) -> (String, u16, usize) {
    let (mut name, mut at) = (String::new(), 12);
    while packet[at] != 0 {
        let length = usize::from(packet[at]);
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&String::from_utf8_lossy(&packet[at + 1..=at + length]).to_lowercase());
        at += length + 1;
    }
    let kind = u16::from_be_bytes([packet[at + 1], packet[at + 2]]);
    (name, kind, at + 5)
}

fn answer(question: &[u8], kind: u16, records: Option<Vec<Record>>) -> Vec<u8> {
    let mut out = question[..2].to_vec();
    let code = if records.is_some() { 0 } else { 3 };
    out.extend_from_slice(&[0x81, 0x80 | code, 0, 1, 0, 0, 0, 0, 0, 0]);
    out.extend_from_slice(&question[12..]);
    let mut count = 0u8;
    // An alias owns the records behind it; the first one belongs to the question.
    let mut owner = vec![0xc0, 12];
    for record in records.unwrap_or_default() {
        let (number, data) = match record {
            Record::Address(IpAddr::V4(address)) => (1, address.octets().to_vec()),
            Record::Address(IpAddr::V6(address)) => (28, address.octets().to_vec()),
            Record::Alias(name) => (5, labels(name)),
            Record::Server(name) => (2, labels(name)),
        };
        if number != kind && number != 5 {
            continue;
        }
        count += 1;
        out.extend_from_slice(&owner);
        out.extend_from_slice(&u16::to_be_bytes(number));
        out.extend_from_slice(&[0, 1, 0, 0, 0, 0]);
        out.extend_from_slice(&(data.len() as u16).to_be_bytes());
        out.extend_from_slice(&data);
        if number == 5 {
            owner = data;
        }
    }
    out[7] = count;
    out
}

fn labels(name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for label in name.split('.') {
        out.push(label.len() as u8);
        out.extend_from_slice(label.as_bytes());
    }
    out.push(0);
    out
}
