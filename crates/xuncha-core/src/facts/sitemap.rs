//! Sitemaps: the pages and further sitemaps that a site names for search engines, plain or in gzip.

use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use regex::Regex;
use url::Url;

use super::model::{Area, Link, LinkKind};
use super::text::pattern;

/// Most entries that are read of one sitemap; the protocol allows 50,000.
const MAX_ENTRIES: usize = 50_000;
/// Most bytes that a packed sitemap unpacks to; the protocol allows 50 MB.
const MAX_BYTES: u64 = 16 << 20;

/// Root element of an index, which names further sitemaps and no pages.
pub const SITEMAP_INDEX: &str = "sitemapindex";

/// Root element and entries of a sitemap or of an index of sitemaps; `None` where the body is neither.
pub(crate) fn read(body: &[u8], url: &str) -> Option<(&'static str, Vec<Link>)> {
    let text = unpacked(body);
    let head = text.get(..text.floor_char_boundary(2_000))?;
    for root in [SITEMAP_INDEX, "urlset"] {
        if head.contains(&format!("<{root}")) {
            return Some((root, links(locations(&text), url)));
        }
    }
    let is_list = !head.contains('<') && head.trim_start().starts_with("http");
    is_list.then(|| ("", links(text.lines().map(str::to_owned).collect(), url)))
}

fn unpacked(body: &[u8]) -> String {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return String::from_utf8_lossy(body).into_owned();
    }
    let mut bytes = Vec::new();
    // A torn archive gives what came before the tear.
    let _ = GzDecoder::new(body).take(MAX_BYTES).read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

fn locations(text: &str) -> Vec<String> {
    static LOC: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?s)<loc>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)\s*(?:\]\]>)?\s*</loc>")
    });
    static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)<!--.*?-->"));
    let text = COMMENT.replace_all(text, "");
    LOC.captures_iter(&text)
        .take(MAX_ENTRIES)
        .map(|found| found[1].replace("&amp;", "&"))
        .collect()
}

fn links(addresses: Vec<String>, url: &str) -> Vec<Link> {
    let base = Url::parse(url).ok();
    let mut found: Vec<Link> = addresses
        .into_iter()
        .take(MAX_ENTRIES)
        .filter_map(|address| {
            let mut url = Url::options()
                .base_url(base.as_ref())
                .parse(address.trim())
                .ok()?;
            url.set_fragment(None);
            matches!(url.scheme(), "http" | "https").then(|| String::from(url))
        })
        .map(|url| Link {
            url,
            kind: LinkKind::Sitemap,
            text: String::new(),
            area: Area::Body,
            count: 1,
        })
        .collect();
    found.dedup_by(|left, right| left.url == right.url);
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn urls(body: &[u8]) -> Vec<String> {
        let (_, found) = read(body, "http://a.cn/sitemap.xml").unwrap_or_default();
        found.into_iter().map(|link| link.url).collect()
    }

    #[test]
    fn plain_packed_and_lists() {
        let xml = "<?xml version='1.0'?><urlset xmlns='x'><url><loc> http://a.cn/1?a=1&amp;b=2 </loc></url><!-- <url><loc>http://a.cn/no</loc></url> -->
            <url><loc><![CDATA[http://a.cn/政]]></loc></url></urlset>";
        let expected = ["http://a.cn/1?a=1&b=2", "http://a.cn/%E6%94%BF"];
        assert_eq!(urls(xml.as_bytes()), expected);
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(xml.as_bytes()).unwrap();
        assert_eq!(urls(&packer.finish().unwrap()), expected);
        assert_eq!(
            urls(b"http://a.cn/x\nhttp://a.cn/y\n"),
            ["http://a.cn/x", "http://a.cn/y"]
        );
        assert_eq!(read(b"<html>404</html>", "http://a.cn/sitemap.xml"), None);
        let index = b"<sitemapindex><sitemap><loc>/s.xml.gz</loc></sitemap></sitemapindex>";
        assert_eq!(
            read(index, "http://a.cn/sitemap.xml").unwrap().0,
            SITEMAP_INDEX
        );
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(&vec![b' '; 40 << 20]).unwrap();
        assert_eq!(unpacked(&packer.finish().unwrap()).len() as u64, MAX_BYTES);
    }
}
