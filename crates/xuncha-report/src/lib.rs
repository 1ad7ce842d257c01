//! `xuncha-report`: the one door to documents. It turns a [`Notice`](xuncha_core::notice::Notice) into Word, PDF, HTML and Excel,
//! draws its charts, and reads and writes spreadsheets as plain [sheets](xuncha_core::sheet::Sheet).
//!
//! It never decides what a document says: every word and number comes from the notice, which has checked itself. It fetches no fonts
//! and no templates; it only searches folders it is told of.
//!
//! Start reading at [`write_all`], then [`fonts`] (which face stands for which style), then one document.

#[cfg(feature = "charts")]
pub mod charts;
#[cfg(feature = "office")]
pub mod docx;
#[cfg(feature = "charts")]
mod escape;
#[cfg(feature = "charts")]
pub mod fonts;
#[cfg(feature = "charts")]
pub mod html;
#[cfg(any(feature = "office", feature = "pdf"))]
mod layout;
#[cfg(feature = "office")]
pub mod parquet_table;
#[cfg(feature = "pdf")]
pub mod pdf;
#[cfg(feature = "office")]
pub mod sheets;
#[cfg(feature = "office")]
pub mod workbook;

#[cfg(all(feature = "office", feature = "pdf"))]
mod write;

#[cfg(feature = "charts")]
pub use fonts::Fonts;
#[cfg(all(feature = "office", feature = "pdf"))]
pub use write::write_all;

/// 文档生成错误. What could not be made or written, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// No usable font.
    #[error(
        "没有找到可用的中文字体。请安装：apt-get install fonts-noto-cjk fonts-lxgw-wenkai；仿宋来自 texlive-lang-chinese（FandolFang），也可把单位已有授权的字体放进 {0}"
    )]
    NoFonts(String),
    /// A document could not be built.
    #[error("生成{document}失败：{problem}")]
    Document {
        /// Which document.
        document: &'static str,
        /// What happened.
        problem: String,
    },
    /// A spreadsheet could not be read.
    #[error("读取表格“{file}”失败：{problem}")]
    Sheet {
        /// File name.
        file: String,
        /// What happened.
        problem: String,
    },
    /// A file could not be read or written.
    #[error("文件“{path}”：{source}")]
    File {
        /// Path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl ReportError {
    /// A failed document.
    pub fn document(document: &'static str, problem: impl ToString) -> ReportError {
        ReportError::Document {
            document,
            problem: problem.to_string(),
        }
    }
}
