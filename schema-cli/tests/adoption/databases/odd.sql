-- Every name that SQLite takes, and what else no attribute says.
CREATE TABLE "order" ("select" INTEGER PRIMARY KEY, "type" TEXT, "self" TEXT, "SELF_" INTEGER, "crate" TEXT, "r#raw" TEXT, "_" TEXT, "super" TEXT, "async" BLOB);
CREATE TABLE "o""quote" ("a""b" TEXT NOT NULL DEFAULT 'it''s "quoted"', [br[ack] INTEGER, `back``tick` REAL, 'apo''strophe' TEXT, "semi;colon" TEXT DEFAULT ';', "back\slash" TEXT DEFAULT '\n');
CREATE TABLE "dotted.name" ("a.b" INTEGER PRIMARY KEY, "c d" TEXT UNIQUE, "a_b" TEXT, "A b" TEXT, UNIQUE ("a_b", "A b"));
CREATE TABLE "1st" ("2nd" INTEGER, "3" TEXT, "" TEXT, " " TEXT, "4 th" TEXT);
CREATE TABLE "größe" ("länge" REAL NOT NULL, "Ñandú" TEXT, "дата" TEXT, "書名" TEXT, "😀" TEXT, "Ⓐ" TEXT, "résumé" TEXT);
CREATE TABLE "書籍" ("編號" INTEGER PRIMARY KEY, "書名" TEXT);
CREATE TABLE "😀" ("🎉" TEXT, "🎈" TEXT);
CREATE TABLE "🎈" ("x" TEXT);
CREATE TABLE "Table" ("Option" TEXT, "Value" ANY, "String" TEXT);
CREATE TABLE "options" (id INTEGER PRIMARY KEY, "Vec" BLOB);
CREATE TABLE "new_book" (id INTEGER PRIMARY KEY);
CREATE TABLE "book" (id INTEGER PRIMARY KEY, "with" TEXT, "query" TEXT, "alias" TEXT, "matches" TEXT, "filter" TEXT, "columns" TEXT, "DEF" TEXT, "key" TEXT);
CREATE TABLE "books" (id INTEGER PRIMARY KEY, bookID INTEGER, book_id INTEGER, "bookId " INTEGER);
CREATE TABLE "mod" (x); CREATE TABLE "lib" (x); CREATE TABLE "main" (x); CREATE TABLE "odd" (x); CREATE TABLE "self" (x);
CREATE TABLE sets (a INTEGER NOT NULL, b INTEGER NOT NULL, a_b INTEGER, "type" TEXT, PRIMARY KEY (a, b), UNIQUE (b, "type"), UNIQUE ("type", b));
CREATE TABLE no_types (a, b NOT NULL, c DEFAULT 5, d DEFAULT 'x', e DEFAULT NULL, f DEFAULT (1 + 1), g DEFAULT CURRENT_DATE, h DEFAULT -1.5, i DEFAULT TRUE, j DEFAULT x'00ff', k DEFAULT 9223372036854775807, l DEFAULT -9223372036854775808, m DEFAULT 1e400);
CREATE TABLE defaults (a INTEGER NOT NULL DEFAULT '', b TEXT DEFAULT 5, c REAL DEFAULT 1, d REAL DEFAULT 2.5, e TEXT DEFAULT 'back\slash "quote"', f TEXT DEFAULT 'two
lines', g INTEGER DEFAULT 0x10, h BOOL DEFAULT TRUE, i BLOB DEFAULT x'', j TEXT DEFAULT (lower('X')), k INTEGER DEFAULT 5.5, l TEXT DEFAULT unquoted);
CREATE TABLE conflicts (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, a TEXT UNIQUE ON CONFLICT IGNORE, b TEXT NOT NULL ON CONFLICT FAIL, c TEXT CONSTRAINT "c is there" NOT NULL, CONSTRAINT "b and c" UNIQUE (b, c) ON CONFLICT ROLLBACK);
CREATE TABLE desc_key (id INTEGER PRIMARY KEY DESC, a TEXT);
CREATE TABLE int_key (id INT PRIMARY KEY, a TEXT);
CREATE TABLE wr (a INTEGER, b TEXT COLLATE NOCASE, c REAL, PRIMARY KEY (b DESC, a)) WITHOUT ROWID;
CREATE TABLE wr_one (a INTEGER PRIMARY KEY, b TEXT) WITHOUT ROWID;
CREATE TABLE strict_one (a INTEGER PRIMARY KEY, b ANY, c TEXT NOT NULL, d INT, e REAL, f BLOB) STRICT;
CREATE TABLE checks (a INTEGER CHECK (a > 0) CHECK (a < 10), b TEXT CONSTRAINT "b's check" CHECK (b <> ''), c TEXT CONSTRAINT plain CHECK (c GLOB '[a-z]*'), d TEXT CHECK (d IN ('one', 'two three', 'n3', 'Self', 'self')), e TEXT NOT NULL DEFAULT 'to-do' CHECK (e IN ('to-do', 'done')), f INTEGER NOT NULL DEFAULT 1 CHECK (f IN (0, 1)), g TEXT CHECK (g IN ('a''b', '"', '\')), CHECK (a <> length(b)), CHECK ("b" IN ('x', 'y', 'y')));
CREATE TABLE named_checks (type TEXT, a INTEGER, state TEXT DEFAULT 'on', CONSTRAINT "type" CHECK (type <> 'type'), CONSTRAINT named_checks_a_check CHECK (a > 0), CONSTRAINT CHECK_a CHECK (a < 9), CHECK (state IN ('on', 'off')));
CREATE TABLE generated (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) STORED, c TEXT AS (a || "x") VIRTUAL, d AS (a + 1), e TEXT NOT NULL AS ('e') UNIQUE);
CREATE TABLE collated (a TEXT COLLATE RTRIM, b INTEGER COLLATE NOCASE, c COLLATE NOCASE, d TEXT COLLATE binary, UNIQUE (a COLLATE NOCASE, c));
CREATE TABLE parents (a INTEGER, b TEXT, c TEXT UNIQUE, d TEXT, "E f" TEXT UNIQUE, PRIMARY KEY (a, b), UNIQUE (c, d));
CREATE UNIQUE INDEX parents_d ON parents (d);
CREATE TABLE children (
  id INTEGER PRIMARY KEY, -- never used twice
  a INTEGER, b TEXT,
  c TEXT REFERENCES parents(c) ON DELETE SET DEFAULT ON UPDATE CASCADE, -- the name of its parent
  d TEXT REFERENCES parents(d),
  /* with a space */
  e TEXT REFERENCES parents("e F") DEFERRABLE INITIALLY IMMEDIATE,
  f TEXT REFERENCES nowhere(x),
  g INTEGER REFERENCES children(id) ON DELETE RESTRICT,
  h TEXT REFERENCES children(id),
  i INTEGER REFERENCES children REFERENCES strict_one,
  FOREIGN KEY (a, b) REFERENCES parents,
  CONSTRAINT "odd key" FOREIGN KEY (d, c) REFERENCES parents(d, c) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE child_of_parents (a INTEGER, b TEXT, FOREIGN KEY (b, a) REFERENCES parents (b, a));
CREATE TABLE "keyless" (a INTEGER, b TEXT);
CREATE TABLE twice (id INTEGER PRIMARY KEY UNIQUE, a TEXT UNIQUE, UNIQUE (a), UNIQUE (a, id), UNIQUE (id, a));
CREATE TABLE long_key (a, b, c, d, e, f, g, h, i, j, k, l, m, n, PRIMARY KEY (a, b, c, d, e, f, g, h, i, j, k, l, m, n), UNIQUE (n, m, l, k, j, i, h, g, f, e, d, c, b));
CREATE TABLE "it's" ("it's" TEXT PRIMARY KEY, b TEXT) -- a comment at the end
;
CREATE TABLE "child of it" (id INTEGER PRIMARY KEY, "its" TEXT REFERENCES "it's");
CREATE TABLE odd_types (a VARCHAR(20), b DECIMAL(10, 2) , c INTEGER NON NULL, d "quoted type", e UNSIGNED BIG INT, f DOUBLE PRECISION, g TIMESTAMP WITH TIME ZONE, h "a(b", i bool, j JSON, k UUID, l DATE, m TIME, n DATETIME);

CREATE INDEX "idx with space" ON "dotted.name" ("c d" COLLATE NOCASE DESC, "a.b");
CREATE INDEX expr_desc ON books (abs(bookID) DESC, id + 1, "bookId " ASC);
CREATE INDEX expr_collate ON book (lower("with") COLLATE NOCASE);
CREATE INDEX partial ON book ("query") WHERE "query" IS NOT NULL AND "alias" = "text in double quotes";
CREATE UNIQUE INDEX "sets_a_b_key" ON sets (a, b);
CREATE INDEX books_book_id_idx ON books (book_id);

CREATE VIEW "odd view" AS SELECT "a.b" AS "a.b", "c d", 1 AS "type", 'x' || "c d" AS "😀", count(*) OVER () FROM "dotted.name";
CREATE VIEW named (x, "y z") AS SELECT a, b FROM sets;
CREATE VIEW twins AS SELECT a.id, b.id, a.id AS "ID" FROM books a JOIN books b;
CREATE VIEW of_view AS SELECT * FROM named -- and a comment
;
CREATE TABLE moments (id INTEGER PRIMARY KEY, at DATETIME, day DATE, hour TIME, no_day DATE, no_instant DATETIME);
CREATE VIEW times AS SELECT at, day, hour, count(*) AS "how many" FROM moments;
CREATE VIEW untyped AS SELECT a, b FROM no_types;
CREATE TRIGGER "odd trigger" INSTEAD OF INSERT ON "odd view" BEGIN INSERT INTO "dotted.name" ("c d") VALUES (NEW."c d"); END;
CREATE TRIGGER "it's" AFTER UPDATE OF "select" ON "order" FOR EACH ROW WHEN NEW."select" > 5 BEGIN SELECT "double quoted text"; SELECT CASE WHEN 1 THEN 'a;b' END; END;
CREATE VIRTUAL TABLE "odd search" USING fts5("c d", content = 'dotted.name', content_rowid = 'a.b');
CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);

INSERT INTO "order" ("select", "type", "_") VALUES (1, 'x', 'y'), (2, NULL, NULL);
INSERT INTO "o""quote" ("br[ack", "back`tick", "apo'strophe") VALUES (1, 1.5, 'x');
INSERT INTO "dotted.name" ("c d", "a_b", "A b") VALUES ('one', 'x', 'y'), ('two', 'x', 'z');
INSERT INTO "größe" ("länge", "дата", "書名", "😀") VALUES (1.5, 'a', 'b', 'c');
INSERT INTO "1st" VALUES (1, 'a', 'b', 'c', 'd');
INSERT INTO "書籍" ("書名") VALUES ('三體');
INSERT INTO "😀" VALUES ('🎉', '🎈');
INSERT INTO "Table" VALUES ('x', 1, 'y'), ('x', 'text', 'y'), (NULL, x'00', NULL);
INSERT INTO no_types (a, b) VALUES (1, 'b'), ('text', 2), (x'00', 3.5), (NULL, 0);
INSERT INTO defaults (a) VALUES (1);
INSERT INTO conflicts (a, b, c) VALUES ('a', 'b', 'c');
INSERT INTO desc_key VALUES (1, 'a'); INSERT INTO desc_key (a) VALUES ('a key of NULL');
INSERT INTO int_key VALUES (1, 'a'), (NULL, 'b');
INSERT INTO wr VALUES (1, 'b', 1.5); INSERT INTO wr_one VALUES (1, 'b');
INSERT INTO strict_one (b, c) VALUES (1, 'c'), ('x', 'c');
INSERT INTO checks (a, b, c, d, e, f) VALUES (5, 'x', 'c', 'two three', 'done', 0);
INSERT INTO generated (a) VALUES (1), (2) ON CONFLICT DO NOTHING;
INSERT INTO collated VALUES ('a', 1, 'c', 'd');
INSERT INTO parents VALUES (1, 'b', 'c', 'd', 'e');
INSERT INTO children (a, b, c, d, e) VALUES (1, 'b', 'c', 'd', 'e');
INSERT INTO child_of_parents VALUES (1, 'b');
INSERT INTO sets VALUES (1, 2, 3, 'x');
INSERT INTO "it's" VALUES ('it''s', 'b'), (NULL, 'no key');
INSERT INTO odd_types VALUES ('a', 1.5, 3, 'x', 18, 2.5, 'now', 'h', 1, '{}', 'u', '2024-01-01', '10:00', '2024-01-01 10:00:00'), (5, 'not a number', 'text', 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1);
INSERT INTO "child of it" ("its") VALUES ('it''s'), (NULL);
INSERT INTO moments (at, day, hour, no_day, no_instant) VALUES ('2020-01-01 10:00:00', '2020-01-01', '10:00', '2020-01-01 10:00:00', '2020-01-01');
INSERT INTO "odd search"("odd search") VALUES ('rebuild');
INSERT INTO boxes VALUES (1, 0.5, 1.5);
INSERT INTO books (bookID, book_id) VALUES (1, 2);
