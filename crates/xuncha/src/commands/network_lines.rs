//! 网络事实的说法. What the network says of a site, one line a fact, for the terminal and the page of `check`.

use xuncha_core::facts::network::{Certificate, NetworkFacts, Reach, Tls};

/// Name and text of each fact.
pub fn lines(facts: &NetworkFacts) -> Vec<(&'static str, String)> {
    let mut lines = vec![("安全连接", tls(&facts.tls))];
    if let Some(shown) = &facts.certificate {
        lines.push(("证书", certificate(shown)));
        let faults: Vec<&str> = facts
            .faults()
            .into_iter()
            .map(|fault| fault.name())
            .collect();
        let faults = if faults.is_empty() {
            "未见问题".to_owned()
        } else {
            faults.join("、")
        };
        lines.push(("证书检查", faults));
    }
    lines.push((
        "跳转到 HTTPS",
        match facts.redirects_to_https {
            Some(true) => "是",
            Some(false) => "否",
            None => "无法判定",
        }
        .to_owned(),
    ));
    lines.push((
        "HSTS",
        facts.hsts.clone().unwrap_or_else(|| "未见".to_owned()),
    ));
    let mut addresses: Vec<String> = facts.ipv4.iter().map(ToString::to_string).collect();
    addresses.extend(facts.ipv6.iter().map(ToString::to_string));
    lines.push(("地址", or_trouble(&addresses, &facts.dns_trouble)));
    if !facts.cname.is_empty() {
        lines.push(("别名", facts.cname.join("、")));
    }
    if !facts.name_servers.is_empty() {
        lines.push(("域名服务器", facts.name_servers.join("、")));
    }
    lines.push(("IPv6", reach(&facts.ipv6_reach)));
    lines
}

fn tls(tls: &Tls) -> String {
    match tls {
        Tls::Modern { version, cipher } => format!("{version}（{cipher}）"),
        Tls::Legacy { version, cipher } => format!("仅支持老旧协议 {version}（{cipher}）"),
        Tls::National { version, cipher } => format!("国密 {version}（{cipher}）"),
        Tls::Absent { why } => format!("没有（{why}）"),
        Tls::Unknown { why } => format!("无法判定（{why}）"),
    }
}

fn certificate(shown: &Certificate) -> String {
    let bits = match shown.key_bits {
        0 => String::new(),
        bits => format!(" {bits} 位"),
    };
    format!(
        "{}，签发者 {}，{} 至 {}，{}{bits}，{}",
        shown.names.join("、"),
        shown.issuer,
        shown.not_before.date(),
        shown.not_after.date(),
        shown.key,
        shown.signature
    )
}

fn reach(reach: &Reach) -> String {
    match reach {
        Reach::Reached => "可以访问".to_owned(),
        Reach::Unreached { why } => format!("不能访问（{why}）"),
        Reach::NoAddress => "没有 IPv6 地址".to_owned(),
        Reach::Unknown { why } => format!("无法判定（{why}）"),
    }
}

fn or_trouble(addresses: &[String], trouble: &str) -> String {
    match (addresses.is_empty(), trouble.is_empty()) {
        (false, _) => addresses.join("、"),
        (true, false) => trouble.to_owned(),
        (true, true) => "没有".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_says_why() {
        let unknown = Reach::Unknown {
            why: "本机没有 IPv6 出口".to_owned(),
        };
        assert_eq!(reach(&unknown), "无法判定（本机没有 IPv6 出口）");
        assert_eq!(or_trouble(&[], "域名解析没有应答"), "域名解析没有应答");
        assert_eq!(or_trouble(&[], ""), "没有");
        let national = Tls::National {
            version: "TLCP".to_owned(),
            cipher: "ECC_SM4_CBC_SM3".to_owned(),
        };
        assert_eq!(tls(&national), "国密 TLCP（ECC_SM4_CBC_SM3）");
    }
}
