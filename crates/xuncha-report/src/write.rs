//! Writes all documents of a notice into a folder.

use std::path::{Path, PathBuf};

use xuncha_core::notice::Notice;

use crate::{Fonts, ReportError, docx, html, pdf, workbook};

/// Writes `notice.docx`, `notice.pdf`, `notice.html` and `annexes.xlsx` into `folder` and says where they are.
///
/// Each file is written beside its place and then moved there, so that a failure leaves no half document.
pub fn write_all(
    notice: &Notice,
    folder: &Path,
    fonts: &Fonts,
) -> Result<Vec<PathBuf>, ReportError> {
    let documents = [
        ("notice.docx", docx::docx(notice, fonts)?),
        ("notice.pdf", pdf::pdf(notice, fonts)?),
        ("notice.html", html::html(notice, Some(fonts))?.into_bytes()),
        ("annexes.xlsx", workbook::workbook(notice)?),
    ];
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |source| ReportError::File { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut written = Vec::new();
    for (name, bytes) in documents {
        let path = folder.join(name);
        let partial = folder.join(format!(".{name}.part"));
        std::fs::write(&partial, bytes).map_err(failed(&partial))?;
        std::fs::rename(&partial, &path).map_err(failed(&path))?;
        written.push(path);
    }
    Ok(written)
}
