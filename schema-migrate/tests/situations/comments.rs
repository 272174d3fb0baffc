//! What a person has written between the words of a definition.

use crate::harness::{Pair, Walk};

const FROM: &str = "
    CREATE TABLE p(id INTEGER PRIMARY KEY);
    CREATE TABLE t ( -- everything we know
        id INTEGER PRIMARY KEY, /* the key */
        a TEXT,  -- the first
        b TEXT CHECK (b <> 'x'), -- the second
        c INTEGER REFERENCES p(id),
        CONSTRAINT small CHECK (c < 100), -- while it lasts
        CHECK (a <> b)
    ) /* done */;";
const ROWS: &str = "INSERT INTO t VALUES (1, 'q', 'r', NULL), (2, NULL, 's', NULL);";

fn stored(walk: &Walk) -> String {
    walk.upgraded.text("SELECT sql FROM sqlite_schema WHERE name = 't'").concat()
}

#[test]
fn comments_stay_where_a_rebuild_changes_other_lines() {
    let p = "CREATE TABLE p(id INTEGER PRIMARY KEY);";
    for (columns, kept) in [
        (
            "a BLOB, b TEXT CHECK (b <> 'x'), c INTEGER REFERENCES p(id), CONSTRAINT small CHECK (c < 100), CHECK (a <> b)",
            5,
        ),
        (
            "a TEXT, b TEXT CHECK (b <> 'x'), c INTEGER REFERENCES p(id), d TEXT DEFAULT CURRENT_DATE, \
          CONSTRAINT small CHECK (c < 100), CHECK (a <> b), CHECK (c <> 7)",
            5,
        ),
        ("b TEXT CHECK (b <> 'x'), CONSTRAINT big CHECK (length(b) < 100)", 3),
        ("a TEXT NOT NULL DEFAULT '', b INTEGER, c INTEGER, CHECK (a <> b)", 4),
    ] {
        let to = format!("{p} CREATE TABLE t(id INTEGER PRIMARY KEY, {columns});");
        let mut pair = Pair::new(FROM, ROWS, &to).changed(&["t.a"]);
        pair.answers.no_renames = true;
        for walk in pair.walk() {
            if walk.plan.rebuilt != ["t"] {
                continue;
            }
            let text = stored(&walk);
            let comments = [
                "-- everything we know",
                "/* the key */",
                "-- the first",
                "-- the second",
                "-- while it lasts",
            ];
            let there = comments.iter().filter(|comment| text.contains(**comment)).count();
            assert!(there >= kept, "{there} of {kept} in {text}");
        }
    }
}

#[test]
fn the_new_text_counts_where_it_has_comments_of_its_own() {
    let to = FROM.replace("a TEXT,  -- the first", "a BLOB, -- another word");
    for walk in Pair::new(FROM, ROWS, &to).walk() {
        assert!(stored(&walk).contains("-- another word"));
    }
}
