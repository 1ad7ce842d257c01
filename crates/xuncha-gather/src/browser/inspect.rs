//! Pages that are opened to be looked at: how wide they are on a phone, and what keeps people out of them.
//!
//! What we ask runs in a world of its own beside the page's scripts: those cannot change what it uses. It may all the same be told
//! anything by the document, so nothing follows from it but what stands in a finding.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::timeout;
use xuncha_core::facts::opened::{AccessibilityFault, FaultyNode};

use super::cdp::CdpError;
use super::decide::Use;
use super::tab::{Tab, unrendered};
use super::{
    Access, Inspected, Inspection, Limits, Measured, PageToInspect, Supplier, Unrendered, visit,
};

const SCREEN: &str = include_str!("screen.js");
const ACCESS: &str = include_str!("access.js");
/// Frames of a page that are looked at; further ones are left out.
const MAX_FRAMES: usize = 5;
/// Elements that are kept of a fault.
const MAX_NODES: usize = 5;
/// Width of a desk's screen, on which faults are looked for.
const DESK_PX: u32 = 1280;

/// Opens the page and asks it.
pub(crate) async fn inspect(
    tab: &mut Tab<'_>,
    page: &PageToInspect,
    supplier: &dyn Supplier,
    limits: &Limits,
) -> Result<Inspected, Unrendered> {
    let limits = &limits.for_inspection();
    tab.prepare_to_read(page.now).await.map_err(unrendered)?;
    let (width, is_phone) = match &page.inspection {
        Inspection::Screen { width } => (*width, true),
        Inspection::Access { .. } => (DESK_PX, false),
    };
    tab.size(width, is_phone).await.map_err(unrendered)?;
    let visited = visit::go(tab, &page.url, supplier, limits, Use::Inspection).await?;
    // Timers of ours would not run while the page's clock stands still.
    let goes_on = json!({ "policy": "advance" });
    tab.call("Emulation.setVirtualTimePolicy", goes_on)
        .await
        .map_err(unrendered)?;
    let asked = async {
        match &page.inspection {
            Inspection::Screen { width } => screen(tab, *width).await.map(Inspected::Screen),
            Inspection::Access { engine } => access(tab, engine).await.map(Inspected::Access),
        }
    };
    let asked = timeout(limits.stuck_after, asked).await;
    let mut inspected = asked
        .unwrap_or(Err(CdpError::Silent("Runtime.evaluate")))
        .map_err(unrendered)?;
    let doubts = match &mut inspected {
        Inspected::Screen(measured) => &mut measured.doubts,
        Inspected::Access(access) => &mut access.doubts,
    };
    *doubts = visited.doubts;
    Ok(inspected)
}

/// What the page says of its width.
#[derive(Deserialize)]
struct Width {
    view: u32,
    content: u32,
    widest: String,
    width: u32,
    quote: String,
}

async fn screen(tab: &Tab<'_>, width: u32) -> Result<Measured, CdpError> {
    let frames = frames(tab).await?;
    let Some(main) = frames.first() else {
        return Err(CdpError::Gone);
    };
    let world = world(tab, main).await?;
    let first: Width = said(tab.ask(world, SCREEN).await?)?;
    let viewport_px = first.view;
    let mut seen = first;
    if seen.view > width {
        // A page that asks for more room than the screen has gets it, and is shown smaller. How wide it is itself shows without that.
        tab.size(width, false).await?;
        seen = said(tab.ask(world, SCREEN).await?)?;
    }
    Ok(Measured {
        viewport_px,
        content_px: seen.content,
        widest: seen.widest,
        widest_px: seen.width,
        quote: seen.quote,
        doubts: Vec::new(),
    })
}

#[derive(Deserialize)]
struct Said {
    engine: String,
    faults: Vec<AccessibilityFault>,
}

async fn access(tab: &Tab<'_>, engine: &str) -> Result<Access, CdpError> {
    let mut found = Access::default();
    let mut faults: BTreeMap<String, AccessibilityFault> = BTreeMap::new();
    let frames = frames(tab).await?;
    for (nth, frame) in frames.iter().take(MAX_FRAMES).enumerate() {
        let asked = async {
            let world = world(tab, frame).await?;
            tab.ask(world, &format!("{engine}\n;0")).await?;
            said::<Said>(tab.ask(world, ACCESS).await?)
        };
        let said = match asked.await {
            Ok(said) => said,
            // A frame that came to nothing takes nothing from the page.
            Err(CdpError::Refused { .. }) if nth > 0 => continue,
            Err(error) => return Err(error),
        };
        found.engine = said.engine;
        for mut fault in said.faults {
            fault.nodes.truncate(MAX_NODES);
            match faults.get_mut(&fault.rule) {
                Some(known) => merge(known, fault.count, fault.nodes),
                None => {
                    faults.insert(fault.rule.clone(), fault);
                }
            }
        }
    }
    found.faults = faults.into_values().collect();
    Ok(found)
}

fn merge(known: &mut AccessibilityFault, count: u32, nodes: Vec<FaultyNode>) {
    known.count = known.count.saturating_add(count);
    known.nodes.extend(nodes);
    known.nodes.truncate(MAX_NODES);
}

/// The page and its frames, the page first.
async fn frames(tab: &Tab<'_>) -> Result<Vec<String>, CdpError> {
    let tree = tab.call("Page.getFrameTree", json!({})).await?;
    let mut found = Vec::new();
    let mut waiting = vec![&tree["frameTree"]];
    while let Some(one) = waiting.pop() {
        let id = one["frame"]["id"].as_str();
        found.extend(id.map(str::to_owned));
        waiting.extend(one["childFrames"].as_array().into_iter().flatten().rev());
    }
    Ok(found)
}

/// A world beside that of the page's scripts.
async fn world(tab: &Tab<'_>, frame: &str) -> Result<i64, CdpError> {
    let wanted = json!({ "frameId": frame, "worldName": "xuncha" });
    let made = tab.call("Page.createIsolatedWorld", wanted).await?;
    made["executionContextId"].as_i64().ok_or(CdpError::Gone)
}

fn said<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, CdpError> {
    let text = value.as_str().unwrap_or("null");
    serde_json::from_str(text).map_err(|error| CdpError::Refused {
        method: "Runtime.evaluate",
        detail: error.to_string(),
    })
}
