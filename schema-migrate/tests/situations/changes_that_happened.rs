//! The changes that five applications made to their databases over the years, each on filled tables.

use crate::harness::Pair;

const USERS: &str =
    "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT NOT NULL, zone TEXT NOT NULL DEFAULT 'UTC');";
const BOOKS: &str = "CREATE TABLE books(
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
      title TEXT NOT NULL,
      status TEXT NOT NULL DEFAULT 'want' CONSTRAINT books_status CHECK (status IN ('want', 'reading', 'read')),
      added INTEGER NOT NULL
    );";
const LOGS: &str =
    "CREATE TABLE logs(date TEXT NOT NULL, book_id INTEGER NOT NULL REFERENCES books(id) ON DELETE CASCADE,
      pages INTEGER NOT NULL, PRIMARY KEY (date, book_id));
    CREATE INDEX logs_book ON logs(book_id);";
const ROWS: &str = "INSERT INTO users VALUES (1, 'Ada', 'Europe/Berlin'), (2, 'Bo', 'UTC');
    INSERT INTO books VALUES (3, 1, 'Dune', 'read', 1700000000), (5, 1, 'Emma', 'want', 1710000000), (9, 2, 'Ulysses', 'reading', 0);
    INSERT INTO logs VALUES ('2025-01-01', 3, 10), ('2025-01-02', 3, 0), ('2025-01-02', 9, 31);
    DELETE FROM books WHERE id = 9;
    INSERT INTO books VALUES (12, 2, 'Ulysses', 'reading', 0);
    DELETE FROM logs WHERE book_id = 9;";

fn schema() -> String {
    [USERS, BOOKS, LOGS].concat()
}

/// The schema with one text in the place of another, and the walk there and back.
fn changed(old: &str, new: &str) -> String {
    let before = schema();
    assert!(before.contains(old), "{old}");
    before.replace(old, new)
}

fn walk_to(to: &str) -> Vec<crate::harness::Walk> {
    Pair::new(&schema(), ROWS, to).walk()
}

#[test]
fn a_table_is_added() {
    let to =
        schema() + "CREATE TABLE goals(year INTEGER PRIMARY KEY, books INTEGER NOT NULL CHECK (books > 0));";
    for walk in walk_to(&to) {
        assert!(walk.plan.rebuilt.is_empty());
        assert_eq!(walk.plan.up.len(), 1);
    }
}

#[test]
fn a_column_is_added_nullable_with_a_constant_with_a_check_or_with_a_reference() {
    for column in [
        "note TEXT",
        "pages INTEGER NOT NULL DEFAULT 0",
        "rating INTEGER CONSTRAINT books_rating CHECK (rating BETWEEN 1 AND 5)",
        "lent_to INTEGER REFERENCES users(id) ON DELETE SET NULL",
    ] {
        let to = changed("added INTEGER NOT NULL", &format!("added INTEGER NOT NULL, {column}"));
        for walk in walk_to(&to) {
            assert!(walk.plan.rebuilt.is_empty(), "{column} costs a rebuild");
        }
    }
}

#[test]
fn a_column_that_must_be_filled_is_filled_by_an_expression() {
    let to = changed("added INTEGER NOT NULL", "added INTEGER NOT NULL, slug TEXT NOT NULL");
    let from = schema();
    for walk in Pair::new(&from, ROWS, &to).backfill("books.slug=lower(title)").walk() {
        assert_eq!(
            walk.upgraded.text("SELECT slug FROM books ORDER BY id"),
            ["'dune'", "'emma'", "'ulysses'"]
        );
    }
}

#[test]
fn a_column_is_filled_from_another_table() {
    let to = changed("added INTEGER NOT NULL", "added INTEGER NOT NULL, zone TEXT NOT NULL");
    let from = schema();
    let by_join = "books.zone=(SELECT users.zone FROM users WHERE users.id = books.user_id)";
    for walk in Pair::new(&from, ROWS, &to).backfill(by_join).walk() {
        assert_eq!(
            walk.upgraded.text("SELECT zone FROM books ORDER BY id"),
            ["'Europe/Berlin'", "'Europe/Berlin'", "'UTC'"]
        );
    }
}

#[test]
fn a_column_is_dropped_and_one_is_renamed() {
    let from = schema();
    let without = changed("      added INTEGER NOT NULL\n", "").replace("'read')),\n", "'read'))\n");
    for walk in Pair::new(&from, ROWS, &without).drop("books.added").walk() {
        assert_eq!(walk.upgraded.text("SELECT max(id) FROM books"), ["12"]);
    }
    let renamed = changed("added INTEGER", "added_at INTEGER");
    for walk in Pair::new(&from, ROWS, &renamed).rename("books.added:books.added_at").walk() {
        assert!(walk.plan.rebuilt.is_empty());
    }
}

#[test]
fn a_table_is_renamed_together_with_the_column_of_its_children() {
    let from = schema();
    let to = from.replace("books", "titles").replace("book_id", "title_id");
    let pair = Pair::new(&from, ROWS, &to).rename("books:titles").rename("logs.book_id:logs.title_id");
    for walk in pair.walk() {
        assert!(walk.plan.rebuilt.is_empty() || walk.plan.rebuilt == ["titles"], "{:?}", walk.plan.rebuilt);
        walk.upgraded.run("DELETE FROM titles WHERE id = 3");
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM logs"), ["0"]);
        walk.upgraded.run("INSERT INTO titles(user_id, title, added) VALUES (1, 'next', 0)");
        assert_eq!(walk.upgraded.text("SELECT max(id) FROM titles"), ["13"]);
    }
}

#[test]
fn seconds_become_a_date_in_the_zone_of_the_user() {
    let from = schema();
    let to = changed("added INTEGER NOT NULL", "added TEXT NOT NULL");
    let mut pair = Pair::new(&from, ROWS, &to).changed(&["books.added"]);
    let by_zone = "date(added, 'unixepoch', CASE (SELECT zone FROM users WHERE users.id = books.user_id) \
                   WHEN 'Europe/Berlin' THEN '+01:00' ELSE '+00:00' END)";
    pair.answers.convert(&format!("books.added={by_zone}")).unwrap();
    for walk in pair.walk() {
        assert_eq!(
            walk.upgraded.text("SELECT added FROM books ORDER BY id"),
            ["'2023-11-14'", "'2024-03-09'", "'1970-01-01'"]
        );
    }
}

#[test]
fn not_null_is_loosened() {
    let to = changed("pages INTEGER NOT NULL", "pages INTEGER");
    for walk in walk_to(&to) {
        walk.upgraded.run("INSERT INTO logs VALUES ('2025-01-03', 3, NULL)");
    }
}

#[test]
fn a_check_is_added_and_dropped() {
    let with =
        changed("pages INTEGER NOT NULL", "pages INTEGER NOT NULL CONSTRAINT logs_pages CHECK (pages >= 0)");
    for walk in walk_to(&with) {
        assert!(walk.upgraded.fails("INSERT INTO logs VALUES ('2025-01-03', 3, -1)").contains("logs_pages"));
    }
    for walk in Pair::new(&with, ROWS, &schema()).walk() {
        walk.upgraded.run("INSERT INTO logs VALUES ('2025-01-03', 3, -1)");
    }
}

#[test]
fn a_foreign_key_is_added_to_a_table_that_is_there() {
    let from = schema().replace(" REFERENCES users(id) ON DELETE CASCADE", "");
    let to = schema();
    for walk in Pair::new(&from, ROWS, &to).walk() {
        assert_eq!(walk.plan.rebuilt, ["books"]);
        assert_eq!(walk.upgraded.text("SELECT count(*) FROM logs"), ["2"]);
        walk.upgraded.run("DELETE FROM users WHERE id = 1");
        assert_eq!(walk.upgraded.text("SELECT id FROM books"), ["12"]);
    }
}

#[test]
fn a_member_joins_a_composite_key_with_a_constant() {
    let to = changed(
        "pages INTEGER NOT NULL, PRIMARY KEY (date, book_id)",
        "pages INTEGER NOT NULL, user_id INTEGER NOT NULL, PRIMARY KEY (date, book_id, user_id)",
    );
    let from = schema();
    for walk in Pair::new(&from, ROWS, &to).backfill("logs.user_id=1").walk() {
        assert_eq!(
            walk.upgraded.text("SELECT date, user_id, pages FROM logs ORDER BY date"),
            ["'2025-01-01'|1|10", "'2025-01-02'|1|0"]
        );
        walk.upgraded.run("INSERT INTO logs VALUES ('2025-01-01', 3, 4, 2)");
    }
}

#[test]
fn a_unique_index_becomes_one_over_an_expression() {
    let from = schema() + "CREATE UNIQUE INDEX books_title ON books(user_id, title);";
    let to = schema() + "CREATE UNIQUE INDEX books_title ON books(user_id, lower(title));";
    for walk in Pair::new(&from, ROWS, &to).walk() {
        assert!(walk.plan.rebuilt.is_empty());
        let refused = walk.upgraded.fails("INSERT INTO books(user_id, title, added) VALUES (1, 'DUNE', 0)");
        assert!(refused.contains("books_title"), "{refused}");
    }
}

#[test]
fn partial_composite_descending_and_caseless_indexes_come_and_go() {
    let indexes = "CREATE INDEX a ON books(added) WHERE status = 'reading'; CREATE INDEX b ON books(user_id, added DESC);
        CREATE INDEX c ON books(title COLLATE NOCASE); CREATE UNIQUE INDEX d ON books(user_id, title) WHERE status <> 'want';";
    let (from, to) = (schema(), schema() + indexes);
    for walk in Pair::new(&from, ROWS, &to).walk() {
        assert!(walk.plan.rebuilt.is_empty());
        assert_eq!(walk.plan.up.len(), 4);
    }
    for walk in Pair::new(&to, ROWS, &from).walk() {
        assert_eq!(walk.plan.down.len(), 4);
    }
}

#[test]
fn triggers_stand_in_for_a_check() {
    let guard = |event: &str| {
        format!(
            "CREATE TRIGGER logs_{event} BEFORE {event} ON logs WHEN new.pages < 0
             BEGIN SELECT RAISE(ABORT, 'pages are not negative'); END;"
        )
    };
    let to = schema() + &guard("INSERT") + &guard("UPDATE");
    for walk in walk_to(&to) {
        assert!(walk.plan.rebuilt.is_empty());
        let refused = walk.upgraded.fails("UPDATE logs SET pages = -1");
        assert!(refused.contains("pages are not negative"), "{refused}");
    }
}

#[test]
fn a_view_is_made_anew() {
    let from = schema() + "CREATE VIEW shelf AS SELECT title, status FROM books;";
    let to = schema() + "CREATE VIEW shelf AS SELECT title, status, added FROM books WHERE status <> 'want';";
    for walk in Pair::new(&from, ROWS, &to).walk() {
        assert_eq!(walk.upgraded.text("SELECT title FROM shelf ORDER BY 1"), ["'Dune'", "'Ulysses'"]);
    }
}

#[test]
fn a_json_configuration_is_split_into_columns() {
    let from = "CREATE TABLE settings(id INTEGER PRIMARY KEY, config TEXT NOT NULL);";
    let to = "CREATE TABLE settings(id INTEGER PRIMARY KEY, config TEXT NOT NULL,
        theme TEXT NOT NULL, goal INTEGER NOT NULL, extra TEXT);";
    let rows =
        r#"INSERT INTO settings VALUES (1, '{"theme":"dark","goal":24,"x":[1]}'), (2, '{"theme":"light"}');"#;
    let pair = Pair::new(from, rows, to)
        .backfill("settings.theme=json_extract(config, '$.theme')")
        .backfill("settings.goal=coalesce(json_extract(config, '$.goal'), 12)")
        .backfill("settings.extra=json_extract(config, '$.x')");
    for walk in pair.walk() {
        assert_eq!(
            walk.upgraded.text("SELECT theme, goal, extra FROM settings ORDER BY id"),
            ["'dark'|24|'[1]'", "'light'|12|NULL"]
        );
    }
}
