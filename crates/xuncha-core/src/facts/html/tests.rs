//! The fast reader against html5ever: generated soup, pages as sites write them, and the HTML files of this repository.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::path::Path;

use proptest::prelude::*;

use super::{Comparison, compare_readers};

const TAGS: [&str; 75] = [
    "a",
    "a",
    "b",
    "strong",
    "font",
    "em",
    "i",
    "u",
    "nobr",
    "span",
    "label",
    "div",
    "div",
    "p",
    "p",
    "ul",
    "ol",
    "li",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "table",
    "tbody",
    "thead",
    "tfoot",
    "tr",
    "tr",
    "td",
    "td",
    "th",
    "caption",
    "colgroup",
    "col",
    "h1",
    "h2",
    "h3",
    "form",
    "input",
    "button",
    "select",
    "option",
    "optgroup",
    "textarea",
    "title",
    "meta",
    "link",
    "base",
    "script",
    "style",
    "iframe",
    "noembed",
    "noframes",
    "xmp",
    "html",
    "head",
    "body",
    "br",
    "hr",
    "img",
    "image",
    "pre",
    "listing",
    "center",
    "section",
    "object",
    "marquee",
    "ruby",
    "rt",
    "rp",
    "ucaptitle",
    "param",
    "blink",
    "noscript",
];

/// Tags that a page nests; the fast reader reads most pages of these.
const PLAIN: [&str; 22] = [
    "div", "div", "p", "span", "a", "ul", "li", "li", "table", "tr", "td", "td", "th", "tbody",
    "b", "font", "h2", "dl", "dt", "dd", "form", "center",
];

const TEXTS: [&str; 26] = [
    "青石市人民政府",
    " ",
    "\n",
    "\r\n",
    "\r",
    "x",
    " a b ",
    "&nbsp;",
    "&amp",
    "&ampx",
    "&#20013;",
    "&#x4e2d",
    "&copy=1",
    "&notit;",
    "&",
    "&#",
    "&#10;",
    "\u{3000}",
    "\u{feff}",
    "<",
    "</",
    "<<",
    "< p>",
    "]]>",
    "--",
    "\u{c}",
];

const ODD: [&str; 30] = [
    "<!-- a -->",
    "<!-->",
    "<!--->",
    "<!--a--!>",
    "<!--a--!-->",
    "<!--<!-->",
    "<!--a",
    "<!--a-",
    "<!-",
    "<!x>",
    "<?xml version=1?>",
    "</>",
    "</ x>",
    "<![CDATA[x]]>",
    "<!DOCTYPE html>",
    "<!doctype>",
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">",
    "<script><!-- if (a<b) --></script>",
    "<script><!--<script></script>--></script>",
    "<script>var a='</scr'+'ipt>';</script>",
    "<script><!--x</script>",
    "<style><!-- a{} --></style>",
    "<textarea>\nx</textarea>",
    "<pre>\n\nx</pre>",
    "<title>a&amp;b</titl></title>",
    "<svg><a/></svg>",
    "<template>x</template>",
    "</br>",
    "</p>",
    "<noscript><p>x</noscript>",
];

const ATTRIBUTES: [&str; 20] = [
    "",
    "",
    "",
    " class=a",
    " CLASS='A b' id=\"X\"",
    " href=\"a.html?x=1&amp;y=2\"",
    " href=a&copy=1",
    " href='/'",
    " style='display : NONE'",
    " hidden",
    " =x",
    " a=b/",
    " /",
    " a = \"c>d\"",
    " a=1 A=2",
    "\nb\n=\n'x\r\ny'",
    " type=hidden",
    " color=red",
    " \"",
    " title=&quot;中&lt",
];

fn piece(tags: &'static [&'static str], odd: u32) -> impl Strategy<Value = String> {
    let tag = (
        prop::sample::select(tags),
        prop::sample::select(&ATTRIBUTES[..]),
    );
    prop_oneof![
        8 => tag.prop_map(|(name, attributes)| format!("<{name}{attributes}>")),
        6 => prop::sample::select(tags).prop_map(|name| format!("</{name}>")),
        1 => prop::sample::select(tags).prop_map(|name| format!("</{} x>", name.to_uppercase())),
        5 => prop::sample::select(&TEXTS[..]).prop_map(str::to_owned),
        odd => prop::sample::select(&ODD[..]).prop_map(str::to_owned),
    ]
}

/// A properly nested part, some end tags left out.
fn nested() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(&TEXTS[..20]).prop_map(str::to_owned);
    leaf.prop_recursive(5, 60, 5, |inner| {
        (
            prop::sample::select(&PLAIN[..]),
            prop::sample::select(&ATTRIBUTES[..]),
            prop::collection::vec(inner, 0..5),
            prop::bool::weighted(0.85),
        )
            .prop_map(|(name, attributes, inside, is_closed)| {
                let end = if is_closed {
                    format!("</{name}>")
                } else {
                    String::new()
                };
                format!("<{name}{attributes}>{}{end}", inside.concat())
            })
    })
}

const DRAWN: [&str; 14] = [
    "svg",
    "svg",
    "g",
    "g",
    "path",
    "title",
    "desc",
    "a",
    "text",
    "use",
    "linearGradient",
    "p",
    "style",
    "image",
];

fn assert_same(page: &str) -> bool {
    match compare_readers(page) {
        Comparison::Same => true,
        Comparison::GaveUp(_) => false,
        Comparison::Differ(difference) => panic!("{difference}\n{page:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soup(pieces in prop::collection::vec(piece(&TAGS, 4), 0..24)) {
        assert_same(&pieces.concat());
    }

    #[test]
    fn plain_soup(pieces in prop::collection::vec(piece(&PLAIN, 1), 0..40)) {
        assert_same(&format!("<!DOCTYPE html><html><head><title>x</title></head><body>{}", pieces.concat()));
    }

    #[test]
    fn nested_parts(parts in prop::collection::vec(nested(), 1..6)) {
        assert_same(&format!("<html><body>{}</body></html>", parts.concat()));
    }

    #[test]
    fn drawings(pieces in prop::collection::vec(piece(&DRAWN, 1), 0..20), closes in prop::collection::vec(prop::sample::select(&["<path d=a />", "<use xlink:href='#a' viewbox=1/>", "<g/>", ""][..]), 20)) {
        let inside: String = pieces.iter().zip(closes).map(|(one, other)| format!("{one}{other}")).collect();
        assert_same(&format!("<body><b><svg>{inside}"));
    }

    #[test]
    fn heads(pieces in prop::collection::vec(piece(&["html", "head", "body", "title", "meta", "link", "script", "style", "p", "frameset"], 3), 0..14)) {
        assert_same(&pieces.concat());
    }

    #[test]
    fn tables(pieces in prop::collection::vec(piece(&["table", "tr", "td", "th", "tbody", "thead", "caption", "colgroup", "col", "form", "input type=hidden", "script", "a", "p"], 1), 0..30)) {
        assert_same(&format!("<body><table>{}", pieces.concat()));
    }
}

/// Pages as government sites write them: each must take the fast way.
#[test]
fn usual_pages_take_the_fast_way() {
    for page in [
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\r\n<html xmlns=\"http://www.w3.org/1999/xhtml\">\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\" />\r\n<title>青石市</title>\r\n<script type=\"text/javascript\" src=\"a.js\"></script>\r\n</head>\r\n<body>\r\n<table width=100%><tr><td><a href=1>一</a>&nbsp;<br/></td></tr></table>\r\n</body>\r\n</html>",
        "<p>一<p>二<ul><li>三<li>四</ul><dl><dt>五<dd>六</dl>",
        "<div><a href=1><div>块</div></a><font color=red>红<b>粗</font>后</b></div>",
        "<table><form action=s><tr><td><input name=q></td></tr></form></table>",
        "<table>\n<tr>\n<td>一\n<td>二\n<tr><th>三</table>",
        "<html><head></head>\n<meta name=a>\n<script>x</script>\n<body><p>一</body></html>\n<script>y</script>",
        "<body class=a><div>一</div><body id=b><html lang=zh>二",
        "<p><b>一<p>二</b>三",
        "<select><option>一<option>二</select><textarea>\n三</textarea>",
        "<script><!--\ndocument.write('<script>x<\\/script>');\n//--></script><p>一",
        "<marquee><a href=1>一</a></marquee><object><param name=a><embed src=b></object>",
        "<h2><a href=1>一</h2></a><p>二",
        "<a href=1><svg viewBox='0 0 1 1' xmlns:xlink=x><title>返 &amp; 回</title><!-- a --><linearGradient ID=a gradientUnits=b /><use xlink:href='#i'/><path d=M0/></path></svg>回</a>",
        "<table><tr><td><svg><g fill=none><path d=x /></g></svg><td>二</table>",
        "<p>一<svg/>二<svg><g>",
        "<svg><style>a{}</style><a href=1><text x=1>字</text></a><svg/></svg>三",
    ] {
        assert!(assert_same(page), "{:?}: {page}", compare_readers(page));
    }
}

/// What needs the hard algorithms is left to html5ever.
#[test]
fn hard_pages_are_given_up() {
    for page in [
        "<a><p>一</a>二</p>",
        "<table>一<tr><td>二</table>",
        "<svg><foreignObject><p>一</foreignObject></svg>",
        "<svg><g><p>一</g></svg>",
        "<svg><g></svg>",
        "<svg><script>x</script></svg>",
        "<svg><![CDATA[x]]></svg>",
        "<math><mi>x</mi></math>",
        "<frameset><frame src=a></frameset>",
        "<template><p>一</template>",
        "<p>一\0二",
        "<head><noscript><p>x</p>",
    ] {
        assert!(
            matches!(compare_readers(page), Comparison::GaveUp(_)),
            "{page}"
        );
    }
}

#[test]
fn html_files_of_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["crates", "fixtures", "templates", "docs"] {
        find(&root.join(folder), &mut files);
    }
    assert!(files.len() >= 10, "{files:?}");
    for file in files {
        assert_same(&String::from_utf8_lossy(&std::fs::read(&file).unwrap()));
    }
}

fn find(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            find(&path, files);
        } else if path
            .extension()
            .is_some_and(|end| end == "html" || end == "htm")
        {
            files.push(path);
        }
    }
}

/// Pages that ask for more than the bounds allow: elements, attributes, depth, formatting opened again in every paragraph,
/// and tags that close nothing.
#[test]
fn no_page_grows_beyond_the_bounds() {
    use super::flat::Bounds;
    let bounds = Bounds {
        nodes: 2_000,
        attrs: 2_000,
        depth: 200,
        steps: 500_000,
    };
    let numbered =
        |count: usize, piece: fn(usize) -> String| -> String { (0..count).map(piece).collect() };
    let formatting = numbered(150, |number| format!("<b id={number}>"));
    for page in [
        "<p>x".repeat(50_000),
        numbered(30, |number| format!("<i {}>", numbered_names(number))),
        "<i></x>".repeat(50_000),
        format!("<p>{formatting}{}", "<p>x".repeat(50_000)),
        format!("{formatting}{}", "<table><b>x".repeat(5_000)),
        format!("{formatting}{}", "</x>".repeat(50_000)),
    ] {
        for page in [page.clone(), format!("\0{page}")] {
            let slow = super::slow::build(&page, bounds);
            let fast = super::tree::build(&page, bounds);
            for flat in fast.into_iter().chain([slow]) {
                // A tag may be read to its end, and a token may open again what is listed.
                assert!(
                    flat.nodes.len() <= bounds.nodes + bounds.depth * 2,
                    "{}",
                    flat.nodes.len()
                );
                assert!(flat.attrs.len() <= bounds.attrs + super::flat::MAX_TAG_ATTRS);
                let dom = flat.finish(page.as_str().into());
                assert!(dom.is_cut && dom.nodes.len() <= bounds.nodes);
            }
        }
    }
}

fn numbered_names(first: usize) -> String {
    (0..900)
        .map(|number| format!("a{first}b{number} "))
        .collect()
}

/// html5ever is given a page in pieces; wherever they part, the tree is the same.
#[test]
fn byte_order_marks_stay_wherever_a_piece_ends() {
    for before in 240..270 {
        let page = format!("<p>{}\u{feff}\u{feff}z&amp;中</p>", "x".repeat(before));
        assert_eq!(compare_readers(&page), Comparison::Same, "{before}");
    }
}
