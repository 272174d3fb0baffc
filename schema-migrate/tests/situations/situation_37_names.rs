//! Situations 14, 15, 37 and 38: odd names, taken names and tables that are somebody else's.

use crate::harness::{Pair, schema_of};

#[test]
fn odd_names_are_right_everywhere() {
    for name in ["a b", "a.b", "select", "it's", "say \"x\"", "Bücher", "a`b", "a[b]", "1st", "--", "x;y"] {
        let table = schema_core::dialect::quote_identifier(name);
        let column = schema_core::dialect::quote_identifier(&format!("{name} c"));
        let renamed = schema_core::dialect::quote_identifier(&format!("{name} d"));
        let from = format!(
            "CREATE TABLE {table}(id INTEGER PRIMARY KEY AUTOINCREMENT, {column} TEXT CHECK ({column} <> ''), n INTEGER,
                 p INTEGER REFERENCES {table}(id));
             CREATE INDEX i ON {table}({column}) WHERE {column} > 'a';
             CREATE TRIGGER g AFTER INSERT ON {table} BEGIN UPDATE {table} SET n = 1 WHERE {column} = 'q'; END;"
        );
        let to = from.replace(&column, &renamed).replace("n INTEGER", "n TEXT");
        let rows = format!("INSERT INTO {table}(id, {column}, p) VALUES (5, 'q', NULL), (6, 'r', 5);");
        let flag = format!("{table}.{column}:{table}.{renamed}");
        let path = format!("{name}.n");
        let changed = [path.as_str()];
        for walk in Pair::new(&from, &rows, &to).rename(&flag).changed(&changed).walk() {
            assert_eq!(walk.plan.rebuilt, [name]);
        }
    }
}

#[test]
fn a_taken_temporary_name_is_left_alone() {
    let from =
        "CREATE TABLE t(a TEXT); CREATE TABLE \"_new_t\"(x TEXT); CREATE VIEW \"_NEW_T_2\" AS SELECT 1;";
    let to = from.replace("a TEXT", "a BLOB");
    let pair = Pair::new(from, "", &to);
    let plan = pair.plan(crate::harness::TARGETS[0]);
    assert!(plan.up[0].sql.starts_with("CREATE TABLE \"_new_t_3\""), "{}", plan.up[0].sql);
}

#[test]
fn virtual_tables_and_what_their_modules_keep_are_no_tables_of_ours() {
    let schema = schema_of(
        "CREATE TABLE doc(id INTEGER PRIMARY KEY, body TEXT);
         CREATE VIRTUAL TABLE doc_text USING fts5(body, content='doc', content_rowid='id');
         CREATE TABLE doc_text_notes(x);",
    );
    let names: Vec<&str> = schema.tables.iter().map(|table| table.name.as_ref()).collect();
    assert_eq!(names, ["doc", "doc_text_notes"]);
    assert_eq!(schema.virtual_tables[0].name, "doc_text");
    assert!(schema.virtual_tables[0].shadows.iter().any(|shadow| shadow == "doc_text_data"));
}

#[test]
fn an_index_of_external_content_still_matches_after_a_rebuild() {
    let from = "CREATE TABLE doc(name TEXT PRIMARY KEY, body TEXT);
        CREATE VIRTUAL TABLE doc_text USING fts5(body, content='doc');
        CREATE TRIGGER doc_added AFTER INSERT ON doc BEGIN
            INSERT INTO doc_text(rowid, body) VALUES (new.rowid, new.body); END;";
    let to = from.replacen("body TEXT", "body TEXT, n INTEGER NOT NULL DEFAULT (1 + 1)", 1);
    let rows = "INSERT INTO doc(rowid, name, body) VALUES (3, 'a', 'one two'), (9, 'b', 'two three');";
    for walk in Pair::new(from, rows, &to).walk() {
        assert_eq!(walk.plan.rebuilt, ["doc"]);
        let found = "SELECT doc.name FROM doc_text JOIN doc ON doc.rowid = doc_text.rowid WHERE doc_text MATCH 'three'";
        assert_eq!(walk.upgraded.text(found), ["'b'"]);
    }
}

#[test]
fn functions_and_collations_of_the_application_are_no_obstacle() {
    let database = schema_migrate::inspect::scratch().unwrap();
    schema_migrate::inspect::execute(
        &database,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT COLLATE german, CHECK (is_fine(a)))",
    )
    .unwrap();
    let schema = schema_migrate::inspect::sqlite::schema(&database).unwrap();
    let again = schema_migrate::inspect::replay(&schema).unwrap();
    assert_eq!(schema_migrate::inspect::sqlite::schema(&again).unwrap(), schema);
}

#[test]
fn a_virtual_table_of_an_unknown_module_is_left_alone() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT); PRAGMA writable_schema = ON;
        INSERT INTO sqlite_schema(type, name, tbl_name, rootpage, sql)
            VALUES ('table', 'odd', 'odd', 0, 'CREATE VIRTUAL TABLE odd USING nobody_knows(a, b)');
        PRAGMA writable_schema = RESET;";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, b BLOB);";
    let schema = schema_of(from);
    assert_eq!((schema.tables.len(), schema.virtual_tables.len()), (1, 1));
    for walk in Pair::new(from, "INSERT INTO t VALUES (1, 'x');", to).rename("t.a:t.b").walk() {
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM sqlite_schema WHERE name = 'odd'"), ["1"]);
    }
}
