use crate::dialect::{quote_identifier, quote_text};
use crate::model::{FullTextDef, TableDef};

/// The statements of a table's full-text indexes: each virtual table, then the triggers that keep
/// it in step with the rows.
///
/// The triggers are those of SQLite's documentation of external content tables
/// (<https://www.sqlite.org/fts5.html#external_content_tables>): what is taken out has to be given
/// exactly as it was put in.
pub fn full_text_statements(table: &TableDef) -> Vec<String> {
    table.full_text.iter().flat_map(|index| statements(table, index)).collect()
}

fn statements(table: &TableDef, index: &FullTextDef) -> Vec<String> {
    let rowid = rowid(table);
    let quoted: Vec<String> = index.columns.iter().map(|column| quote_identifier(column)).collect();
    let mut arguments = quoted.clone();
    arguments.push(format!("content={}", quote_text(&table.name)));
    arguments.push(format!("content_rowid={}", quote_text(rowid)));
    arguments.extend(index.tokenize.iter().map(|text| format!("tokenize={}", quote_text(text))));
    arguments.extend(index.prefix.iter().map(|text| format!("prefix={}", quote_text(text))));
    let (name, content, columns) = (quote_identifier(&index.name), quote_identifier(&table.name), quoted);
    let values = |row: &str| -> String {
        let values: Vec<String> = columns.iter().map(|column| format!("{row}.{column}")).collect();
        format!("{row}.{}, {}", quote_identifier(rowid), values.join(", "))
    };
    let put = format!("INSERT INTO {name} (rowid, {}) VALUES ({});", columns.join(", "), values("new"));
    let take = format!(
        "INSERT INTO {name} ({name}, rowid, {}) VALUES ('delete', {});",
        columns.join(", "),
        values("old")
    );
    let trigger = |event: &str, body: &[&str]| {
        format!(
            "CREATE TRIGGER {} AFTER {event} ON {content}\nBEGIN\n  {}\nEND",
            quote_identifier(&format!("{}_{}", index.name, event.to_ascii_lowercase())),
            body.join("\n  ")
        )
    };
    vec![
        format!("CREATE VIRTUAL TABLE {name} USING fts5 (\n  {}\n)", arguments.join(",\n  ")),
        trigger("INSERT", &[&put]),
        trigger("DELETE", &[&take]),
        trigger("UPDATE", &[&take, &put]),
    ]
}

/// The name under which a row's number is read: the INTEGER PRIMARY KEY, or one of the rowid's names
/// that no column takes.
fn rowid(table: &TableDef) -> &str {
    let alias = table.primary_key.as_ref().and_then(|key| match key.columns.as_ref() {
        [column] => table.column(&column.name).filter(|found| {
            key.rowid_alias || (found.sql_type.eq_ignore_ascii_case("INTEGER") && !column.descending)
        }),
        _ => None,
    });
    let free = || {
        let names = ["rowid", "_rowid_", "oid"];
        names.into_iter().find(|name| table.column(name).is_none()).unwrap_or("rowid")
    };
    alias.filter(|_| !table.without_rowid).map_or_else(free, |column| column.name.as_ref())
}
