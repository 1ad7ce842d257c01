//! Parquet: a table of open data in columns with their types, for programs that reckon with it. Written in portions: no table stands in
//! memory whole. The dictionary of the table is part of the file (`dictionary` of its metadata).

use std::sync::Arc;

use jiff::civil::{Date, date};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use xuncha_core::publicity::{Column, ColumnKind};

use crate::ReportError;

/// Rows of a group: what stands in memory at once.
const GROUP_ROWS: usize = 20_000;
/// Digits of points, two of them behind the point.
const PRECISION: i32 = 18;
const PLACES: i32 = 2;

/// Parquet 表. A table that is being written.
pub struct ParquetTable {
    writer: SerializedFileWriter<Vec<u8>>,
    kinds: Vec<ColumnKind>,
    /// Rows of the group that is not written yet; `None` is an empty cell.
    open: Vec<Vec<Option<String>>>,
}

impl ParquetTable {
    /// A table of these columns; `notes` are kept in the file by their names.
    pub fn new(
        name: &str,
        columns: &[Column],
        notes: Vec<(String, String)>,
    ) -> Result<ParquetTable, ReportError> {
        let fields: Result<Vec<_>, ParquetError> = columns.iter().map(field).collect();
        let schema = fields
            .and_then(|fields| Type::group_type_builder(name).with_fields(fields).build())
            .map_err(failed)?;
        let note = |(key, value): (String, String)| KeyValue::new(key, value);
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by("xuncha".to_owned())
            .set_key_value_metadata(Some(notes.into_iter().map(note).collect()))
            .build();
        let writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties));
        Ok(ParquetTable {
            writer: writer.map_err(failed)?,
            kinds: columns.iter().map(|column| column.kind).collect(),
            open: Vec::new(),
        })
    }

    /// Takes rows as they print; answers with the bytes that are ready.
    pub fn push(&mut self, rows: Vec<Vec<Option<String>>>) -> Result<Vec<u8>, ReportError> {
        self.open.extend(rows);
        if self.open.len() >= GROUP_ROWS {
            self.write_group()?;
        }
        self.ready()
    }

    /// The end of the file.
    pub fn finish(mut self) -> Result<Vec<u8>, ReportError> {
        self.write_group()?;
        self.writer.finish().map_err(failed)?;
        self.ready()
    }

    fn ready(&mut self) -> Result<Vec<u8>, ReportError> {
        self.writer
            .flush()
            .map_err(|error| ReportError::document("Parquet", error))?;
        Ok(std::mem::take(self.writer.inner_mut()))
    }

    fn write_group(&mut self) -> Result<(), ReportError> {
        let rows = std::mem::take(&mut self.open);
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(failed)?;
        let mut at = 0;
        while let Some(column) = group.next_column().map_err(failed)? {
            let cells = rows
                .iter()
                .map(|row| row.get(at).and_then(|cell| cell.as_deref()));
            put_column(column, self.kinds[at], cells)?;
            at += 1;
        }
        group.close().map_err(failed)?;
        Ok(())
    }
}

fn failed(error: ParquetError) -> ReportError {
    ReportError::document("Parquet", error)
}

fn field(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match column.kind {
        ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Whole => (Physical::INT64, None),
        ColumnKind::Points => (
            Physical::INT64,
            Some(LogicalType::decimal(PLACES, PRECISION)),
        ),
        ColumnKind::Flag => (Physical::BOOLEAN, None),
        ColumnKind::Date => (Physical::INT32, Some(LogicalType::Date)),
    };
    let mut builder = Type::primitive_type_builder(column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    if column.kind == ColumnKind::Points {
        builder = builder.with_precision(PRECISION).with_scale(PLACES);
    }
    Ok(Arc::new(builder.build()?))
}

fn put_column<'a>(
    mut column: SerializedColumnWriter<'_>,
    kind: ColumnKind,
    cells: impl Iterator<Item = Option<&'a str>>,
) -> Result<(), ReportError> {
    let cells: Vec<Option<&str>> = cells.collect();
    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let there = || cells.iter().copied().flatten();
    let levels = Some(levels.as_slice());
    match kind {
        ColumnKind::Text => {
            let values: Vec<ByteArray> = there().map(ByteArray::from).collect();
            let writer = column.typed::<ByteArrayType>();
            writer.write_batch(&values, levels, None)
        }
        ColumnKind::Whole => {
            let values = read(there(), |text| text.parse().ok())?;
            let writer = column.typed::<Int64Type>();
            writer.write_batch(&values, levels, None)
        }
        ColumnKind::Points => {
            let values = read(there(), hundredths)?;
            let writer = column.typed::<Int64Type>();
            writer.write_batch(&values, levels, None)
        }
        ColumnKind::Flag => {
            let values = read(there(), |text| text.parse().ok())?;
            let writer = column.typed::<BoolType>();
            writer.write_batch(&values, levels, None)
        }
        ColumnKind::Date => {
            let values = read(there(), days)?;
            let writer = column.typed::<Int32Type>();
            writer.write_batch(&values, levels, None)
        }
    }
    .map_err(failed)?;
    column.close().map_err(failed)
}

/// Cells as values; one that is none of its column's kind is an error, never an empty cell.
fn read<'a, T>(
    cells: impl Iterator<Item = &'a str>,
    value: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, ReportError> {
    let wrong = |text: &str| ReportError::document("Parquet", format!("“{text}”不是这一列的值"));
    cells
        .map(|text| value(text).ok_or_else(|| wrong(text)))
        .collect()
}

/// A decimal of at most two places as a whole number of hundredths.
fn hundredths(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    if digits.len() > 2 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part: i64 = format!("{digits:0<2}").parse().ok()?;
    let whole: i64 = whole.parse().ok().filter(|whole| *whole >= 0)?;
    Some(sign * (whole.checked_mul(100)? + part))
}

/// Days since 1970.
fn days(text: &str) -> Option<i32> {
    let day: Date = text.parse().ok()?;
    Some(day.since(date(1970, 1, 1)).ok()?.get_days())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use xuncha_core::publicity::table_of;

    use super::{GROUP_ROWS, ParquetTable, days, hundredths};

    #[test]
    fn a_long_table_is_written_in_groups_and_comes_back_whole() {
        let columns = table_of("counts").unwrap().columns;
        let mut table = ParquetTable::new("counts", columns, Vec::new()).unwrap();
        let mut bytes = Vec::new();
        let count = GROUP_ROWS * 2 + 7;
        for at in 0..count {
            let row = vec![
                Some(format!("检查{at}")),
                None,
                Some("full".to_owned()),
                Some(at.to_string()),
                Some("1".to_owned()),
            ];
            bytes.extend(table.push(vec![row]).unwrap());
        }
        assert!(bytes.len() > 1_000, "what is ready does not wait");
        bytes.extend(table.finish().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("counts.parquet");
        std::fs::write(&path, bytes).unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
        assert_eq!(reader.metadata().num_row_groups(), 3);
        let rows: Vec<_> = reader
            .get_row_iter(None)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(rows.len(), count);
        let last = rows[count - 1].to_string();
        assert!(
            last.contains(&format!("检查{}", count - 1)) && last.contains("null"),
            "{last}"
        );
    }

    #[test]
    fn what_is_no_number_is_no_empty_cell() {
        let columns = table_of("counts").unwrap().columns;
        let mut table = ParquetTable::new("counts", columns, Vec::new()).unwrap();
        let cell = |text: &str| Some(text.to_owned());
        table
            .push(vec![vec![cell("a"), None, None, cell("多"), None]])
            .unwrap();
        assert!(table.finish().unwrap_err().to_string().contains("多"));
    }

    #[test]
    fn points_and_days_are_exact() {
        for (text, value) in [
            ("82.9", Some(8290)),
            ("-0.05", Some(-5)),
            ("100", Some(10_000)),
            ("0", Some(0)),
            ("1.234", None),
            ("", None),
            ("1.-5", None),
            ("--1", None),
        ] {
            assert_eq!(hundredths(text), value, "{text}");
        }
        assert_eq!(days("1970-01-02"), Some(1));
        assert_eq!(days("1969-12-31"), Some(-1));
        assert_eq!(days("昨天"), None);
    }
}
