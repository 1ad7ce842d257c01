//! What can go wrong with the database and the files, said to people in Chinese.

use std::path::PathBuf;

use sea_orm::DbErr;

/// 存储错误. What failed, on which thing, and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is not there.
    #[error("数据库操作失败：{0}。请检查数据库是否在运行、数据文件夹是否可写、磁盘是否已满")]
    Database(#[from] DbErr),
    /// A stored body cannot be read: written by another version, or damaged.
    #[error("{what} 的内容无法读取：{source}。数据可能由其他版本写入，请先备份再升级")]
    Body {
        /// Which body.
        what: String,
        /// What the reader said.
        source: serde_json::Error,
    },
    /// Something that was asked for by its number is not there.
    #[error("没有找到{noun}“{id}”")]
    Missing {
        /// Chinese noun, such as 检查轮次.
        noun: &'static str,
        /// Its number.
        id: String,
    },
    /// Something of this number exists already and is not replaced silently.
    #[error("{noun}“{id}”已经存在，未作改动")]
    Exists {
        /// Chinese noun.
        noun: &'static str,
        /// Its number.
        id: String,
    },
    /// Another process writes the evidence of this round.
    #[error("轮次“{round}”的证据正被另一个采集、重读或清理使用，请等它结束")]
    Busy {
        /// Which round.
        round: String,
    },
    /// A closed round was to be changed.
    #[error(
        "轮次 {round} 已关闭{}，不能再采集、判定或复核；确需更正，请监管人员先在该轮次的“关闭”页写明理由、重新打开",
        said(reason)
    )]
    Closed {
        /// Round.
        round: String,
        /// Reason given when it was closed, may be empty.
        reason: String,
    },
    /// A round was to be opened again that is open.
    #[error("轮次 {0} 没有关闭，无需重新打开")]
    NotClosed(String),
    /// What was asked for would break a rule; said so that a page can show it.
    #[error("{0}")]
    Refused(&'static str),
    /// An inspector was to decide of his own city.
    #[error("这个对象属于您所在的地区，按交叉互评的规定由其他检查员处理。")]
    OwnCity,
    /// What was to be written cannot follow what stands there.
    #[error("{0}")]
    Unfit(String),
    /// A file could not be read or written.
    #[error("文件 {path} 读写失败：{source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// An evidence file is damaged in the middle, where no interrupted write can have done it.
    #[error("证据文件 {path} 已损坏：{detail}。请从备份恢复，或删除该对象的证据后重新采集")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What was found, in Chinese.
        detail: String,
    },
    /// A capture whose body a retention policy took out; what is still known of it comes along.
    #[error("{} 的证据正文已按留存策略清理，摘要与哈希仍在（SHA-256 {}）", capture.url, capture.sha256)]
    Pruned {
        /// Address, time, status and hash.
        capture: Box<crate::evidence::PrunedCapture>,
    },
    /// An address of a record that is not `SEGMENT@OFFSET`.
    #[error("证据编号“{0}”不是“段@偏移”的写法")]
    RecordId(String),
}

fn said(reason: &str) -> String {
    match reason.trim() {
        "" => String::new(),
        reason => format!("（理由：{reason}）"),
    }
}

impl StoreError {
    /// Turns an I/O error of `path` into one for people.
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> StoreError {
        let path = path.to_owned();
        move |source| StoreError::File { path, source }
    }
}
