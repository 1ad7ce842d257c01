//! 防护. Where messages may go: public addresses, and hosts that an administrator named. Addresses of robots are typed on a page, and a
//! page must not become a way into the house.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::net::TcpStream;
use xuncha_gather::guard::is_public;

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// 对外防护.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allow_hosts: BTreeSet<String>,
}

impl Guard {
    /// With the hosts that may stand at private addresses.
    pub fn new(allow_hosts: &[String]) -> Guard {
        let hosts = allow_hosts.iter().map(|host| host.to_ascii_lowercase());
        Guard {
            allow_hosts: hosts.collect(),
        }
    }

    /// Whether a host was named.
    pub fn is_named(&self, host: &str) -> bool {
        self.allow_hosts.contains(&host.to_ascii_lowercase())
    }

    /// The addresses of a host that may be asked. What is checked here is what is connected to: the name is not looked up again.
    pub async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>> {
        let looked = tokio::time::timeout(PATIENCE, tokio::net::lookup_host((host, port))).await;
        let found = looked
            .with_context(|| format!("{host} 的域名没有在限时内解析"))?
            .with_context(|| format!("{host} 解析失败"))?;
        let is_named = self.is_named(host);
        let mut allowed = Vec::new();
        for address in found {
            if is_named || is_public(address.ip()) {
                allowed.push(address);
            }
        }
        if allowed.is_empty() {
            bail!("{host} 是内网或本机地址，须由管理员用 --outbox-allow-host {host} 指名");
        }
        Ok(allowed)
    }

    /// Connects to a host.
    pub async fn connect(&self, host: &str, port: u16) -> Result<TcpStream> {
        let addresses = self.addresses(host, port).await?;
        let connected = tokio::time::timeout(PATIENCE, TcpStream::connect(addresses.as_slice()));
        let stream = connected
            .await
            .with_context(|| format!("{host}:{port} 没有在限时内接通"))?;
        stream.with_context(|| format!("{host}:{port} 连接不上"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn private_hosts_need_their_name() {
        let named = Guard::new(&["LocalHost".to_owned(), "10.9.8.7".to_owned()]);
        for (host, is_open) in [
            ("127.0.0.1", false),
            ("localhost", true),
            ("10.9.8.7", true),
            ("10.9.8.8", false),
            ("169.254.169.254", false),
            ("::1", false),
            ("1.1.1.1", true),
        ] {
            assert_eq!(named.addresses(host, 25).await.is_ok(), is_open, "{host}");
        }
        let refused = Guard::default().addresses("localhost", 25).await;
        let said = refused.unwrap_err().to_string();
        assert!(said.contains("--outbox-allow-host localhost"), "{said}");
    }
}
