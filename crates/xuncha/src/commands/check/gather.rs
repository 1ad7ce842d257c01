//! Gathering for one check, and pictures of what it found.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use xuncha_core::facts::Lexicons;
use xuncha_core::facts::model::FactRecord;
use xuncha_core::judge::Judgement;
use xuncha_core::registry::TargetId;
use xuncha_gather::browser::{BrowserSettings, Unrendered};
use xuncha_gather::check::{CheckPlan, check_site_into};
use xuncha_gather::clock::RealClock;
use xuncha_gather::reduced::ReducedSink;
use xuncha_gather::report::{GatherError, UnrenderedPage};
use xuncha_gather::settings::Settings;
use xuncha_gather::sink::{EvidenceSink, MemorySink};
use xuncha_store::evidence::EvidenceFolder;

use crate::cli::{CheckArgs, Only};
use crate::jobs;
use crate::jobs::gather::Bars;
use crate::jobs::judge::OUTSIDE;
use crate::network::{self, Usage};
use crate::wiring::FolderSink;

/// Name under which `--evidence` keeps what one check gathered.
pub(in crate::commands) const CHECK_ROUND: &str = "check";
/// Pictures of findings in the page of the result.
const MAX_PICTURES: usize = 20;

/// What was gathered, wherever it was kept meanwhile.
pub(super) struct Gathered {
    pub target: TargetId,
    pub records: BTreeMap<TargetId, Vec<FactRecord>>,
    pub requests: u64,
    /// Pages and distinct addresses in all, where the records hold only those in doubt.
    pub pages: Option<Vec<String>>,
    pub asked: Option<u64>,
    /// Pages that need their scripts and were not read after they had run.
    pub unrendered: Vec<UnrenderedPage>,
    /// Where bodies were kept.
    pub evidence: Option<Evidence>,
}

/// The evidence of a check, in the folder that was named, or in one that is there as long as the check.
pub(super) struct Evidence {
    folder: EvidenceFolder,
    _aside: Option<tempfile::TempDir>,
}

impl Evidence {
    fn open(arguments: &CheckArgs) -> Result<Option<Evidence>> {
        if let Some(path) = &arguments.evidence {
            let folder = EvidenceFolder::open(path)?;
            return Ok(Some(Evidence {
                folder,
                _aside: None,
            }));
        }
        if !arguments.screenshots {
            return Ok(None);
        }
        let aside = tempfile::tempdir().context("无法建立临时目录")?;
        let folder = EvidenceFolder::open(aside.path())?;
        Ok(Some(Evidence {
            folder,
            _aside: Some(aside),
        }))
    }
}

/// Gathers into memory, or where bodies are wanted, into a folder.
pub(super) async fn gather(
    arguments: &CheckArgs,
    url: &url::Url,
    plan: &CheckPlan,
    settings: Settings,
    lexicons: &Lexicons,
) -> Result<Gathered> {
    let (memory, reduced) = (MemorySink::new(), ReducedSink::new());
    let evidence = Evidence::open(arguments)?;
    let folder = evidence.as_ref().map(|evidence| evidence.folder.clone());
    let _held = folder
        .as_ref()
        .map(|folder| folder.hold(CHECK_ROUND))
        .transpose()?;
    let sink: Arc<dyn EvidenceSink> = match (&folder, arguments.only) {
        (Some(folder), _) => Arc::new(FolderSink::new(folder.clone(), CHECK_ROUND)),
        (None, Some(Only::Links)) => Arc::new(reduced.clone()),
        (None, None) => Arc::new(memory.clone()),
    };
    let lexicons = Arc::new(lexicons.clone());
    let bars = Bars::default();
    let clock = Arc::new(RealClock);
    let checked = check_site_into(url.as_str(), plan, settings, lexicons, sink, clock, &bars).await;
    let (target, report) = match checked {
        Ok(checked) => checked,
        Err(GatherError::Address(address)) => {
            bail!(Usage(format!("“{address}”不是 http 或 https 网址")))
        }
        Err(error) => return Err(error.into()),
    };
    let mut gathered = Gathered {
        target,
        records: BTreeMap::new(),
        requests: report.requests,
        pages: None,
        asked: None,
        unrendered: report.unrendered,
        evidence,
    };
    match (&folder, arguments.only) {
        (Some(folder), _) => {
            if report.requests == 0 {
                eprintln!(
                    "目录中已有这个网站的完整证据，直接据以判定，没有重新访问；要重新检查，请换一个目录。"
                );
            }
            for id in [gathered.target.clone(), TargetId::from(OUTSIDE)] {
                let records = folder.records(CHECK_ROUND, &id)?;
                let records: xuncha_store::Result<Vec<FactRecord>> = records.collect();
                gathered.records.insert(id, records?);
            }
        }
        (None, Some(Only::Links)) => {
            let kept = reduced.take();
            gathered.records = kept.records;
            gathered.pages = Some(kept.pages);
            gathered.asked = Some(kept.asked as u64);
        }
        (None, None) => gathered.records = memory.take_records(),
    }
    Ok(gathered)
}

/// Pictures for the page of the result: address and PNG.
pub(super) async fn pictures(
    arguments: &CheckArgs,
    evidence: &Evidence,
    target: &TargetId,
    judgements: &[Judgement],
) -> Result<Vec<(String, Vec<u8>)>> {
    let Some(program) = network::program(&arguments.network.browser)? else {
        eprintln!("没有浏览器，结果网页不附图片。");
        return Ok(Vec::new());
    };
    let browser = BrowserSettings::new(program);
    let site = (target, arguments.url.as_str());
    let folder = &evidence.folder;
    let made =
        jobs::pictures::of_site(folder, CHECK_ROUND, site, judgements, browser, MAX_PICTURES).await;
    match made {
        Err(error) if error.is::<Unrendered>() => {
            eprintln!("{error}；结果网页不附图片。");
            Ok(Vec::new())
        }
        made => made,
    }
}
