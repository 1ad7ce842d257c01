//! Writes all documents of a notice into a folder.

use std::path::{Path, PathBuf};

use xuncha_core::notice::Notice;
use xuncha_core::notice::index::index;
use xuncha_core::notice::trace::TraceBook;

use crate::{Fonts, ReportError, docx, html, pdf, workbook};

/// Writes `notice.docx`, `notice.pdf`, `notice.html` and `annexes.xlsx` into `folder`, and the index of their figures as `figures.docx` and
/// `figures.pdf`, and says where they are.
///
/// Each file is written beside its place and then moved there, so that a failure leaves no half document.
pub fn write_all(
    notice: &Notice,
    book: &TraceBook,
    folder: &Path,
    fonts: &Fonts,
) -> Result<Vec<PathBuf>, ReportError> {
    let figures = index(notice, book);
    let documents = [
        ("notice.docx", docx::docx(notice, fonts)?),
        ("notice.pdf", pdf::pdf(notice, fonts)?),
        (
            "notice.html",
            html::html(notice, Some(fonts), Some(book))?.into_bytes(),
        ),
        ("annexes.xlsx", workbook::workbook(notice)?),
        ("figures.docx", docx::docx(&figures, fonts)?),
        ("figures.pdf", pdf::pdf(&figures, fonts)?),
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
