use schema_core::model::SchemaDef;
use schema_core::rusqlite::functions::FunctionFlags;
use schema_migrate::generate::{GenerateRequest, Generated, generate};
use schema_migrate::inspect::{execute, scratch, sqlite};
use schema_migrate::sql::statements;

use super::support::World;

/// A schema that calls a function which only the application has.
fn declared(sql: &str) -> SchemaDef {
    let database = scratch().unwrap();
    for statement in statements(sql).unwrap() {
        execute(&database, statement.text).unwrap();
    }
    sqlite::schema(&database).unwrap()
}

fn generated(world: &World, sql: &str) {
    let declared = declared(sql);
    let request = GenerateRequest::new(&declared, world.folder());
    assert!(matches!(generate(&request).unwrap(), Generated::Drafted(_)));
}

#[test]
fn a_migration_rebuilds_a_table_whose_check_calls_the_applications_function_and_goes_back() {
    let world = World::new();
    generated(&world, "CREATE TABLE posts (title TEXT, path TEXT, CHECK (path = slug(title)));");
    world.migrate().unwrap();
    let application = world.connection();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    application
        .create_scalar_function("slug", 1, flags, |context| {
            Ok(context.get::<Option<String>>(0)?.map(|text| text.to_lowercase()))
        })
        .unwrap();
    application.execute_batch("INSERT INTO posts VALUES ('One', 'one'), ('Two', 'two')").unwrap();
    generated(
        &world,
        "CREATE TABLE posts (title TEXT, path TEXT UNIQUE ON CONFLICT IGNORE, note TEXT DEFAULT (lower('N')), \
         CHECK (path = slug(title)));",
    );
    world.migrate().unwrap();
    assert_eq!(world.text("SELECT group_concat(path || note) FROM posts"), "onen,twon");
    application.execute_batch("INSERT INTO posts(title, path) VALUES ('Three', 'wrong')").unwrap_err();
    world.rollback(1).unwrap();
    assert_eq!(world.text("SELECT group_concat(path) FROM posts"), "one,two");
}

#[test]
fn tables_beside_and_in_the_applications_order_are_proven_migrated_and_go_back() {
    let world = World::new();
    let fields = "CREATE TABLE fields (ntid INTEGER NOT NULL, name TEXT NOT NULL COLLATE unicase, PRIMARY KEY (ntid, name)) WITHOUT ROWID;
         CREATE TABLE names (name TEXT PRIMARY KEY COLLATE unicase) WITHOUT ROWID; CREATE TABLE uses (name TEXT REFERENCES names, n INT);";
    generated(
        &world,
        &format!(
            "{fields} CREATE TABLE decks (name TEXT COLLATE unicase); CREATE TABLE other (id INTEGER PRIMARY KEY, v TEXT);"
        ),
    );
    world.migrate().unwrap();
    let application = world.connection();
    let unicase = |left: &str, right: &str| right.to_lowercase().cmp(&left.to_lowercase());
    application.create_collation("unicase", unicase).unwrap();
    application
        .execute_batch(
            "INSERT INTO fields VALUES (1, 'a'), (1, 'B'), (2, 'A'); INSERT INTO decks VALUES ('x'), ('Y');
             INSERT INTO names VALUES ('a'), ('B'); INSERT INTO uses VALUES ('A', 1); INSERT INTO other VALUES (1, NULL), (2, 'v');
             CREATE INDEX by_name ON decks(name);",
        )
        .unwrap();
    generated(
        &world,
        &format!(
            "{fields} CREATE TABLE decks (name TEXT COLLATE unicase, note TEXT); \
             CREATE TABLE other (id INTEGER PRIMARY KEY, v TEXT NOT NULL DEFAULT 'none');"
        ),
    );
    world.migrate().unwrap();
    let read = |sql: &str| application.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(read("SELECT group_concat(v) FROM other"), "none,v");
    assert_eq!(read("SELECT group_concat(name) FROM fields WHERE ntid = 1"), "B,a");
    assert_eq!(read("SELECT name FROM decks INDEXED BY by_name WHERE name = 'y'"), "Y");
    assert_eq!(read("PRAGMA integrity_check"), "ok");
    world.rollback(1).unwrap();
    assert_eq!(read("SELECT group_concat(v) FROM other"), "none,v");
    assert_eq!(read("SELECT name FROM decks INDEXED BY by_name WHERE name = 'y'"), "Y");
    assert_eq!(read("PRAGMA integrity_check"), "ok");
}

#[test]
fn a_view_that_was_broken_before_keeps_no_column_from_being_added() {
    let world = World::new();
    let broken = "CREATE VIEW broken AS SELECT * FROM gone;";
    generated(&world, "CREATE TABLE a (id INTEGER PRIMARY KEY, m TEXT);");
    world.migrate().unwrap();
    world.write("broken", broken, "DROP VIEW broken;");
    // Beside a broken one, another may come.
    world.sql("CREATE VIEW other AS SELECT * FROM gone");
    world.migrate().unwrap();
    world.sql("DROP VIEW other");
    world.sql("INSERT INTO a VALUES (1, 'x'), (2, NULL)");
    generated(&world, &format!("CREATE TABLE a (id INTEGER PRIMARY KEY, m TEXT, z TEXT); {broken}"));
    let texts = world.files().into_iter().map(|file| std::fs::read_to_string(file).unwrap());
    let text = texts.collect::<String>();
    assert!(text.contains("the way back needs broken repaired"), "{text}");
    world.migrate().unwrap();
    assert_eq!(world.count("SELECT count(*) FROM a WHERE z IS NULL"), 2);
    assert!(world.rollback(1).unwrap_err().to_string().contains("broken"));
    world.sql("CREATE TABLE gone(x)");
    world.rollback(1).unwrap();
    assert_eq!(world.count("SELECT count(*) FROM a"), 2);
}
