//! 规则数据. Indicator sets, word lists, column mappings and templates: built in, or from a folder that overrides them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use include_dir::{Dir, include_dir};
use xuncha_core::checks;
use xuncha_core::facts::Lexicons;
use xuncha_core::indicator::{self, IndicatorSet};
use xuncha_core::words::Room;

use crate::language;

static INDICATORS: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../indicators");
static LEXICONS: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../lexicons");
static MAPPINGS: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../mappings");
static TEMPLATES: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../templates");
static RETENTION: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../retention");

/// 规则数据. Text files by their path inside each folder.
#[derive(Clone)]
pub struct Rules {
    /// `SET/FILE.toml`.
    pub indicators: BTreeMap<String, String>,
    /// `FILE.toml`.
    pub lexicons: BTreeMap<String, String>,
    /// `FILE.toml`.
    pub mappings: BTreeMap<String, String>,
    /// Texts of documents.
    pub templates: BTreeMap<String, String>,
    /// `policies.toml`.
    pub retention: BTreeMap<String, String>,
}

impl Rules {
    /// The built-in files, each replaced by the file of the same path under `overrides`.
    pub fn load(overrides: Option<&Path>) -> Result<Rules> {
        let folder = |dir: &Dir<'_>, name: &str| -> Result<BTreeMap<String, String>> {
            let mut files = BTreeMap::new();
            collect(dir, &mut files);
            if let Some(base) = overrides {
                overlay(&base.join(name), "", &mut files)?;
            }
            Ok(files)
        };
        Ok(Rules {
            indicators: folder(&INDICATORS, "indicators")?,
            lexicons: folder(&LEXICONS, "lexicons")?,
            mappings: folder(&MAPPINGS, "mappings")?,
            templates: folder(&TEMPLATES, "templates")?,
            retention: folder(&RETENTION, "retention")?,
        })
    }

    /// The resolved, validated set of this id.
    pub fn set(&self, id: &str) -> Result<IndicatorSet> {
        match indicator::resolve(&self.indicators, id, &checks::validate_params) {
            Ok(set) => Ok(set),
            Err(errors) => {
                let lines: Vec<String> = errors.iter().map(|error| format!("  {error}")).collect();
                bail!("指标体系“{id}”不能使用：\n{}", lines.join("\n"))
            }
        }
    }

    /// The ids of all sets, in order.
    pub fn set_ids(&self) -> Vec<&str> {
        self.indicators
            .keys()
            .filter_map(|path| path.strip_suffix("/set.toml"))
            .collect()
    }

    /// The room in which wrong characters are found; `None` where there is no model.
    pub fn words(&self) -> Option<Arc<Room>> {
        language::room(self.lexicons.get("wrong_words.toml"))
    }

    /// The word lists.
    pub fn lexicons(&self) -> Result<Lexicons> {
        let mut lexicons = Lexicons::from_files(&self.lexicons)
            .map_err(anyhow::Error::msg)
            .context("词表不能使用")?;
        lexicons.words = self.words();
        Ok(lexicons)
    }

    /// A file of a folder by name, with or without `.toml`; or a path on disk.
    pub fn mapping(&self, name: &str) -> Result<String> {
        if let Some(text) = self.mappings.get(&format!("{name}.toml")) {
            return Ok(text.clone());
        }
        std::fs::read_to_string(name).with_context(|| {
            let known: Vec<&str> = self
                .mappings
                .keys()
                .map(|key| key.trim_end_matches(".toml"))
                .collect();
            format!(
                "没有列对应关系“{name}”（内置：{}），也没有这个文件",
                known.join("、")
            )
        })
    }
}

fn collect(dir: &Dir<'_>, files: &mut BTreeMap<String, String>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            files.insert(file.path().to_string_lossy().into_owned(), text.to_owned());
        }
    }
    for below in dir.dirs() {
        collect(below, files);
    }
}

fn overlay(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("无法读取目录 {}", folder.display()))?
    {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let key = if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}/{name}")
        };
        if path.is_dir() {
            overlay(&path, &key, files)?;
            continue;
        }
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} 不是 UTF-8 文本", path.display()))?;
        files.insert(key, text);
    }
    Ok(())
}
