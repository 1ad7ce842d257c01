//! 浏览器池: at most so many tabs at once, a new process after so many pages or after a crash.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::future::BoxFuture;
use tokio::sync::{Mutex, Semaphore};

use super::process::Process;
use super::tab::{Tab, unrendered};
use super::{
    BrowserSettings, Inspected, PageToInspect, PageToRender, PageToShow, Rendered, Renderer,
    Supplier, Unrendered, inspect, visit,
};

/// Chromium 渲染器. Starts its process with the first page; without pages there is none.
pub struct Chromium {
    settings: BrowserSettings,
    tabs: Semaphore,
    window: Mutex<()>,
    at_work: Mutex<AtWork>,
}

/// Starts that may fail before no more is tried.
const MAX_FAILED_STARTS: usize = 2;

#[derive(Default)]
struct AtWork {
    process: Option<Arc<Process>>,
    pages: usize,
    failed_starts: usize,
}

impl Chromium {
    /// By these settings.
    pub fn new(settings: BrowserSettings) -> Chromium {
        Chromium {
            tabs: Semaphore::new(settings.tabs.max(1)),
            settings,
            window: Mutex::default(),
            at_work: Mutex::default(),
        }
    }

    /// The process for the next page. One that has had its pages is let go; it ends when its last page is done.
    async fn process(&self) -> Result<Arc<Process>, Unrendered> {
        let mut at_work = self.at_work.lock().await;
        let is_fresh = at_work.pages < self.settings.pages_per_process.max(1);
        if let Some(process) = at_work.process.clone()
            && is_fresh
            && !process.pipe.is_gone()
        {
            at_work.pages += 1;
            return Ok(process);
        }
        at_work.process = None;
        if at_work.failed_starts >= MAX_FAILED_STARTS {
            return Err(Unrendered::NoBrowser("多次启动失败".to_owned()));
        }
        match Process::start(&self.settings).await {
            Ok(process) => {
                let process = Arc::new(process);
                at_work.process = Some(process.clone());
                at_work.pages = 1;
                at_work.failed_starts = 0;
                Ok(process)
            }
            Err(error) => {
                at_work.failed_starts += 1;
                Err(error)
            }
        }
    }

    /// A process with a script that never gives way takes no more pages.
    async fn retire(&self, process: &Arc<Process>) {
        let mut at_work = self.at_work.lock().await;
        if at_work
            .process
            .as_ref()
            .is_some_and(|current| Arc::ptr_eq(current, process))
        {
            at_work.process = None;
        }
    }

    async fn once(
        &self,
        page: &PageToRender,
        supplier: &dyn Supplier,
    ) -> Result<Rendered, Unrendered> {
        let process = self.process().await?;
        let mut tab = Tab::open(&process.pipe).await.map_err(unrendered)?;
        let result = visit::render(&mut tab, page, supplier, &self.settings.limits).await;
        self.leave(&process, tab, result).await
    }

    async fn look(
        &self,
        page: &PageToInspect,
        supplier: &dyn Supplier,
    ) -> Result<Inspected, Unrendered> {
        let process = self.process().await?;
        let mut tab = Tab::open(&process.pipe).await.map_err(unrendered)?;
        let result = inspect::inspect(&mut tab, page, supplier, &self.settings.limits).await;
        self.leave(&process, tab, result).await
    }

    async fn picture(
        &self,
        page: &PageToShow,
        supplier: &dyn Supplier,
    ) -> Result<Vec<u8>, Unrendered> {
        let process = self.process().await?;
        let mut tab = Tab::window(&process.pipe).await.map_err(unrendered)?;
        let result = visit::show(&mut tab, page, supplier, &self.settings.limits).await;
        if matches!(result, Err(Unrendered::Crashed)) {
            // Its window is gone, and there is but one.
            self.retire(&process).await;
        }
        self.leave(&process, tab, result).await
    }

    /// Closes the tab. A process whose tab is stuck ends with its other pages: the tab could not even be closed.
    async fn leave<T>(
        &self,
        process: &Arc<Process>,
        tab: Tab<'_>,
        result: Result<T, Unrendered>,
    ) -> Result<T, Unrendered> {
        if matches!(result, Err(Unrendered::TooSlow)) {
            self.retire(process).await;
            return result;
        }
        tab.close().await;
        match result {
            Err(Unrendered::Crashed) if process.was_too_large.swap(false, Ordering::AcqRel) => {
                Err(Unrendered::TooLarge)
            }
            result => result,
        }
    }
}

impl Renderer for Chromium {
    fn render<'a>(
        &'a self,
        page: &'a PageToRender,
        supplier: &'a dyn Supplier,
    ) -> BoxFuture<'a, Result<Rendered, Unrendered>> {
        Box::pin(async move {
            let permit = self.tabs.acquire().await;
            let first = self.once(page, supplier).await;
            // Another page may have been the reason that the browser is gone: this one gets a second chance.
            let result = match first {
                Err(Unrendered::Crashed) => self.once(page, supplier).await,
                first => first,
            };
            drop(permit);
            if let Err(error) = &result {
                tracing::warn!(url = %page.url, %error, "page not rendered");
            }
            result
        })
    }

    fn show<'a>(
        &'a self,
        page: &'a PageToShow,
        supplier: &'a dyn Supplier,
    ) -> BoxFuture<'a, Result<Vec<u8>, Unrendered>> {
        Box::pin(async move {
            // One window, one page in it.
            let _window = self.window.lock().await;
            match self.picture(page, supplier).await {
                Err(Unrendered::Crashed) => self.picture(page, supplier).await,
                first => first,
            }
        })
    }

    fn inspect<'a>(
        &'a self,
        page: &'a PageToInspect,
        supplier: &'a dyn Supplier,
    ) -> BoxFuture<'a, Result<Inspected, Unrendered>> {
        Box::pin(async move {
            let permit = self.tabs.acquire().await;
            let result = match self.look(page, supplier).await {
                Err(Unrendered::Crashed) => self.look(page, supplier).await,
                first => first,
            };
            drop(permit);
            if let Err(error) = &result {
                tracing::warn!(url = %page.url, %error, "page not looked at");
            }
            result
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let current = self.at_work.lock().await.process.take();
            if let Some(process) = current {
                process.end().await;
            }
        })
    }
}
