//! 表格: a sheet of plain text cells, as spreadsheets and CSV files carry them, and a reader by column name that collects all errors.

use std::collections::BTreeMap;

/// 表. Name and rows of text; row 1 of the file is `rows[0]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Sheet or file name.
    pub name: String,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// 单元格错误. Where, and what to mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{file}{}：{problem}", place(.row, .column))]
pub struct CellError {
    /// File or sheet.
    pub file: String,
    /// Row, from 1, the heads being row 1; 0 where the whole file is meant.
    pub row: usize,
    /// Column head; empty where no column is meant.
    pub column: String,
    /// What is wrong.
    pub problem: String,
}

/// Row and column as far as there are any.
fn place(row: &usize, column: &str) -> String {
    let mut place = String::new();
    if *row > 0 {
        place.push_str(&format!("第{row}行"));
    }
    if !column.is_empty() {
        place.push_str(&format!("“{column}”列"));
    }
    place
}

/// Reads CSV (RFC 4180: commas, double quotes, any line end; a byte order mark is skipped). Empty lines are left out.
pub fn parse_csv(name: &str, text: &str) -> Sheet {
    let mut rows = Vec::new();
    let mut row: Vec<String> = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' if quoted => quoted = false,
            '"' if cell.is_empty() => quoted = true,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => end_row(&mut rows, &mut row, &mut cell),
            _ => cell.push(c),
        }
    }
    end_row(&mut rows, &mut row, &mut cell);
    Sheet {
        name: name.to_owned(),
        rows,
    }
}

/// Writes rows as CSV (RFC 4180), a line feed after each; a cell is quoted where it has to be.
pub fn write_csv<R: AsRef<[String]>>(rows: &[R]) -> String {
    let cell = |text: &String| match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.clone(),
    };
    rows.iter()
        .map(|row| {
            let cells: Vec<String> = row.as_ref().iter().map(cell).collect();
            cells.join(",") + "\n"
        })
        .collect()
}

fn end_row(rows: &mut Vec<Vec<String>>, row: &mut Vec<String>, cell: &mut String) {
    if row.is_empty() && cell.is_empty() {
        return;
    }
    row.push(std::mem::take(cell));
    rows.push(std::mem::take(row));
}

/// 记录. One row under its heads; reading a cell notes what is wrong with it.
pub struct Record<'a> {
    file: &'a str,
    /// Row number, from 1.
    pub row: usize,
    cells: BTreeMap<&'a str, &'a str>,
}

impl Sheet {
    /// The rows under the heads. Missing heads are errors, further ones are left alone. The rows of a missing column are not held
    /// against anybody again: reading its cells gives nothing and says nothing.
    pub fn records<'a>(&'a self, needed: &[&str], errors: &mut Vec<CellError>) -> Vec<Record<'a>> {
        if self.rows.is_empty() {
            errors.push(CellError {
                file: self.name.clone(),
                row: 0,
                column: String::new(),
                problem: format!("是空的；第1行应是列名 {}", needed.join("、")),
            });
            return Vec::new();
        }
        let heads: Vec<&str> = self.rows.first().map_or(Vec::new(), |row| {
            row.iter().map(|cell| cell.trim()).collect()
        });
        for column in needed.iter().filter(|column| !heads.contains(column)) {
            errors.push(CellError {
                file: self.name.clone(),
                row: 1,
                column: (*column).to_owned(),
                problem: "缺少这一列".to_owned(),
            });
        }
        let record = |(index, row): (usize, &'a Vec<String>)| Record {
            file: &self.name,
            row: index + 1,
            // A short row has empty cells at its end.
            cells: heads
                .iter()
                .copied()
                .zip(
                    row.iter()
                        .map(|cell| cell.trim())
                        .chain(std::iter::repeat("")),
                )
                .collect(),
        };
        self.rows.iter().enumerate().skip(1).map(record).collect()
    }
}

impl<'a> Record<'a> {
    /// A cell's text; empty where the cell is not there.
    pub fn text(&self, column: &str) -> &'a str {
        self.cells.get(column).copied().unwrap_or("")
    }

    /// Whether the table has the column at all.
    pub fn has(&self, column: &str) -> bool {
        self.cells.contains_key(column)
    }

    /// A problem with a cell.
    pub fn error(&self, column: &str, problem: impl Into<String>) -> CellError {
        CellError {
            file: self.file.to_owned(),
            row: self.row,
            column: column.to_owned(),
            problem: problem.into(),
        }
    }

    /// A cell that must not be empty.
    pub fn required(&self, column: &str, errors: &mut Vec<CellError>) -> &'a str {
        let text = self.text(column);
        if text.is_empty() && self.has(column) {
            errors.push(self.error(column, "不能为空"));
        }
        text
    }

    /// One of several words, with what each means.
    pub fn choice<T: Copy>(
        &self,
        column: &str,
        choices: &[(&str, T)],
        errors: &mut Vec<CellError>,
    ) -> Option<T> {
        if !self.has(column) {
            return None;
        }
        let text = self.text(column);
        let found = choices
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<&str> = choices
                .iter()
                .map(|(word, _)| *word)
                .filter(|word| !word.is_empty())
                .collect();
            let problem = match text {
                "" => format!("不能为空；可填 {}", words.join("、")),
                _ => format!("“{text}”不认识；可填 {}", words.join("、")),
            };
            errors.push(self.error(column, problem));
        }
        found
    }

    /// A value to parse; `None` where the cell is empty or wrong (an error then).
    pub fn parsed<T: std::str::FromStr>(
        &self,
        column: &str,
        what: &str,
        errors: &mut Vec<CellError>,
    ) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let value = text.parse().ok();
        if value.is_none() {
            errors.push(self.error(column, format!("“{text}”不是{what}")));
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_keeps_quotes_commas_and_line_ends_inside_cells() {
        let sheet = parse_csv(
            "a.csv",
            "\u{feff}甲,乙\r\n\"一,二\",\"他说\"\"好\"\"\"\n\n\"两\n行\",\n",
        );
        let expected = [["甲", "乙"], ["一,二", "他说\"好\""], ["两\n行", ""]];
        assert_eq!(
            sheet.rows,
            expected.map(|row| row.map(str::to_owned).to_vec()).to_vec()
        );
    }

    #[test]
    fn csv_that_is_written_reads_the_same() {
        let rows = [["甲", "乙,丙"], ["他说\"好\"", "两\n行"], ["", " 空 "]]
            .map(|row| row.map(str::to_owned).to_vec());
        let text = write_csv(&rows);
        assert_eq!(text.lines().next(), Some("甲,\"乙,丙\""));
        assert_eq!(parse_csv("a.csv", &text).rows, rows);
    }

    #[test]
    fn errors_name_file_row_and_column() {
        let sheet = parse_csv("a.csv", "甲\n\n三\n");
        let mut errors = Vec::new();
        let records = sheet.records(&["甲", "乙"], &mut errors);
        assert!(
            records[0]
                .parsed::<u32>("甲", "整数", &mut errors)
                .is_none()
        );
        let printed: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            printed,
            [
                "a.csv第1行“乙”列：缺少这一列",
                "a.csv第2行“甲”列：“三”不是整数"
            ]
        );
    }

    #[test]
    fn a_missing_column_or_an_empty_table_is_said_once() {
        let sheet = parse_csv("a.csv", "甲\n一\n二\n");
        let mut errors = Vec::new();
        for record in sheet.records(&["甲", "乙"], &mut errors) {
            record.required("乙", &mut errors);
            assert_eq!(record.choice("乙", &[("是", true)], &mut errors), None);
        }
        assert_eq!(errors.len(), 1, "{errors:?}");

        let mut errors = Vec::new();
        assert!(
            parse_csv("b.csv", "")
                .records(&["甲", "乙"], &mut errors)
                .is_empty()
        );
        let printed: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(printed, ["b.csv：是空的；第1行应是列名 甲、乙"]);
    }

    #[test]
    fn cells_that_a_short_row_lacks_are_empty() {
        let sheet = parse_csv("a.csv", "甲,乙\n一\n");
        let mut errors = Vec::new();
        sheet.records(&["甲", "乙"], &mut errors)[0].required("乙", &mut errors);
        assert_eq!(errors[0].to_string(), "a.csv第2行“乙”列：不能为空");
    }
}
