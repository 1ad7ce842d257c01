//! 拨号: a TCP connection, straight or through the operator's second path.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest head of a proxy's answer.
const MAX_HEAD_BYTES: usize = 8 << 10;

/// Connects to an address that the guard has passed. A proxy is told the address and not the name, so that nothing is resolved twice.
pub(crate) async fn dial(address: SocketAddr, via: Option<SocketAddr>) -> io::Result<TcpStream> {
    let Some(proxy) = via else {
        return TcpStream::connect(address).await;
    };
    let mut stream = TcpStream::connect(proxy).await.map_err(our_side)?;
    let ask = format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(ask.as_bytes()).await.map_err(our_side)?;
    match answer(&mut stream).await? {
        200..=299 => Ok(stream),
        // The proxy tried and could not: the site does not answer there either.
        502..=504 => Err(io::ErrorKind::ConnectionRefused.into()),
        status => Err(our_side(io::Error::other(format!(
            "second path answers {status}"
        )))),
    }
}

/// A second path that does not work is our own trouble.
fn our_side(error: io::Error) -> io::Error {
    io::Error::new(io::ErrorKind::NetworkDown, error)
}

/// Status of the proxy's answer. Its head is read byte by byte: what follows belongs to the tunnel.
async fn answer(stream: &mut TcpStream) -> io::Result<u16> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MAX_HEAD_BYTES {
            return Err(our_side(io::Error::other(
                "second path answers without end",
            )));
        }
        head.push(stream.read_u8().await.map_err(our_side)?);
    }
    let line = String::from_utf8_lossy(&head);
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    status.ok_or_else(|| our_side(io::Error::other("second path is no HTTP proxy")))
}
