use std::fs;

use schema_migrate::diff::{Answers, compare};
use schema_migrate::files::{Draft, Folder, Migration, Revision};
use schema_migrate::generate::{GenerateRequest, Generated, generate};
use schema_migrate::plan::{self, EngineVersion};
use schema_migrate::proof::prove;

use super::support::{LIBRARY, REBUILT, World, assert_told, schema_of};

#[test]
fn equal_schemas_write_nothing() {
    let world = World::library();
    assert!(matches!(
        world.try_generate(LIBRARY, &Answers::default()),
        Ok(Generated::Nothing { tables: 2, migrations: 1 })
    ));
    assert_eq!(world.files().len(), 1);
}

#[test]
fn the_proof_sends_rows_through_every_table() {
    let world = World::library();
    let drafted = world.generate(REBUILT);
    let proof = drafted.proof.unwrap();
    assert!(proof.rows >= 10 && proof.empty.is_empty() && proof.has_down, "{proof:?}");
    let text = fs::read_to_string(drafted.written.unwrap()).unwrap();
    assert!(text.contains("-- needs:    foreign_keys=off") && text.contains("-- parents:  "), "{text}");
    assert_eq!(fs::read_dir(world.folder()).unwrap().count(), 2, "a temporary file is left");
}

#[test]
fn a_table_that_a_trigger_of_another_names_is_rebuilt() {
    let world = World::new();
    let named = format!(
        "{LIBRARY}
        CREATE TRIGGER books_touch AFTER UPDATE ON books BEGIN
          UPDATE authors SET name = name || '!' WHERE id = NEW.author_id;
        END;"
    );
    world.generate(&named);
    world.migrate().unwrap();
    world.fill(30);
    let strict = named.replace("name TEXT NOT NULL);", "name TEXT NOT NULL) STRICT;");
    let drafted = world.generate(&strict);
    assert!(drafted.proof.unwrap().rows > 0);
    let before = world.count("SELECT count(*) FROM books");
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM books"), before);
    world.sql("UPDATE books SET pages = 1 WHERE id = (SELECT min(id) FROM books)");
    assert_eq!(world.count("SELECT count(*) FROM authors WHERE name LIKE '%!'"), 1);
    world.rollback(1).unwrap();
}

#[test]
fn constraints_that_values_have_to_be_found_for_are_filled() {
    let world = World::new();
    let hard = "
        CREATE TABLE kinds (code TEXT PRIMARY KEY CHECK (length(code) = 3), rank INTEGER NOT NULL UNIQUE CHECK (rank BETWEEN 100 AND 120)) STRICT;
        CREATE TABLE things (
          id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
          kind TEXT NOT NULL REFERENCES kinds(code),
          state TEXT NOT NULL CHECK (state IN ('draft', 'done')),
          done_at TEXT CHECK ((state = 'done') = (done_at IS NOT NULL)),
          meta TEXT CHECK (json_valid(meta)),
          flag INTEGER NOT NULL CHECK (flag IN (0, 1)),
          a INTEGER, b INTEGER, UNIQUE (a, b)
        ) STRICT;
        CREATE TABLE pairs (left_code TEXT NOT NULL, rank INTEGER NOT NULL, PRIMARY KEY (left_code, rank)) WITHOUT ROWID;
        CREATE TABLE hopeless (a INTEGER CHECK (a > 5 AND a < 5 AND a IS NOT NULL));";
    world.generate(hard);
    let more = hard.replace("flag INTEGER", "note TEXT, flag INTEGER");
    let drafted = world.generate(&more);
    let proof = drafted.proof.unwrap();
    assert_eq!(proof.empty, ["hopeless"]);
    assert!(proof.rows >= 12, "{proof:?}");
}

#[test]
fn a_constraint_that_invented_rows_break_is_proven_with_those_that_do_not() {
    let world = World::library();
    let narrowed = LIBRARY
        .replace("pages INTEGER", "pages INTEGER CONSTRAINT few CHECK (pages < 50)")
        .replace("name TEXT NOT NULL", "name TEXT NOT NULL CHECK (name > 'text')");
    let proof = world.generate(&narrowed).proof.unwrap();
    assert!(proof.rows > 0, "{proof:?}");
}

#[test]
fn a_disappearance_beside_an_appearance_is_a_question() {
    let world = World::library();
    let renamed = LIBRARY.replace("pages INTEGER", "page_count INTEGER");
    let generated = world.try_generate(&renamed, &Answers::default()).unwrap();
    assert!(matches!(&generated, Generated::Questions { questions, .. } if questions.len() == 1));
    assert_told(&generated.into_result().unwrap_err(), 4, "--rename books.pages:books.page_count");
    assert_eq!(world.files().len(), 1);
    let mut answers = Answers::default();
    answers.rename("books.pages:books.page_count").unwrap();
    assert!(matches!(world.try_generate(&renamed, &answers), Ok(Generated::Drafted(_))));
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(page_count) FROM books"), 240);
}

#[test]
fn a_loss_has_to_be_permitted_and_a_missing_value_given() {
    let world = World::library();
    let dropped = LIBRARY.replace(",\n      pages INTEGER", "");
    let generated = world.try_generate(&dropped, &Answers::default()).unwrap();
    assert_told(&generated.into_result().unwrap_err(), 4, "--allow-data-loss books.pages");
    let needed = LIBRARY.replace("pages INTEGER", "pages INTEGER, isbn TEXT NOT NULL");
    let generated = world.try_generate(&needed, &Answers::default()).unwrap();
    assert_told(&generated.into_result().unwrap_err(), 4, "--backfill books.isbn");
    assert_eq!(world.files().len(), 1);
}

#[test]
fn a_column_that_is_computed_from_now_on_loses_what_it_stored() {
    let world = World::library();
    let computed = LIBRARY.replace("pages INTEGER", "pages INTEGER AS (length(title)) STORED");
    let generated = world.try_generate(&computed, &Answers::default()).unwrap();
    assert_told(&generated.into_result().unwrap_err(), 4, "--allow-data-loss books.pages");
    let mut answers = Answers::default();
    answers.allow_data_loss("books.pages").unwrap();
    world.try_generate(&computed, &answers).unwrap().into_result().unwrap();
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages = length(title)"), 300);
    // The other way round the computed values become stored ones, and nothing goes.
    world.try_generate(LIBRARY, &Answers::default()).unwrap().into_result().unwrap();
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages = length(title)"), 300);
}

#[test]
fn what_another_type_makes_of_stored_values_is_noted_and_true() {
    let kinds = [
        ("TEXT", "INTEGER", "'007' becomes 7 ", "'007'", "7"),
        ("TEXT", "REAL", "'007' becomes 7.0", "'007'", "7.0"),
        ("REAL", "INTEGER", "1.0 becomes the integer 1", "1.0", "1"),
        ("INTEGER", "REAL", "2^53) are rounded", "9007199254740993", "9007199254740992.0"),
        ("INTEGER", "TEXT", "7 becomes '7'", "7", "'7'"),
    ];
    for (from, to, note, stored, becomes) in kinds {
        let world = World::new();
        world.generate(&format!("CREATE TABLE t(id INTEGER PRIMARY KEY, v {from});"));
        world.migrate().unwrap();
        world.sql(&format!("INSERT INTO t VALUES (1, {stored})"));
        let mut answers = Answers::default();
        let to_sql = format!("CREATE TABLE t(id INTEGER PRIMARY KEY, v {to});");
        let refused = world.try_generate(&to_sql, &answers).unwrap().into_result().unwrap_err();
        assert_told(&refused, 4, "data would be lost");
        assert!(refused.to_string().contains("--allow-data-loss t.v"), "{refused}");
        answers.allow_data_loss("t.v").unwrap();
        let Generated::Drafted(drafted) = world.try_generate(&to_sql, &answers).unwrap() else { panic!() };
        let text = &drafted.draft.text;
        assert!(text.contains(&format!("-- L003 t.v: {from} to {to}: ")) && text.contains(note), "{text}");
        world.migrate().unwrap();
        let query = format!("SELECT v = {becomes} AND typeof(v) = typeof({becomes}) FROM t");
        assert_eq!(world.count(&query), 1, "{from} to {to}");
    }
}

#[test]
fn a_backfill_that_is_more_than_an_expression_writes_no_migration() {
    let world = World::library();
    let needed = LIBRARY.replace("pages INTEGER", "pages INTEGER NOT NULL");
    for (sql, why) in [
        ("7) --", "a parenthesis closes that none opened"),
        ("7 -- all", "a comment ends it"),
        ("7; DELETE FROM books", "a semicolon"),
    ] {
        let mut answers = Answers::default();
        answers.backfill(&format!("books.pages={sql}")).unwrap();
        let error = world.try_generate(&needed, &answers).unwrap_err();
        assert_told(&error, 2, "--backfill books.pages is not one SQL expression");
        assert!(error.reason().is_some_and(|reason| reason.contains(why)), "{error}");
    }
    assert_eq!(world.files().len(), 1);
    let mut answers = Answers::default();
    answers.backfill("books.pages=length('a;b --)') -- )\n + 1").unwrap();
    world.try_generate(&needed, &answers).unwrap().into_result().unwrap();
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages = 8"), 60);
    assert_eq!(world.count("SELECT count(*) FROM books WHERE pages % 100 = 0"), 240);
}

#[test]
fn a_dry_run_and_an_empty_migration() {
    let world = World::library();
    let declared = schema_of(REBUILT);
    let request = GenerateRequest { dry_run: true, ..GenerateRequest::new(&declared, world.folder()) };
    let Generated::Drafted(drafted) = generate(&request).unwrap() else { panic!() };
    assert!(drafted.written.is_none() && drafted.draft.text.contains("-- migrate:up"));
    assert_eq!(world.files().len(), 1);
    let request = GenerateRequest { empty: true, dry_run: false, name: Some("Fill in shelves"), ..request };
    let Generated::Drafted(drafted) = generate(&request).unwrap() else { panic!() };
    assert!(drafted.written.unwrap().to_str().unwrap().ends_with("_fill_in_shelves.sql"));
    assert_eq!(world.migrate().unwrap().revisions.len(), 1);
    world.rollback(1).unwrap();
}

#[test]
fn two_heads_are_named() {
    let world = World::library();
    let first = world.write("one", "CREATE TABLE one(a);", "DROP TABLE one;");
    let text = fs::read_to_string(&first).unwrap().replace("20990101000001_one", "20990101000002_two");
    fs::write(world.folder().join("20990101000002_two.sql"), text.replace(" one", " two")).unwrap();
    assert_told(&world.try_generate(REBUILT, &Answers::default()).unwrap_err(), 1, "2 heads");
    assert_told(&world.migrate().unwrap_err(), 7, "2 branches are not merged");
}

/// Two schemas, with the flags that answer what they ask.
type Pair = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const PAIRS: [Pair; 12] = [
    // Two columns exchange names.
    (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, a TEXT);",
        &[("rename", "t.a:t.b"), ("rename", "t.b:t.a")],
    ),
    // Renamed, retyped and made STRICT at once, with a child that follows.
    (
        "CREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT); CREATE TABLE c (p INTEGER REFERENCES p(id) ON DELETE CASCADE, x TEXT);",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, n INTEGER) STRICT; CREATE TABLE c (p INTEGER REFERENCES parent(id) ON DELETE CASCADE, x TEXT);",
        &[("rename", "p:parent"), ("convert", "parent.n=CAST(n AS INTEGER)")],
    ),
    // A rowid table without a key becomes one without rowid, and NULL is no key.
    (
        "CREATE TABLE t (a TEXT NOT NULL, b INTEGER, PRIMARY KEY (a));",
        "CREATE TABLE t (a TEXT NOT NULL, b INTEGER, PRIMARY KEY (a)) WITHOUT ROWID;",
        &[],
    ),
    // Itself for a parent.
    (
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, up INTEGER REFERENCES t(id) ON DELETE SET NULL);",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, up INTEGER REFERENCES t(id) ON DELETE CASCADE, n TEXT NOT NULL DEFAULT 'x');",
        &[],
    ),
    // A cycle, both rebuilt.
    (
        "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b(id)); CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a(id));",
        "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER NOT NULL DEFAULT 1 REFERENCES b(id)); CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER UNIQUE REFERENCES a(id));",
        &[],
    ),
    // An enum narrowed, and one of its values renamed.
    (
        "CREATE TABLE t (s TEXT NOT NULL CHECK (s IN ('new', 'old', 'odd')));",
        "CREATE TABLE t (s TEXT NOT NULL CHECK (s IN ('fresh', 'old')));",
        &[("rename", "t.s.new:t.s.fresh"), ("drop", "t.s.odd")],
    ),
    // Generated columns, one of which becomes plain.
    (
        "CREATE TABLE t (a INTEGER, b INTEGER AS (a + 1) STORED, c TEXT AS (a || 'x'));",
        "CREATE TABLE t (a INTEGER, b INTEGER, c TEXT AS (a || 'y'));",
        &[],
    ),
    // A composite key and a composite foreign key get another member.
    (
        "CREATE TABLE p (a TEXT, b INTEGER, PRIMARY KEY (a, b)); CREATE TABLE c (a TEXT, b INTEGER, FOREIGN KEY (a, b) REFERENCES p(a, b));",
        "CREATE TABLE p (a TEXT, b INTEGER, PRIMARY KEY (b, a)); CREATE TABLE c (a TEXT, b INTEGER, FOREIGN KEY (a, b) REFERENCES p(a, b) ON UPDATE CASCADE);",
        &[],
    ),
    // Nothing may be deleted or changed, and the table is rebuilt.
    (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TRIGGER no_update BEFORE UPDATE ON t BEGIN SELECT RAISE(ABORT, 'append only'); END; CREATE TRIGGER no_delete BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'append only'); END;",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT ''); CREATE TRIGGER no_update BEFORE UPDATE ON t BEGIN SELECT RAISE(ABORT, 'append only'); END; CREATE TRIGGER no_delete BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'append only'); END;",
        &[],
    ),
    // A table goes and its child with it.
    (
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER NOT NULL REFERENCES p ON DELETE CASCADE); CREATE TABLE k (a);",
        "CREATE TABLE k (a);",
        &[("drop", "p"), ("drop", "c")],
    ),
    // A foreign key and a unique index over rows that may break them.
    (
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER, e TEXT);",
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p(id), e TEXT); CREATE UNIQUE INDEX c_e ON c(lower(e)) WHERE p > 0;",
        &[],
    ),
    // Names that need quotes everywhere.
    (
        "CREATE TABLE \"odd \"\"table\" (\"a.b\" TEXT, \"select\" INTEGER);",
        "CREATE TABLE \"odd \"\"table\" (\"a.b\" TEXT NOT NULL DEFAULT 'it''s', \"select\" INTEGER UNIQUE);",
        &[],
    ),
];

#[test]
fn migrations_of_every_kind_are_proven_written_applied_and_taken_back() {
    for (from, to, flags) in PAIRS {
        let world = World::new();
        world.generate(from);
        world.migrate().unwrap();
        let mut answers = Answers::default();
        for (flag, value) in flags {
            match *flag {
                "rename" => answers.rename(value).unwrap(),
                "convert" => answers.convert(value).unwrap(),
                _ => answers.drop(value).unwrap(),
            }
        }
        let drafted = match world.try_generate(to, &answers) {
            Ok(Generated::Drafted(drafted)) => drafted,
            other => panic!("{to}\n{other:?}"),
        };
        let proof = drafted.proof.as_ref().unwrap();
        assert!(proof.rows > 0, "{to}\n{proof:?}\n{}", drafted.draft.text);
        assert!(proof.empty.is_empty(), "{to}\n{proof:?}\n{}", drafted.draft.text);
        world.migrate().unwrap_or_else(|error| panic!("{error}\n{}", drafted.draft.text));
        assert!(matches!(world.try_generate(to, &Answers::default()), Ok(Generated::Nothing { .. })), "{to}");
        world.rollback(1).unwrap_or_else(|error| panic!("{error}\n{}", drafted.draft.text));
    }
}

#[test]
fn a_migration_that_does_not_do_what_it_should_is_not_proven() {
    let world = World::library();
    let (from, to) = (schema_of(LIBRARY), schema_of(REBUILT));
    let answers = Answers::default();
    let comparison = compare(&from, &to, &to, &answers).unwrap();
    let plan = plan::sqlite(&from, &to, &comparison, &answers, EngineVersion::bundled()).unwrap();
    let folder = Folder::read(world.folder()).unwrap();
    let revision = Revision::read("20990101000000_rebuild").unwrap();
    let text = Draft::of_plan(world.folder(), &revision, &[], &plan, &[]).unwrap().text;
    let prove_text = |text: &str| {
        let migration = Migration::parse(text, &world.folder().join("20990101000000_rebuild.sql")).unwrap();
        prove(&folder, &migration, &from, &to, &comparison, &answers)
    };
    prove_text(&text).unwrap();
    let (up, down) = text.split_once("-- migrate:down").unwrap();
    for (old, new, wanted) in [
        // Rows are lost.
        ("FROM \"books\";", "FROM \"books\" WHERE pages > 5;", "rows, and had"),
        // A value is changed.
        ("\"books\".\"title\"", "upper(\"books\".\"title\")", "books.title holds"),
        // A child is emptied by the way, as a cascade would.
        ("DROP TABLE \"authors\";", "DROP TABLE \"authors\"; DELETE FROM books;", "books has 0 rows"),
        // The schema is another.
        ("DEFAULT 'nobody'", "DEFAULT 'somebody'", "these changes are left"),
        ("CREATE INDEX books_title ON books(title);", "", "these changes are left"),
    ] {
        let tampered = up.replacen(old, new, 1);
        assert_ne!(tampered, up, "{old} is not in\n{up}");
        let error = prove_text(&format!("{tampered}-- migrate:down{down}")).unwrap_err();
        assert_told(&error, 6, wanted);
        let report = schema_migrate::proof::ProofReport::in_error(&error)
            .expect("a report that can be sent")
            .to_string();
        for part in [
            "-- engine:   SQLite 3.",
            &format!("-- found:    {}", error.reason().unwrap().lines().next().unwrap()),
            "-- == the recorded schema\nCREATE TABLE",
            "-- == the wanted schema\nCREATE TABLE",
            "-- == up\n",
            "-- == down\n",
            new.split(';').next().unwrap_or_default(),
        ] {
            assert!(report.contains(part), "{part} is not in\n{report}");
        }
    }
    let forgetful = format!("{up}-- migrate:down\nSELECT 1;\n");
    assert_told(&prove_text(&forgetful).unwrap_err(), 6, "down on filled scratch tables");
}

#[test]
fn functions_that_only_the_application_has_do_not_keep_a_migration_from_being_proven() {
    let world = World::new();
    let from = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT CHECK (app_likes(a)), b INTEGER);
        CREATE INDEX t_a ON t(app_fold(a));";
    let to = from.replace("b INTEGER", "b INTEGER NOT NULL DEFAULT 0 UNIQUE CONSTRAINT few CHECK (b < 7)");
    let declared = schema_with_functions(from);
    generate(&GenerateRequest::new(&declared, world.folder())).unwrap();
    let declared = schema_with_functions(&to);
    let Generated::Drafted(drafted) = generate(&GenerateRequest::new(&declared, world.folder())).unwrap()
    else {
        panic!()
    };
    assert!(drafted.proof.unwrap().rows > 0);
}

fn schema_with_functions(sql: &str) -> schema_core::model::SchemaDef {
    let connection = schema_migrate::inspect::scratch().unwrap();
    for statement in schema_migrate::sql::statements(sql).unwrap() {
        schema_migrate::inspect::execute(&connection, statement.text).unwrap();
    }
    schema_migrate::inspect::sqlite::schema(&connection).unwrap()
}
