use schema_core::model::{CheckDef, ColumnDef, Engine, TableDef};
use schema_core::rusqlite::types::Value;

use crate::sql::{Token, TokenKind, tokens};

/// A source of numbers that gives the same ones on every run: a proof can be repeated.
#[derive(Debug)]
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn new() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }

    /// A number below `end`, which is not 0. (Knuth's constants for a linear congruence.)
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % end.max(1)
    }
}

/// The columns of the table that a CHECK names.
pub(super) fn columns_in(table: &TableDef, check: &CheckDef) -> Vec<usize> {
    let text = check.expression.on(Engine::Sqlite).unwrap_or_default();
    let all = tokens(text).unwrap_or_default();
    let named = |column: &ColumnDef| {
        all.iter().any(|token| token.kind != TokenKind::Text && token.names(&column.name))
    };
    (0..table.columns.len()).filter(|position| named(&table.columns[*position])).collect()
}

/// What may be tried in a column of row number `row`: literals of the CHECKs that name it and their
/// neighbours, values of its kind, boundaries, and NULL.
pub(super) fn candidates(table: &TableDef, column: &ColumnDef, row: usize) -> Vec<Value> {
    let number = i64::try_from(row).unwrap_or(0);
    let mut found = Vec::new();
    let position = table.position(&column.name);
    for check in table.checks.iter() {
        if position.is_some_and(|position| columns_in(table, check).contains(&position)) {
            let text = check.expression.on(Engine::Sqlite).unwrap_or_default();
            tokens(text).unwrap_or_default().iter().for_each(|token| literal(*token, &mut found));
        }
    }
    let affinity = affinity(&column.sql_type);
    if matches!(affinity, Affinity::Integer | Affinity::Numeric | Affinity::Real) {
        found.extend(
            [number + 1, number * 7 + 40, 0, 1, -1, i64::from(i32::MAX) + number].map(Value::Integer),
        );
    }
    match affinity {
        Affinity::Integer => found.extend([i64::MAX - number, i64::MIN + number].map(Value::Integer)),
        Affinity::Real => found.extend([0.1 + row_f64(row), -1.5, 1e300].map(Value::Real)),
        Affinity::Text | Affinity::Numeric => {
            found.extend(
                [
                    format!("text {row}"),
                    format!("2025-11-{:02}", row % 28 + 1),
                    format!("2025-11-27 14:30:{:02}.000000", row % 60),
                    format!("019ac6a0-0000-7000-8000-{row:012x}"),
                    String::new(),
                    format!("it's \"{row}\",\nÜmläut"),
                    format!("{{\"a\":{row}}}"),
                    format!("r{row}"),
                    format!("0{row}7"),
                ]
                .map(Value::Text),
            );
        }
        Affinity::Blob => {}
    }
    if matches!(affinity, Affinity::Blob) {
        found.extend(
            [vec![0, 255, row.to_le_bytes()[0]], Vec::new(), vec![row.to_le_bytes()[0]; 16]].map(Value::Blob),
        );
        if column.sql_type.is_empty() || column.sql_type.eq_ignore_ascii_case("any") {
            found.extend([Value::Integer(number), Value::Text(format!("text {row}"))]);
        }
    }
    found
}

fn row_f64(row: usize) -> f64 {
    f64::from(u32::try_from(row).unwrap_or(0))
}

fn literal(token: Token<'_>, found: &mut Vec<Value>) {
    match token.kind {
        TokenKind::Text => found.push(Value::Text(token.name())),
        TokenKind::Number => {
            if let Ok(number) = token.text.parse::<i64>() {
                found
                    .extend([number, number.saturating_add(1), number.saturating_sub(1)].map(Value::Integer));
                // `length(x) = 36` wants a text of that length.
                if let Ok(length @ 1..=64) = usize::try_from(number) {
                    found.push(Value::Text("x".repeat(length)));
                }
            } else if let Ok(number) = token.text.parse::<f64>() {
                found.push(Value::Real(number));
            }
        }
        _ => {}
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

/// <https://sqlite.org/datatype3.html#determination_of_column_affinity>
fn affinity(sql_type: &str) -> Affinity {
    let upper = sql_type.to_ascii_uppercase();
    let has = |part: &str| upper.contains(part);
    if has("INT") {
        Affinity::Integer
    } else if has("CHAR") || has("CLOB") || has("TEXT") {
        Affinity::Text
    } else if has("BLOB") || upper.is_empty() || upper == "ANY" {
        Affinity::Blob
    } else if has("REAL") || has("FLOA") || has("DOUB") {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}
