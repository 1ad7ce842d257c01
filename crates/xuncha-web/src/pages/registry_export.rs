//! 名录导出: the registry as a spreadsheet that the import reads back, and the same without rows, to be filled in.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use xuncha_core::registry::{Registry, to_sheets};
use xuncha_core::sheet::Sheet;
use xuncha_store::{AuditAction, AuditEntry};

use super::attachments::as_attachment;
use crate::WebState;
use crate::error::WebError;
use crate::shell::Viewer;

/// The mapping of our own spreadsheets.
const OWN: &str = "own";

pub(crate) async fn export(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
) -> Result<Response, WebError> {
    let registry = state.store.registry().await?;
    let bytes = workbook(&state, registry).await?;
    let entry = AuditEntry::new(AuditAction::Exported, "registry");
    state.acting(&viewer).audit(entry).await?;
    let name = format!("名录-{}.xlsx", state.now().date());
    Ok(as_attachment(bytes, &name))
}

pub(crate) async fn template(State(state): State<WebState>) -> Result<Response, WebError> {
    let bytes = workbook(&state, Registry::default()).await?;
    Ok(as_attachment(bytes, "名录模板.xlsx"))
}

async fn workbook(state: &WebState, registry: Registry) -> Result<Vec<u8>, WebError> {
    let missing = || WebError::failed("名录表格的样式文件不在，请检查规则目录");
    let mapping = state.mappings.get(OWN).cloned().ok_or_else(missing)?;
    // A whole province takes a moment; other pages do not wait for it.
    let written = tokio::task::spawn_blocking(move || {
        let sheets = to_sheets(&registry, &mapping).into_iter().map(|sheet| {
            let mut rows = vec![sheet.header];
            rows.extend(sheet.rows);
            Sheet {
                name: sheet.name,
                rows,
            }
        });
        let sheets: Vec<Sheet> = sheets.collect();
        xuncha_report::sheets::write(&sheets)
    });
    let written = written
        .await
        .map_err(|_| WebError::failed("导出中断，请重试"))?;
    written.map_err(|error| WebError::failed(error.to_string()))
}
