//! 字体: which installed face stands for which style of an official document. Searches folders, fetches nothing.
//!
//! An office that owns 仿宋_GB2312 or 方正小标宋 puts them into a folder that is searched first; otherwise open fonts stand in.
//! Per-glyph fallback ends at Noto, so that no character of a name becomes a box.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resvg::usvg::fontdb::{Database, Source};

use crate::ReportError;

/// 字体用途.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// 仿宋: the text.
    FangSong,
    /// 小标宋: titles.
    Title,
    /// 黑体: first level, heads, charts.
    Hei,
    /// 楷体: second level.
    Kai,
    /// 宋体: page numbers, and the end of every fallback.
    Song,
}

/// Families per style, best first: what offices own, then open fonts.
const FAMILIES: &[(Style, &[&str])] = &[
    (
        Style::FangSong,
        &[
            "FangSong_GB2312",
            "仿宋_GB2312",
            "FangSong",
            "仿宋",
            "Zhuque Fangsong (technical preview)",
            "FandolFang",
            "FandolFang R",
        ],
    ),
    (
        Style::Title,
        &[
            "FZXiaoBiaoSong-B05S",
            "方正小标宋简体",
            "FZXiaoBiaoSong-B05",
            "Noto Serif CJK SC",
            "Source Han Serif SC",
            "FandolSong",
        ],
    ),
    (
        Style::Hei,
        &[
            "SimHei",
            "黑体",
            "Noto Sans CJK SC",
            "Source Han Sans SC",
            "FandolHei",
        ],
    ),
    (
        Style::Kai,
        &[
            "KaiTi_GB2312",
            "楷体_GB2312",
            "KaiTi",
            "楷体",
            "LXGW WenKai",
            "FandolKai",
        ],
    ),
    (
        Style::Song,
        &[
            "SimSun",
            "宋体",
            "Noto Serif CJK SC",
            "Source Han Serif SC",
            "FandolSong",
        ],
    ),
];

/// Families that end every fallback: they have the characters that the others lack.
const FALLBACK: &[&str] = &["Noto Serif CJK SC", "Noto Sans CJK SC"];

/// 字体集. Found faces.
#[derive(Clone, Debug)]
pub struct Fonts {
    chosen: BTreeMap<Style, String>,
    fallback: Vec<String>,
    files: BTreeSet<PathBuf>,
    database: Arc<Database>,
}

impl Fonts {
    /// Searches `folders` in their order, then the usual places of the system.
    pub fn find(folders: &[PathBuf]) -> Result<Fonts, ReportError> {
        let mut searched: Vec<PathBuf> = folders.to_vec();
        searched.extend(system_folders());
        let mut database = Database::new();
        for folder in &searched {
            database.load_fonts_dir(folder);
        }
        Fonts::from_database(database).ok_or_else(|| {
            let place = folders.first().map_or("字体文件夹".to_owned(), |folder| {
                folder.display().to_string()
            });
            ReportError::NoFonts(place)
        })
    }

    fn from_database(mut database: Database) -> Option<Fonts> {
        let mut chosen = BTreeMap::new();
        let mut files = BTreeSet::new();
        for (style, families) in FAMILIES {
            if let Some((family, paths)) = families
                .iter()
                .find_map(|family| family_files(&database, family))
            {
                chosen.insert(*style, family);
                files.extend(paths);
            }
        }
        let mut fallback = Vec::new();
        for (family, paths) in FALLBACK
            .iter()
            .filter_map(|family| family_files(&database, family))
        {
            fallback.push(family);
            files.extend(paths);
        }
        if chosen.is_empty() {
            return None;
        }
        if let Some(hei) = chosen.get(&Style::Hei).or(chosen.values().next()) {
            database.set_sans_serif_family(hei.clone());
        }
        Some(Fonts {
            chosen,
            fallback,
            files,
            database: Arc::new(database),
        })
    }

    /// The family names for a style, in the order in which a glyph is looked for.
    pub fn families(&self, style: Style) -> Vec<String> {
        let own = self
            .chosen
            .get(&style)
            .or_else(|| self.chosen.get(&Style::Song))
            .or(self.chosen.values().next());
        let mut families: Vec<String> = own.into_iter().cloned().collect();
        families.extend(
            self.fallback
                .iter()
                .filter(|family| Some(*family) != own)
                .cloned(),
        );
        families
    }

    /// Styles for which another one stands in, to say so.
    pub fn missing(&self) -> Vec<&'static str> {
        let name = |style: &Style| match style {
            Style::FangSong => "仿宋（texlive-lang-chinese 中的 FandolFang）",
            Style::Title => "小标宋（fonts-noto-cjk）",
            Style::Hei => "黑体（fonts-noto-cjk）",
            Style::Kai => "楷体（fonts-lxgw-wenkai）",
            Style::Song => "宋体（fonts-noto-cjk）",
        };
        FAMILIES
            .iter()
            .map(|(style, _)| style)
            .filter(|style| !self.chosen.contains_key(style))
            .map(name)
            .collect()
    }

    /// The files of the chosen faces.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path)
    }

    /// The database for drawing charts.
    pub(crate) fn database(&self) -> Arc<Database> {
        Arc::clone(&self.database)
    }
}

/// Where a system keeps fonts; TeX Live keeps Fandol in its own tree.
pub fn system_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/usr/share/xuncha/fonts",
        "/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol",
        "/usr/share/texmf/fonts/opentype",
    ]
    .iter()
    .map(PathBuf::from)
    .collect();
    if let Some(home) = std::env::var_os("HOME") {
        folders.push(Path::new(&home).join(".local/share/fonts"));
        folders.push(Path::new(&home).join(".fonts"));
    }
    folders
}

/// The name typst and resvg know a family by, and all files of it.
fn family_files(database: &Database, family: &str) -> Option<(String, Vec<PathBuf>)> {
    let mut name = None;
    let mut files = Vec::new();
    for face in database
        .faces()
        .filter(|face| face.families.iter().any(|(own, _)| own == family))
    {
        // The first of a face's names is the English one.
        name = name.or_else(|| face.families.first().map(|(own, _)| own.clone()));
        if let Source::File(path) | Source::SharedFile(path, _) = &face.source {
            files.push(path.clone());
        }
    }
    Some((name?, files))
}
