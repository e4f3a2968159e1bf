//! Tables for spreadsheets (RFC 4180): in UTF-8 with a mark of it, since some spreadsheets guess otherwise.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write;

pub(crate) struct Csv {
    name: String,
    text: String,
}

impl Csv {
    /// A file of this name, with these heads.
    pub(crate) fn new(name: String, heads: &[&str]) -> Self {
        let mut table = Self { name, text: "\u{feff}".to_owned() };
        table.row(heads.iter().map(|head| (*head).to_owned()));
        table
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            let _ = write!(self.text, "{}", quoted(&cell));
        }
        self.text.push_str("\r\n");
    }
}

/// A cell as it is written. What a spreadsheet would take for a formula it gets as text, numbers aside.
fn quoted(cell: &str) -> String {
    let looks_like_formula =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    let cell = if looks_like_formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r', ';']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        let disposition = HeaderValue::try_from(format!("attachment; filename=\"{}\"", self.name))
            .unwrap_or(HeaderValue::from_static("attachment"));
        let media_type = HeaderValue::from_static("text/csv; charset=utf-8");
        ([(header::CONTENT_TYPE, media_type), (header::CONTENT_DISPOSITION, disposition)], self.text)
            .into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_and_never_formulas() {
        assert_eq!(quoted("여름밤"), "여름밤");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(quoted("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(quoted("-0.5"), "-0.5");
        assert_eq!(quoted("@ana"), "'@ana");
        let mut table = Csv::new("t.csv".into(), &["a", "b"]);
        table.row(["1".to_owned(), "two\nlines".to_owned()]);
        assert_eq!(table.text, "\u{feff}a,b\r\n1,\"two\nlines\"\r\n");
    }
}
