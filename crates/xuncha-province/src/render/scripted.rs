//! Lists that only a script can show: their data stand in the page as JSON, or as records of an XML store.

use std::fmt::Write;

use jiff::civil::DateTime;
use serde_json::{Map, Value};

use super::items;
use crate::content::skin::{AddressForm, ListDate, list_date};
use crate::content::{Column, Site};
use crate::model::Family;

/// The list of one page of a column.
pub fn list(site: &Site, c: &Column, articles: &[usize], out: &mut String) {
    if site.plan.family == Family::Datastore {
        return store(site, c, articles, out);
    }
    let form = site.skin.look.stream("script form").below(3);
    let id = site.skin.class(26);
    let keys = keys(site);
    let data = data(site, c, articles, keys);
    let draw = |source: &str| {
        let [title, url, date] = keys;
        format!(
            "(function(){{var d={source},u=document.getElementById(\"{id}\"),h=\"\";for(var i=0;i<d.length;i++){{h+='<li><a href=\"'+d[i].{url}+'\">'+d[i].{title}+'</a><span>'+d[i].{date}+'</span></li>';}}u.innerHTML=h;}})();"
        )
    };
    let _ = match form * usize::from(site.skin.look.strength >= 2) {
        0 => write!(
            out,
            "<ul id=\"{id}\"></ul><script type=\"text/javascript\">\nvar listData = {data};\n{}\n</script>",
            draw("listData")
        ),
        1 => write!(
            out,
            "<ul id=\"{id}\"></ul><script type=\"application/json\" id=\"{id}_data\">{{\"code\":0,\"data\":{{\"total\":{},\"rows\":{data}}}}}</script><script>{}</script>",
            articles.len(),
            draw(&format!(
                "JSON.parse(document.getElementById(\"{id}_data\").textContent).data.rows"
            ))
        ),
        _ => write!(
            out,
            "<div><ul id=\"{id}\"></ul></div><script>window.__PAGE__={{list:{data},now:\"{}\"}};{}</script>",
            site.dates.as_of.date(),
            draw("window.__PAGE__.list")
        ),
    };
}

/// What a page drawn on the server holds once more as data.
pub fn state(site: &Site, c: &Column, articles: &[usize], out: &mut String) {
    let data = data(site, c, articles, ["title", "url", "publishTime"]);
    let _ = write!(
        out,
        "<script>window.__INITIAL_STATE__={{\"channel\":{},\"list\":{data}}}</script>",
        Value::from(c.name.as_str())
    );
}

/// Names of title, address and date in the data.
fn keys(site: &Site) -> [&'static str; 3] {
    let look = &site.skin.look;
    if look.strength == 0 {
        return ["title", "url", "pubDate"];
    }
    *look.stream("script keys").pick(&[
        ["title", "url", "pubDate"],
        ["title", "linkUrl", "publishTime"],
        ["TITLE", "URL", "PUBDATE"],
        ["infotitle", "infourl", "infodate"],
        ["name", "href", "time"],
    ])
}

fn data(site: &Site, c: &Column, articles: &[usize], [title, url, date]: [&str; 3]) -> Value {
    articles
        .iter()
        .map(|&a| {
            let a = &site.articles[a];
            let mut item = Map::new();
            item.insert(title.to_owned(), a.title.as_str().into());
            item.insert(url.to_owned(), address(site, &a.address).into());
            item.insert(date.to_owned(), shown(site, c, a.published).into());
            Value::Object(item)
        })
        .collect()
}

fn address(site: &Site, path: &str) -> String {
    if site.skin.addresses == AddressForm::Absolute {
        site.absolute(path)
    } else {
        path.to_owned()
    }
}

fn shown(site: &Site, c: &Column, t: DateTime) -> String {
    let form = match (c.month_day, site.skin.list_date) {
        (true, _) => ListDate::BracketMonthDay,
        (false, ListDate::Hidden | ListDate::Worded) => ListDate::Dash,
        (false, form) => form,
    };
    list_date(form, t)
}

/// `<datastore>`: each record holds the markup of one item.
fn store(site: &Site, c: &Column, articles: &[usize], out: &mut String) {
    let id = site.skin.class(26);
    let _ = write!(
        out,
        "<div id=\"{id}\"></div><script type=\"text/xml\" id=\"{id}_x\"><datastore><totalrecord>{}</totalrecord><recordset>",
        c.articles.len()
    );
    for &article in articles {
        let mut item = String::new();
        items::items(site, &c.address, &[article], c.month_day, &mut item);
        let _ = write!(out, "<record><![CDATA[{item}]]></record>");
    }
    let _ = write!(
        out,
        "</recordset></datastore></script><script>(function(){{var t=document.getElementById(\"{id}_x\").textContent,h=\"\";t.replace(/<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>/g,function(a,b){{h+=b;}});document.getElementById(\"{id}\").innerHTML=h;}})();</script>"
    );
}
