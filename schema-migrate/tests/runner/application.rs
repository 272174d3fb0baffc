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
    let request = GenerateRequest::new(&declared, &world.target.folder);
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
