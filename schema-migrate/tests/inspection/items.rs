//! Each thing that a schema can have, as it is read.

use schema_core::model::{
    ConflictClause, DefaultDef, Deferrable, Engine, ForeignKeyAction, GeneratedStorage, IndexTarget, SqlText,
};

use crate::schema;

fn text(sql: &SqlText) -> &str {
    sql.on(Engine::Sqlite).unwrap()
}

#[test]
fn columns_have_their_collation_conflict_clause_default_and_type_as_written() {
    let schema = schema(
        "CREATE TABLE t(a VARCHAR(20) COLLATE nocase NOT NULL ON CONFLICT REPLACE DEFAULT \"Active\",
           b INTEGER NON NULL, c BOOL DEFAULT (1 + 1), d, e \"odd (type\", f DECIMAL(10, 2) COLLATE binary)",
    );
    let table = schema.table("t").unwrap();
    let column = |name: &str| table.column(name).unwrap();
    assert_eq!(column("a").collation.as_deref(), Some("NOCASE"));
    assert_eq!(column("a").not_null_conflict, Some(ConflictClause::Replace));
    assert_eq!(column("a").default, DefaultDef::Text("Active".into()));
    assert_eq!((column("b").sql_type.as_ref(), column("b").nullable), ("INTEGER NON", true));
    assert!(matches!(&column("c").default, DefaultDef::Sql(sql) if text(sql) == "1 + 1"));
    assert_eq!(column("d").sql_type, "");
    assert_eq!(column("e").sql_type, "odd (type");
    assert_eq!((column("f").sql_type.as_ref(), column("f").collation.as_deref()), ("DECIMAL(10, 2)", None));
}

#[test]
fn keys_have_their_names_order_collation_conflict_clause_and_autoincrement() {
    let schema = schema(
        "CREATE TABLE a(id INTEGER CONSTRAINT pk PRIMARY KEY ON CONFLICT FAIL AUTOINCREMENT, b CONSTRAINT one UNIQUE);
         CREATE TABLE c(x, y, CONSTRAINT pair PRIMARY KEY (y DESC, x COLLATE nocase), UNIQUE (x) ON CONFLICT IGNORE);
         CREATE TABLE d(id INT PRIMARY KEY); CREATE TABLE e(id INTEGER PRIMARY KEY DESC);",
    );
    let key = |table: &str| schema.table(table).unwrap().primary_key.clone().unwrap();
    assert_eq!(key("a").name.as_deref(), Some("pk"));
    assert_eq!(
        (key("a").autoincrement, key("a").rowid_alias, key("a").conflict),
        (true, true, Some(ConflictClause::Fail))
    );
    assert_eq!(schema.table("a").unwrap().uniques[0].name.as_deref(), Some("one"));
    let pair = key("c");
    assert_eq!((pair.columns[0].name.as_ref(), pair.columns[0].descending), ("y", true));
    assert_eq!(pair.columns[1].collation.as_deref().map(str::to_ascii_lowercase).as_deref(), Some("nocase"));
    assert_eq!(schema.table("c").unwrap().uniques[0].conflict, Some(ConflictClause::Ignore));
    assert!(!key("d").rowid_alias && !key("e").rowid_alias);
}

#[test]
fn checks_have_their_names_and_texts_wherever_they_stand() {
    let schema = schema(
        "CREATE TABLE t(a CHECK (a > ')') CONSTRAINT \"named (\" CHECK (a <> 'x'), b, CHECK (a < b /* , */),
           CONSTRAINT last CHECK (CASE WHEN a IN (1, 2) THEN 1 ELSE b END))",
    );
    let checks = &schema.tables[0].checks;
    let found: Vec<(Option<&str>, &str)> =
        checks.iter().map(|check| (check.name.as_deref(), text(&check.expression))).collect();
    assert_eq!(found[0], (None, "a > ')'"));
    assert_eq!(found[1], (Some("named ("), "a <> 'x'"));
    assert!(found[2].1.starts_with("a < b"));
    assert_eq!(found[3], (Some("last"), "CASE WHEN a IN (1, 2) THEN 1 ELSE b END"));
}

#[test]
fn foreign_keys_have_their_columns_actions_and_time() {
    let schema = schema(
        "CREATE TABLE p(a, b, PRIMARY KEY (a, b));
         CREATE TABLE t(x REFERENCES t ON DELETE SET DEFAULT ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED, y,
           CONSTRAINT both FOREIGN KEY (x, y) REFERENCES \"p\"(a, b) MATCH FULL ON DELETE CASCADE NOT DEFERRABLE)",
    );
    let keys = &schema.table("t").unwrap().foreign_keys;
    assert_eq!(
        (keys[0].on_delete, keys[0].on_update),
        (ForeignKeyAction::SetDefault, ForeignKeyAction::Restrict)
    );
    assert_eq!((keys[0].deferrable, keys[0].references.len()), (Deferrable::InitiallyDeferred, 0));
    assert_eq!((keys[1].name.as_deref(), keys[1].table.as_ref()), (Some("both"), "p"));
    assert_eq!((keys[1].columns.len(), keys[1].references.len()), (2, 2));
    assert_eq!((keys[1].on_delete, keys[1].deferrable), (ForeignKeyAction::Cascade, Deferrable::Not));
}

#[test]
fn computed_columns_strict_tables_and_tables_without_rowids_are_told() {
    let schema = schema(
        "CREATE TABLE g(a INT, b AS (a * 2), c TEXT GENERATED ALWAYS AS (a || ', )') STORED);
         CREATE TABLE s(id INT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID;",
    );
    let generated = |name: &str| schema.table("g").unwrap().column(name).unwrap().generated.clone();
    assert_eq!(generated("a"), None);
    assert_eq!(generated("b").unwrap().storage, GeneratedStorage::Virtual);
    let stored = generated("c").unwrap();
    assert_eq!((text(&stored.expression), stored.storage), ("a || ', )'", GeneratedStorage::Stored));
    let strict = schema.table("s").unwrap();
    assert!(strict.strict && strict.without_rowid);
}

#[test]
fn indexes_have_their_expressions_order_collation_and_condition() {
    let schema = schema(
        "CREATE TABLE t(a TEXT COLLATE nocase, b);
         CREATE UNIQUE INDEX \"i (\" ON t(a COLLATE binary DESC, lower(b), \"b\") WHERE b IS NOT ' WHERE ';",
    );
    let index = &schema.tables[0].indexes[0];
    assert_eq!((index.name.as_ref(), index.unique), ("i (", true));
    let collation = index.parts[0].collation.as_deref().map(str::to_ascii_uppercase);
    assert_eq!((collation.as_deref(), index.parts[0].descending), (Some("BINARY"), true));
    assert!(matches!(&index.parts[1].target, IndexTarget::Expression(sql) if text(sql) == "lower(b)"));
    assert!(matches!(&index.parts[2].target, IndexTarget::Column(name) if name == "b"));
    assert_eq!(index.filter.as_ref().map(text), Some("b IS NOT ' WHERE '"));
}

#[test]
fn views_triggers_and_virtual_tables_are_carried_as_their_texts() {
    let view = "CREATE VIEW v AS SELECT a, 'x;' FROM t -- end";
    let instead = "CREATE TRIGGER i INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a); END";
    let trigger = "CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; END";
    let search = "CREATE VIRTUAL TABLE ft USING fts5(body, content='t')";
    let schema = schema(&format!("CREATE TABLE t(a); {view}\n; {instead}; {trigger}; {search};"));
    assert_eq!(schema.views.len(), 1);
    assert_eq!(text(&schema.views[0].sql).trim_end(), view);
    assert_eq!(text(&schema.views[0].triggers[0].sql), instead);
    assert_eq!(text(&schema.table("t").unwrap().triggers[0].sql), trigger);
    let table = &schema.virtual_tables[0];
    assert_eq!((table.name.as_ref(), table.sql.as_ref()), ("ft", search));
    assert_eq!(table.shadows.len(), 4, "{:?}", table.shadows);
    assert_eq!(schema.tables.len(), 1, "shadow tables are no tables of the schema");
}

#[test]
fn every_way_of_quoting_and_every_odd_name_is_read_as_the_name() {
    let schema = schema(
        "CREATE TABLE \"we\"\"ird\"([a b], `c``d`, 'it''s', \"x.y\", \"select\", é, \"\", \"日本 😀\", \"(,)\", _ INT);
         CREATE INDEX [i.1] ON 'we\"ird'(`a b`, \"it's\");",
    );
    let table = schema.table("we\"ird").unwrap();
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_ref()).collect();
    assert_eq!(names, ["a b", "c`d", "it's", "x.y", "select", "é", "", "日本 😀", "(,)", "_"]);
    assert_eq!(table.indexes[0].parts.len(), 2);
}

#[test]
fn comments_in_stored_texts_are_kept_and_mean_nothing() {
    let sql = "CREATE TABLE t( -- first, (\n a INT /* ' , ) */, -- \"\n CHECK /* why */ (a > 0) -- last )\n)";
    let commented = schema(sql);
    assert_eq!(commented.tables[0].sql.as_deref(), Some(sql));
    let plain = schema("CREATE TABLE t(a INT, CHECK (a > 0))");
    let answers = schema_migrate::diff::Answers::default();
    let comparison = schema_migrate::diff::compare(&commented, &plain, &plain, &answers).unwrap();
    assert!(comparison.is_empty(), "{:?}", comparison.changes);
}
