use super::*;

fn page(html: &str) -> String {
    rewrite(html, "http://a.cn/x/", "/r", &Wanted::default()).html
}

#[test]
fn nothing_runs_and_nothing_points_outside() {
    for html in [
        "<script>alert(1)</script><p onclick=alert(1)>x</p>",
        "<svg onload=alert(1)><script>alert(1)</script><use href='http://evil.cn/#x'/></svg>",
        "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a><set attributeName=href to=javascript:alert(1)></svg>",
        "<meta http-equiv=refresh content='0;url=http://evil.cn/'>",
        "<base href='javascript:alert(1)'><a href='x'>y</a>",
        "<a href=' jav\tascript:alert(1)'>x</a><a href='data:text/html,<script>alert(1)</script>'>y</a>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<form action='http://evil.cn/'><button formaction='javascript:alert(1)'>x</button></form>",
        "<style>@import 'javascript:alert(1)';</style>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<object data='http://evil.cn/x.swf'><embed src='http://evil.cn/x'></object>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<a ping='http://evil.cn/' href=#x>x</a><img lowsrc=http://evil.cn/ dynsrc=http://evil.cn/>",
        "<link rel=preload href=http://evil.cn/><link rel=icon href=http://evil.cn/>",
        "<template><img src=x onerror=alert(1)></template>",
        "<x onclick=alert(1) style='a:expression(alert(1))'>",
        "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
    ] {
        let out = page(html).to_lowercase();
        assert!(!out.contains("//evil.cn"), "{html}\n{out}");
        assert!(
            !out.contains("<script") && !out.contains("javascript:"),
            "{html}\n{out}"
        );
        let again = Document::from(out.as_str());
        for node in again.select("*").nodes() {
            for attr in node.attrs() {
                assert!(!attr.name.local.starts_with("on"), "{html}\n{out}");
            }
        }
    }
}

#[test]
fn addresses_stay_inside_the_archive() {
    let out = page(
        "<!doctype html><base href=/b/><a href=1.html#t>a</a><a href='#t'>b</a><img src=i.png srcset='i.png 1x, j.png 2x'>\
         <link rel=stylesheet href=http://o.cn/c.css><iframe src=f.html>old</iframe><td background=k.gif>",
    );
    for wanted in [
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\">",
        "<a href=\"/r/page?u=http%3A%2F%2Fa.cn%2Fb%2F1.html\">a</a><a href=\"#t\">b</a>",
        "<img src=\"/r/asset?u=http%3A%2F%2Fa.cn%2Fb%2Fi.png\" srcset=\"/r/asset?u=http%3A%2F%2Fa.cn%2Fb%2Fi.png 1x, /r/asset?u=http%3A%2F%2Fa.cn%2Fb%2Fj.png 2x\">",
        "href=\"/r/style?u=http%3A%2F%2Fo.cn%2Fc.css\"",
        "<iframe sandbox=\"\" src=\"/r/frame?u=http%3A%2F%2Fa.cn%2Fb%2Ff.html\"></iframe>",
    ] {
        assert!(out.contains(wanted), "{wanted}\n{out}");
    }
    assert!(!page("<p>x").starts_with("<!DOCTYPE"));
}

#[test]
fn the_quoted_place_and_the_link_are_marked() {
    let html =
        "<p>政务 公开<b>与办事</b>服务</p><a href=/dead.html>通知</a><a href=/dead.html>再见</a>";
    let wanted = Wanted {
        quote: "公开与 办事".into(),
        link: "http://a.cn/dead.html".into(),
    };
    let replayed = rewrite(html, "http://a.cn/x/", "/r", &wanted);
    assert_eq!(replayed.marked, 4);
    let mark = format!("<mark id=\"xuncha-quote\" style=\"{MARK}\">公开</mark>");
    assert!(replayed.html.contains(&mark), "{}", replayed.html);
    assert_eq!(replayed.html.matches(" id=\"xuncha-quote\"").count(), 1);
    assert!(replayed.html.contains("办事</mark>"));
    let other = rewrite(
        html,
        "http://a.cn/x/",
        "/r",
        &Wanted {
            quote: "没有这句话".into(),
            link: String::new(),
        },
    );
    assert_eq!(other.marked, 0);
}

#[test]
fn deep_pages_end() {
    let html = "<div>".repeat(100_000);
    assert!(page(&html).matches("<div>").count() <= 1_500);
}

#[test]
fn pages_that_open_formatting_again_and_again_end() {
    // Each paragraph would open all formatting before it anew: elements in the square of the page's length.
    let html = "<u><a></b></p>".repeat(20_000);
    let written = page(&html);
    assert!(written.matches("<u>").count() < html.len());
}
