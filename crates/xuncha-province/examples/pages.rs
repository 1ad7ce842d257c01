//! Writes the pages of a simulated province into a folder, as a crawl would fetch them: `pages OUT [SITES] [SEED]`.
//!
//! A folder for each site, a file for each HTML page that its routes answer with 200, in the order of their addresses.

use std::error::Error;
use std::fs;
use std::path::Path;

use xuncha_province::content::Site;
use xuncha_province::model::{PlanKind, Scale};
use xuncha_province::plan;
use xuncha_province::render;

/// Sites that are written where nothing else is said.
const SITES: usize = 30;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, more @ ..] = arguments.as_slice() else {
        return Err("usage: pages OUT [SITES] [SEED]".into());
    };
    let sites: usize = more.first().map_or(Ok(SITES), |sites| sites.parse())?;
    let seed = more.get(1).map_or(Ok(1), |seed| seed.parse())?;
    let province = plan::province(seed, Scale::Full, PlanKind::Realistic);
    let now = province.dates.as_of;
    let (mut pages, mut bytes) = (0, 0);
    // Spread over all kinds of sites.
    let stride = (province.sites.len() / sites).max(1);
    for index in (0..province.sites.len()).step_by(stride).take(sites) {
        let site = Site::draw(&province, index);
        let folder = Path::new(out).join(format!("site-{index:03}"));
        fs::create_dir_all(&folder)?;
        let mut paths: Vec<&String> = site.routes.keys().collect();
        paths.sort();
        for (nth, path) in paths.into_iter().enumerate() {
            let answer = render::respond(&site, path, now, 0);
            if answer.status != 200 || !answer.content_type.starts_with("text/html") {
                continue;
            }
            fs::write(folder.join(format!("{nth:05}.html")), &answer.body)?;
            pages += 1;
            bytes += answer.body.len();
        }
    }
    println!("{pages} pages, {:.1} MB", bytes as f64 / 1e6);
    Ok(())
}
