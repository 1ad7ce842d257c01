//! 页面图片任务. Pictures of home pages and of the pages that findings point to, made from the evidence alone, after judging.

use std::path::Path;

use anyhow::Result;
use xuncha_core::judge::Judgement;
use xuncha_core::registry::{Target, TargetId};
use xuncha_core::verdict::Finding;
use xuncha_gather::browser::{BrowserSettings, Chromium, Renderer, Unrendered};
use xuncha_gather::pictures::Archive;
use xuncha_gather::sink::KeptAnswer;
use xuncha_store::evidence::{ArchivedExchange, EvidenceFolder, Picture};
use xuncha_store::judge::findings_of;

use crate::data::Data;
use crate::jobs::notice::font_folders;

/// 成像结果.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    /// Made by this run.
    pub made: usize,
    /// There already.
    pub kept: usize,
    /// Not to be made; the log says why.
    pub failed: usize,
}

/// A browser for pictures, with the fonts of the data folder.
pub fn browser(program: &Path, data: &Path) -> BrowserSettings {
    BrowserSettings {
        font_folders: font_folders(data),
        ..BrowserSettings::new(program.to_owned())
    }
}

/// Makes what is missing: of each site the home page, and at most `per_site` pages of findings.
pub async fn run(
    data: &Data,
    round: &str,
    browser: BrowserSettings,
    per_site: usize,
) -> Result<Pictures> {
    let _held = data.evidence.hold(round)?;
    let renderer = Chromium::new(browser);
    let mut pictures = Pictures::default();
    for subject in data.store.subjects(round).await? {
        let Target::Site(site) = &subject.target else {
            continue;
        };
        let judgements = data.store.judgements(round, Some(&site.id)).await?;
        let of_site = OfSite {
            folder: &data.evidence,
            round,
            target: &site.id,
            archive: archive(data.evidence.clone(), round, &site.id)?,
        };
        let wanted = of_site.wanted(&site.home, &judgements, per_site);
        of_site.make(&renderer, &wanted, &mut pictures).await?;
    }
    renderer.close().await;
    Ok(pictures)
}

/// Pictures of one site's pages, each with its address; they are kept beside its evidence too.
pub async fn of_site(
    folder: &EvidenceFolder,
    round: &str,
    site: (&TargetId, &str),
    judgements: &[Judgement],
    browser: BrowserSettings,
    most: usize,
) -> Result<Vec<(String, Vec<u8>)>> {
    let renderer = Chromium::new(browser);
    let of_site = OfSite {
        folder,
        round,
        target: site.0,
        archive: archive(folder.clone(), round, site.0)?,
    };
    let wanted = of_site.wanted(site.1, judgements, most);
    let mut pictures = Pictures::default();
    of_site.make(&renderer, &wanted, &mut pictures).await?;
    renderer.close().await;
    let mut shown = Vec::new();
    for record in wanted {
        let subject = of_site.archive.subject(record);
        let png = folder.picture(round, site.0, record)?;
        shown.extend(subject.map(|subject| subject.url.to_owned()).zip(png));
    }
    Ok(shown)
}

/// One site whose pages are photographed.
struct OfSite<'a> {
    folder: &'a EvidenceFolder,
    round: &'a str,
    target: &'a TargetId,
    archive: Archive,
}

impl OfSite<'_> {
    /// The records to show: the home page first, then at most so many pages of findings.
    fn wanted<'a>(&'a self, home: &str, judgements: &'a [Judgement], most: usize) -> Vec<&'a str> {
        let home = self.archive.page(home);
        let findings = judgements.iter().flat_map(findings_of);
        let proofs = findings.flat_map(Finding::evidence);
        let proofs = proofs.filter(|proof| Some(proof.record.as_str()) != home);
        let proofs = self.archive.choose(proofs, most);
        home.into_iter().chain(proofs).collect()
    }

    /// Makes those that are not there yet. What cannot be shown is left out; a browser that does not start is an error.
    async fn make(
        &self,
        renderer: &dyn Renderer,
        wanted: &[&str],
        pictures: &mut Pictures,
    ) -> Result<()> {
        let there = self.folder.pictured(self.round, self.target)?;
        for record in wanted {
            if there.contains_key(*record) {
                pictures.kept += 1;
                continue;
            }
            let Some(subject) = self.archive.subject(record) else {
                continue;
            };
            match self.archive.picture(renderer, record).await {
                Ok(png) => {
                    let picture = Picture {
                        record,
                        sha256: subject.sha256,
                        url: subject.url,
                        at: subject.at,
                        png: &png,
                    };
                    self.folder.put_picture(self.round, self.target, &picture)?;
                    pictures.made += 1;
                }
                Err(error @ Unrendered::NoBrowser(_)) => return Err(error.into()),
                Err(error) => {
                    tracing::warn!(target = %self.target, record, %error, "no picture");
                    pictures.failed += 1;
                }
            }
        }
        Ok(())
    }
}

/// The evidence of a target by address.
fn archive(folder: EvidenceFolder, round: &str, target: &TargetId) -> Result<Archive> {
    let records = folder.records(round, target)?;
    let (round, target) = (round.to_owned(), target.clone());
    let read = move |record: &str| match folder.read_record(&round, &target, record) {
        Ok(archived) => Some(kept(archived)),
        Err(error) => {
            tracing::warn!(%error, "evidence for a picture cannot be read");
            None
        }
    };
    // A damaged record is the business of `evidence verify`; the picture does without it.
    Ok(Archive::new(records.map_while(Result::ok), Box::new(read)))
}

fn kept(archived: ArchivedExchange) -> KeptAnswer {
    KeptAnswer {
        // What was kept after its scripts had run is shown like any page.
        status: archived.status.unwrap_or(200),
        headers: archived.headers,
        body: archived.body,
    }
}
