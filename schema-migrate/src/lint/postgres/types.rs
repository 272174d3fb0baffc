use schema_core::model::TableDef;

use crate::lint::{Finding, Lint, Severity};

pub(in crate::lint) const TYPE: Lint = Lint {
    code: "L024",
    severity: Severity::Warning,
    what: "a column has no type that PostgreSQL knows",
    why: "SQLite takes any word for a type, and none; PostgreSQL refuses the table",
    instead: "INTEGER, REAL, TEXT, BLOB or NUMERIC, or a `sql_type` that both know",
};

/// First words of types that PostgreSQL knows, and BLOB, which is written as BYTEA there.
const KNOWN: [&str; 33] = [
    "BIGINT",
    "BIT",
    "BLOB",
    "BOOL",
    "BOOLEAN",
    "BYTEA",
    "CHAR",
    "CHARACTER",
    "CIDR",
    "DATE",
    "DEC",
    "DECIMAL",
    "DOUBLE",
    "FLOAT",
    "FLOAT4",
    "FLOAT8",
    "INET",
    "INT",
    "INT2",
    "INT4",
    "INT8",
    "INTEGER",
    "INTERVAL",
    "JSON",
    "JSONB",
    "NUMERIC",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "UUID",
    "VARCHAR",
];
/// Words that may follow them.
const FOLLOWING: [&str; 6] = ["PRECISION", "VARYING", "WITH", "WITHOUT", "TIME", "ZONE"];

pub(super) fn findings(table: &TableDef, found: &mut Vec<Finding>) {
    for column in table.columns.iter() {
        let text = match column.sql_type.trim() {
            "" if column.generated.is_some() => continue,
            "" => "the column has no type, and in PostgreSQL every column has one".to_owned(),
            known if is_known(known) => continue,
            unknown => format!("PostgreSQL knows no type {unknown}"),
        };
        found.push(Finding::of(&TYPE, &[&table.name, &column.name], text));
    }
}

fn is_known(sql_type: &str) -> bool {
    let name = sql_type.split('(').next().unwrap_or_default().to_ascii_uppercase();
    let rest = sql_type.split_once(')').map(|(_, rest)| rest.to_ascii_uppercase()).unwrap_or_default();
    let mut words = name.split_whitespace().chain(rest.split_whitespace());
    let first = words.next().is_some_and(|first| KNOWN.contains(&first) || first == "TIMESTAMPTZ");
    first && words.all(|word| FOLLOWING.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::is_known;

    #[test]
    fn types_that_both_engines_know_are_told_from_others() {
        for known in [
            "integer",
            "VARCHAR(20)",
            "DOUBLE PRECISION",
            "NUMERIC(10, 2)",
            "timestamp(3) with time zone",
            "character varying ( 20 )",
        ] {
            assert!(is_known(known), "{known}");
        }
        for unknown in
            ["DATETIME", "INTEGER NON", "STRING", "TINYINT", "NVARCHAR(20)", "UNSIGNED BIG INT", "ANY", "()"]
        {
            assert!(!is_known(unknown), "{unknown}");
        }
    }
}
