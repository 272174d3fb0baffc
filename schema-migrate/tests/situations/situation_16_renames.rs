//! Situations 16, 17, 19, 20 and 21: names that change.

use crate::harness::{Pair, schema_of};
use schema_migrate::diff::{Answers, QuestionKind, compare};

#[test]
fn a_column_that_everything_uses_is_renamed_without_a_copy() {
    let from = "CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT UNIQUE, n INTEGER CHECK (n > 0),
             twice INTEGER GENERATED ALWAYS AS (n * 2) VIRTUAL, CHECK (n < 100 AND code <> 'n'));
         CREATE TABLE c(id INTEGER PRIMARY KEY, p_code TEXT REFERENCES p(code), n INTEGER);
         CREATE INDEX p_n ON p(n) WHERE n > 5;
         CREATE TABLE log(n INTEGER);
         CREATE TRIGGER p_changed AFTER UPDATE OF n ON p BEGIN INSERT INTO log(n) VALUES (new.n); END;
         CREATE VIEW v AS SELECT n, code FROM p;";
    let to = "CREATE TABLE p(id INTEGER PRIMARY KEY, label TEXT UNIQUE, amount INTEGER CHECK (amount > 0),
             twice INTEGER GENERATED ALWAYS AS (amount * 2) VIRTUAL, CHECK (amount < 100 AND label <> 'n'));
         CREATE TABLE c(id INTEGER PRIMARY KEY, p_code TEXT REFERENCES p(label), n INTEGER);
         CREATE INDEX p_n ON p(amount) WHERE amount > 5;
         CREATE TABLE log(n INTEGER);
         CREATE TRIGGER p_changed AFTER UPDATE OF amount ON p BEGIN INSERT INTO log(n) VALUES (new.amount); END;
         CREATE VIEW v AS SELECT amount, label FROM p;";
    let rows =
        "INSERT INTO p(id, code, n) VALUES (1, 'a', 7), (2, 'b', 8); INSERT INTO c VALUES (1, 'a', 3);";
    for walk in Pair::new(from, rows, to).rename("p.n:p.amount").rename("p.code:p.label").walk() {
        assert!(walk.plan.rebuilt.is_empty());
        assert_eq!(walk.plan.up.len(), 2, "{:?}", walk.plan.up);
        assert_eq!(walk.plan.down.len(), 2, "{:?}", walk.plan.down);
        assert_eq!(walk.upgraded.text("SELECT amount FROM v ORDER BY 1"), ["7", "8"]);
    }
}

#[test]
fn a_rename_and_another_type_at_once_carry_the_data() {
    let from = "CREATE TABLE t(id INTEGER PRIMARY KEY, old TEXT, free TEXT);";
    let to = "CREATE TABLE t(id INTEGER PRIMARY KEY, new BLOB NOT NULL DEFAULT 'none', free TEXT);";
    let rows = "INSERT INTO t VALUES (1, 'a', 'x'), (2, NULL, 'y');";
    for walk in Pair::new(from, rows, to).rename("t.old:t.new").changed(&["t.new"]).walk() {
        assert_eq!(walk.upgraded.text("SELECT id, new FROM t ORDER BY id"), ["1|'a'", "2|'none'"]);
    }
}

#[test]
fn a_renamed_table_takes_keys_views_indexes_and_its_columns_with_it() {
    let from = "CREATE TABLE author(id INTEGER PRIMARY KEY, name TEXT);
         CREATE TABLE book(id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES author(id) ON DELETE CASCADE);
         CREATE INDEX author_name ON author(name);
         CREATE VIEW names AS SELECT name FROM author;";
    let to = "CREATE TABLE writer(id INTEGER PRIMARY KEY, full_name TEXT);
         CREATE TABLE book(id INTEGER PRIMARY KEY, writer_id INTEGER REFERENCES writer(id) ON DELETE CASCADE);
         CREATE INDEX author_name ON writer(full_name);
         CREATE VIEW names AS SELECT full_name FROM writer;";
    let rows =
        "INSERT INTO author VALUES (1, 'a'), (2, 'b'); INSERT INTO book VALUES (1, 1), (2, 2), (3, 2);";
    let pair = Pair::new(from, rows, to)
        .rename("author:writer")
        .rename("author.name:writer.full_name")
        .rename("book.author_id:book.writer_id");
    for walk in pair.walk() {
        assert!(walk.plan.rebuilt.is_empty());
        assert_eq!(walk.plan.up.len(), 3);
        assert_eq!(
            walk.upgraded.text("SELECT count(*) FROM book JOIN writer ON writer.id = writer_id"),
            ["3"]
        );
    }
}

#[test]
fn a_change_of_case_is_a_rename() {
    let from =
        "CREATE TABLE Book(Id INTEGER PRIMARY KEY, Title TEXT); CREATE TABLE c(b INTEGER REFERENCES Book);";
    let to =
        "CREATE TABLE book(id INTEGER PRIMARY KEY, title TEXT); CREATE TABLE c(b INTEGER REFERENCES book);";
    for walk in Pair::new(from, "INSERT INTO Book VALUES (1, 'x'); INSERT INTO c VALUES (1);", to).walk() {
        assert!(walk.plan.losses.is_empty() && walk.plan.rebuilt.is_empty());
        assert_eq!(walk.upgraded.text("SELECT name FROM sqlite_schema WHERE name LIKE 'book'"), ["'book'"]);
    }
}

#[test]
fn what_may_be_a_rename_is_asked_and_the_flags_answer() {
    let from = schema_of("CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, age INTEGER);");
    let to = schema_of("CREATE TABLE users(id INTEGER PRIMARY KEY, years INTEGER, full_name TEXT);");
    let open = compare(&from, &to, &to, &Answers::default()).unwrap();
    assert_eq!(open.questions.len(), 2);
    assert_eq!(open.questions[0].kind, QuestionKind::Column);
    assert_eq!(
        open.questions[0].flags(),
        ["--rename users.name:users.full_name", "--rename users.name:users.years", "--drop users.name"]
    );
    let mut answers = Answers::default();
    answers.rename("users.name:users.full_name").unwrap();
    answers.drop("users.age").unwrap();
    assert!(compare(&from, &to, &to, &answers).unwrap().questions.is_empty());
    let none = Answers { no_renames: true, ..Answers::default() };
    assert!(compare(&from, &to, &to, &none).unwrap().questions.is_empty());
}

#[test]
fn an_answer_that_fits_nothing_is_refused() {
    let schema = schema_of("CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT);");
    let mut answers = Answers::default();
    answers.rename("users.nme:users.name").unwrap();
    let error = compare(&schema, &schema, &schema, &answers).unwrap_err();
    assert_eq!(error.kind().exit_code(), 2);
    assert!(error.to_string().contains("users.nme"), "{error}");
}

#[test]
fn answers_of_which_one_undoes_the_other_are_refused() {
    let from = schema_of("CREATE TABLE t(id INTEGER PRIMARY KEY, a1 TEXT, a2 TEXT);");
    let to = schema_of("CREATE TABLE t(id INTEGER PRIMARY KEY, n1 TEXT, n2 TEXT);");
    let compared = |renames: &[&str], drops: &[&str]| {
        let mut answers = Answers::default();
        renames.iter().for_each(|flag| answers.rename(flag).unwrap());
        drops.iter().for_each(|flag| answers.drop(flag).unwrap());
        compare(&from, &to, &to, &answers).map(|_| ())
    };
    for (renames, drops, wanted) in [
        (&["t.a1:t.n1"][..], &["t.a1"][..], "--drop t.a1 says that it goes"),
        (&["t.a1:t.n1", "t.a2:t.n1"], &[], "--rename t.a1:t.n1 has that name already"),
        (&["t.a1:t.n1", "t.a1:t.n2"], &[], "--rename t.a1:t.n1 has that name already"),
    ] {
        let error = compared(renames, drops).unwrap_err();
        assert_eq!(error.kind().exit_code(), 2, "{error}");
        assert!(error.to_string().contains(wanted), "{error}");
    }
    compared(&["t.a1:t.n1", "t.a2:t.n2"], &[]).unwrap();
    compared(&["t.a1:t.n1", "t.a1:t.n1"], &["t.a2"]).unwrap();
}
