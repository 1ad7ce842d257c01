//! A tab of the browser: opened empty, prepared for one page, read or photographed, and closed without a trace.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;

use super::cdp::{CdpError, Event, Pipe};
use super::{PageToShow, Unrendered};

/// A tab with nothing in it.
pub(crate) struct Tab<'a> {
    pipe: &'a Pipe,
    /// Its context, which is its own: no cookies, no storage, gone when it is closed. `None` for the window's tab.
    context: Option<String>,
    pub target: String,
    session: String,
    pub events: Receiver<Event>,
}

impl<'a> Tab<'a> {
    /// A hidden tab: it is never painted, which saves the most of its cost.
    pub async fn open(pipe: &'a Pipe) -> Result<Tab<'a>, CdpError> {
        let own = json!({ "disposeOnDetach": true });
        let context = pipe.call(None, "Target.createBrowserContext", own).await?;
        let context = text(&context["browserContextId"]);
        let target = json!({ "url": "about:blank", "browserContextId": context, "hidden": true });
        let target = pipe.call(None, "Target.createTarget", target).await?;
        let target = text(&target["targetId"]);
        Tab::attach(pipe, target, Some(context)).await
    }

    /// The tab of the browser's window: only what stands in a window can be photographed.
    pub async fn window(pipe: &'a Pipe) -> Result<Tab<'a>, CdpError> {
        let targets = pipe.call(None, "Target.getTargets", json!({})).await?;
        let targets = targets["targetInfos"].as_array();
        let page = targets
            .into_iter()
            .flatten()
            .find(|target| target["type"] == "page")
            .ok_or(CdpError::Gone)?;
        Tab::attach(pipe, text(&page["targetId"]), None).await
    }

    async fn attach(
        pipe: &'a Pipe,
        target: String,
        context: Option<String>,
    ) -> Result<Tab<'a>, CdpError> {
        let attach = json!({ "targetId": target, "flatten": true });
        let session = pipe.call(None, "Target.attachToTarget", attach).await?;
        let session = text(&session["sessionId"]);
        let events = pipe.listen(&session);
        Ok(Tab {
            pipe,
            context,
            target,
            session,
            events,
        })
    }

    /// Closes it; a browser that is gone has closed it already.
    pub async fn close(self) {
        let Some(context) = self.context.clone() else {
            let _ = self.call("Network.clearBrowserCookies", json!({})).await;
            let blank = json!({ "url": "about:blank" });
            let _ = self.call("Fetch.disable", json!({})).await;
            let _ = self.call("Page.navigate", blank).await;
            self.pipe.forget(&self.session);
            let session = json!({ "sessionId": self.session });
            let _ = self
                .pipe
                .call(None, "Target.detachFromTarget", session)
                .await;
            return;
        };
        self.pipe.forget(&self.session);
        let context = json!({ "browserContextId": context });
        let _ = self
            .pipe
            .call(None, "Target.disposeBrowserContext", context)
            .await;
    }

    pub async fn call(&self, method: &'static str, params: Value) -> Result<Value, CdpError> {
        self.pipe.call(Some(&self.session), method, params).await
    }

    async fn stop_requests(&self) -> Result<(), CdpError> {
        self.call("Page.enable", json!({})).await?;
        self.call("Runtime.enable", json!({})).await?;
        self.call("Inspector.enable", json!({})).await?;
        // A window that opens would be cut off from us and from the network; scripts are told that none opened.
        let no_windows = json!({ "source": "window.open=function(){return null}" });
        self.call("Page.addScriptToEvaluateOnNewDocument", no_windows)
            .await?;
        let everything = json!({ "patterns": [{ "urlPattern": "*" }] });
        self.call("Fetch.enable", everything).await?;
        Ok(())
    }

    /// Its clock stands still at this time (UTC+8) until a document has come.
    pub async fn prepare_to_read(&self, now: DateTime) -> Result<(), CdpError> {
        self.stop_requests().await?;
        let zone = json!({ "timezoneId": "Asia/Shanghai" });
        self.call("Emulation.setTimezoneOverride", zone).await?;
        let now = now.to_zoned(TimeZone::fixed(Offset::constant(8)));
        let now = now.map_or(0, |zoned| zoned.timestamp().as_second());
        let still = json!({ "policy": "pause", "initialVirtualTime": now });
        self.call("Emulation.setVirtualTimePolicy", still).await?;
        Ok(())
    }

    /// A screen of this width: a phone's, or a narrow window of a desk's.
    pub async fn size(&self, width: u32, is_phone: bool) -> Result<(), CdpError> {
        let factor = if is_phone { 2 } else { 1 };
        let screen = json!({
            "width": width, "height": 844, "deviceScaleFactor": factor, "mobile": is_phone,
        });
        self.call("Emulation.setDeviceMetricsOverride", screen)
            .await?;
        Ok(())
    }

    /// What an expression comes to in a world of the page, once its promise is kept.
    pub async fn ask(&self, world: i64, expression: &str) -> Result<Value, CdpError> {
        let question = json!({
            "expression": expression, "contextId": world, "returnByValue": true, "awaitPromise": true,
        });
        let mut answer = self.call("Runtime.evaluate", question).await?;
        if let Some(thrown) = answer["exceptionDetails"]["exception"]["description"].as_str() {
            return Err(CdpError::Refused {
                method: "Runtime.evaluate",
                detail: thrown.chars().take(200).collect(),
            });
        }
        Ok(answer["result"]["value"].take())
    }

    /// A window of this width, with or without scripts.
    pub async fn prepare_to_show(&self, page: &PageToShow) -> Result<(), CdpError> {
        self.stop_requests().await?;
        let scripts = json!({ "value": !page.runs_scripts });
        self.call("Emulation.setScriptExecutionDisabled", scripts)
            .await?;
        let window =
            json!({ "width": page.width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", window)
            .await?;
        Ok(())
    }

    /// The document as it stands, and its address.
    pub async fn read(&self) -> Result<(String, String), CdpError> {
        let tree = self.call("Page.getFrameTree", json!({})).await?;
        let url = text(&tree["frameTree"]["frame"]["url"]);
        let root = self.call("DOM.getDocument", json!({ "depth": 0 })).await?;
        let node = json!({ "nodeId": root["root"]["nodeId"], "includeShadowDOM": true });
        let html = self.call("DOM.getOuterHTML", node).await?;
        Ok((text(&html["outerHTML"]), url))
    }

    /// The page from its top, as PNG.
    pub async fn picture(&self, page: &PageToShow) -> Result<Vec<u8>, CdpError> {
        let metrics = self.call("Page.getLayoutMetrics", json!({})).await?;
        let height = metrics["cssContentSize"]["height"]
            .as_f64()
            .unwrap_or(900.0);
        let height = height.clamp(200.0, f64::from(page.max_height));
        let clip = json!({ "x": 0, "y": 0, "width": page.width, "height": height, "scale": 1 });
        let shot = json!({ "format": "png", "clip": clip, "captureBeyondViewport": true });
        let shot = self.call("Page.captureScreenshot", shot).await?;
        let data = shot["data"].as_str().unwrap_or_default();
        STANDARD.decode(data).map_err(|error| CdpError::Refused {
            method: "Page.captureScreenshot",
            detail: error.to_string(),
        })
    }
}

pub(crate) fn unrendered(error: CdpError) -> Unrendered {
    match error {
        CdpError::Gone => Unrendered::Crashed,
        CdpError::Silent(_) => Unrendered::TooSlow,
        CdpError::Refused { .. } => Unrendered::Failed(error.to_string()),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
