//! 开放数据: the tables of a published round as CSV, JSON and Parquet, written out in portions, with their dictionary.

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use sha2::{Digest, Sha256};
use xuncha_core::publicity::{PublicRound, PublicitySettings, TABLES, Table, table_of};
use xuncha_core::sheet::write_csv;
use xuncha_report::ReportError;
use xuncha_report::parquet_table::ParquetTable;
use xuncha_store::{Store, StoreError};

use crate::WebState;
use crate::error::{WebError, page};
use crate::lang::Lang;
use crate::pager::encode;
use crate::pages::public::{base_of, check_title, shell_of};
use crate::pages::public_rows::{Cell, finding_row, region_row, score_rows, target_row};
use crate::shell::{Shell, Viewer};

/// Targets or findings that are read and written at once.
const PORTION: u64 = 500;

struct TableLine {
    table: &'static Table,
    title: &'static str,
    csv: String,
    json: String,
    parquet: String,
}

#[derive(Template)]
#[template(path = "public_data.html")]
struct DataPage {
    shell: Shell,
    base: String,
    tables: Vec<TableLine>,
}

pub(crate) async fn show(
    State(state): State<WebState>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let round = state.store.public_round(&id).await?;
    let base = base_of(&id);
    let file = |table: &Table, ending: &str| {
        let name = encode(&format!("{}.{ending}", table.name));
        format!("{base}/data/{name}")
    };
    let tables = TABLES.iter().map(|table| TableLine {
        table,
        title: viewer.lang.t(table.zh, table.en),
        csv: file(table, "csv"),
        json: file(table, "json"),
        parquet: file(table, "parquet"),
    });
    page(&DataPage {
        tables: tables.collect(),
        shell: shell_of(&viewer, &round, viewer.lang.t("开放数据", "Open data")),
        base,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv,
    Json,
    Parquet,
}

impl Format {
    fn of(file: &str) -> Option<(&'static Table, Format)> {
        let (name, ending) = file.rsplit_once('.')?;
        let format = match ending {
            "csv" => Format::Csv,
            "json" => Format::Json,
            "parquet" => Format::Parquet,
            _ => return None,
        };
        Some((table_of(name)?, format))
    }

    fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Json => "application/json",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }
}

pub(crate) async fn download(
    State(state): State<WebState>,
    Path((id, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let round = state.store.public_round(&id).await?;
    let Some((table, format)) = Format::of(&file) else {
        return Err(WebError::missing(format!("没有数据文件“{file}”")));
    };
    let settings = state.store.publicity().await?;
    let stamp = state.store.public_stamp(&id).await?;
    let tag = Sha256::digest(format!("{stamp:?} {settings:?} {id} {file}"));
    // Weak: the same data, whatever it is packed with on the way.
    let tag = format!("W/\"{}\"", hex::encode(&tag[..12]));
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let writer = Writer::new(state.store.clone(), round, settings, table, format);
            Body::from_stream(writer.portions()).into_response()
        }
    };
    let name = format!(
        "attachment; filename*=UTF-8''{}",
        encode(&format!("{id}-{file}"))
    );
    for (header, value) in [
        (CONTENT_TYPE, format.media_type()),
        (CONTENT_DISPOSITION, &name),
        (ETAG, &tag),
        // It may be kept, and is asked for again each time: whether a problem is put right changes.
        (CACHE_CONTROL, "public, no-cache"),
        // Nothing in it is of who asks.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(header, value);
        }
    }
    Ok(response)
}

/// How far a table is written.
enum Place {
    Head,
    /// After this target, and after this finding of it.
    Rows(String, Option<u64>),
    Foot,
    End,
}

/// Writes a table out in portions, so that none stands in memory whole.
struct Writer {
    store: Store,
    round: PublicRound,
    settings: PublicitySettings,
    table: &'static Table,
    format: Format,
    place: Place,
    is_first: bool,
    /// The table while it is written as Parquet.
    parquet: Option<ParquetTable>,
}

/// What stops a table in its middle: the store, or the writer of a format.
type Broken = Box<dyn std::error::Error + Send + Sync>;

impl Writer {
    fn new(
        store: Store,
        round: PublicRound,
        settings: PublicitySettings,
        table: &'static Table,
        format: Format,
    ) -> Writer {
        Writer {
            store,
            round,
            settings,
            table,
            format,
            place: Place::Head,
            is_first: true,
            parquet: None,
        }
    }

    fn portions(self) -> impl futures::Stream<Item = Result<Vec<u8>, Broken>> {
        stream::unfold(self, |mut writer| async move {
            let next = writer.next().await;
            match next {
                Ok(Some(text)) => Some((Ok(text), writer)),
                Ok(None) => None,
                Err(error) => {
                    tracing::error!(%error, "open data broke off");
                    writer.place = Place::End;
                    Some((Err(error), writer))
                }
            }
        })
        // Who packs the answer asks once more behind its end.
        .fuse()
    }

    async fn next(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        let place = std::mem::replace(&mut self.place, Place::End);
        match place {
            Place::Head => {
                self.place = Place::Rows(String::new(), None);
                if self.format == Format::Parquet {
                    self.parquet = Some(self.columns()?);
                    return Ok(Some(Vec::new()));
                }
                Ok(Some(self.head().into_bytes()))
            }
            Place::Rows(after, number) => {
                let rows = self.rows(after, number).await?;
                if let Some(table) = &mut self.parquet {
                    let row = |row: &Vec<Cell>| row.iter().map(Cell::printed).collect();
                    return Ok(Some(table.push(rows.iter().map(row).collect())?));
                }
                Ok(Some(self.written(&rows).into_bytes()))
            }
            Place::Foot => Ok(Some(match (self.format, self.parquet.take()) {
                (_, Some(table)) => table.finish()?,
                (Format::Json, None) => b"\n]}\n".to_vec(),
                (_, None) => Vec::new(),
            })),
            Place::End => Ok(None),
        }
    }

    /// What the table is, and what its columns mean: in every format that can say it.
    fn dictionary(&self) -> serde_json::Value {
        let columns: Vec<serde_json::Value> = self
            .table
            .columns
            .iter()
            .map(|one| {
                let (name, title, meaning) = (one.name, one.zh, one.meaning);
                serde_json::json!({"name": name, "title": title, "kind": one.kind.zh(), "meaning": meaning})
            })
            .collect();
        serde_json::json!({
            "round": self.round.id, "title": self.round.title, "version": self.round.version,
            "published_at": self.round.published_at.to_string(), "as_of": self.round.as_of.to_string(),
            "table": self.table.name, "columns": columns,
        })
    }

    fn columns(&self) -> Result<ParquetTable, ReportError> {
        let notes = vec![("dictionary".to_owned(), self.dictionary().to_string())];
        ParquetTable::new(self.table.name, self.table.columns, notes)
    }

    fn head(&self) -> String {
        let names = self
            .table
            .columns
            .iter()
            .map(|column| column.name.to_owned());
        if self.format == Format::Csv {
            // With the mark by which spreadsheets know UTF-8.
            return format!("\u{feff}{}", write_csv(&[names.collect::<Vec<_>>()]));
        }
        let head = self.dictionary();
        let head = head.to_string();
        // The rows come as the last member of the same object.
        let open = head.strip_suffix('}').unwrap_or(&head);
        format!("{open},\"rows\":[")
    }

    fn written(&mut self, rows: &[Vec<Cell>]) -> String {
        if self.format == Format::Csv {
            let cells = |row: &Vec<Cell>| row.iter().map(Cell::csv).collect::<Vec<_>>();
            return write_csv(&rows.iter().map(cells).collect::<Vec<_>>());
        }
        let mut text = String::new();
        for row in rows {
            text.push_str(if self.is_first { "\n{" } else { ",\n{" });
            self.is_first = false;
            let pairs = self.table.columns.iter().zip(row);
            let pairs: Vec<String> = pairs
                .map(|(column, cell)| format!("\"{}\":{}", column.name, cell.json()))
                .collect();
            text.push_str(&pairs.join(","));
            text.push('}');
        }
        text
    }

    /// The next rows; sets where the ones after them begin.
    async fn rows(
        &mut self,
        after: String,
        number: Option<u64>,
    ) -> Result<Vec<Vec<Cell>>, StoreError> {
        let id = self.round.id.clone();
        self.place = Place::Foot;
        match self.table.name {
            "targets" | "scores" => {
                let targets = self
                    .store
                    .public_targets_after(&id, &after, PORTION)
                    .await?;
                if let Some(last) = targets.last() {
                    self.place = Place::Rows(last.target.0.clone(), None);
                }
                let rows = targets.iter().flat_map(|target| match self.table.name {
                    "targets" => vec![target_row(target)],
                    _ => score_rows(target),
                });
                Ok(rows.collect())
            }
            "findings" => {
                let place = (after.as_str(), number);
                let findings = self
                    .store
                    .public_findings_after(&id, &self.settings, place, PORTION)
                    .await?;
                if let Some(last) = findings.last() {
                    self.place = Place::Rows(last.target.0.clone(), Some(last.number));
                }
                Ok(findings.iter().map(finding_row).collect())
            }
            "counts" => {
                let counts = self.store.public_counts(&id, &self.settings, None).await?;
                let rows = counts.into_iter().map(|one| {
                    vec![
                        Cell::Text(one.check.clone()),
                        Cell::Text(check_title(Lang::Zh, &one.check)),
                        Cell::Text(one.publicity.word().to_owned()),
                        Cell::number(one.targets),
                        Cell::number(one.findings),
                    ]
                });
                Ok(rows.collect())
            }
            _ => Ok(self.round.regions.iter().map(region_row).collect()),
        }
    }
}
