//! Days of publication that were forged, or only seem so.

use serde_json::Value;

use super::Check;
use crate::content::Site;

pub(super) fn forged(site: &Site) -> Value {
    let mut check = Check::default();
    for forged in &site.forged {
        let column = forged.column.map(|column| &site.columns[column]);
        let list = column.map_or_else(String::new, |column| site.absolute(&column.address));
        let key = format!("{}:{list}", forged.case);
        let pages: Vec<String> = forged
            .articles
            .iter()
            .map(|&article| site.absolute(&site.articles[article].address))
            .collect();
        let titles: Vec<&str> = forged
            .articles
            .iter()
            .map(|&article| site.articles[article].title.as_str())
            .collect();
        let note = titles.join("；");
        match forged.near {
            true => check.near(key, forged.case, &pages, &note),
            false => check.item(key, forged.case, &pages, &note),
        }
    }
    check.done()
}
