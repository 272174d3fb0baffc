-- revision: 20261121062950_ratings_and_streak_goals
-- parents:  20261121062828_initial
-- engine:   sqlite >= 3.53
-- needs:    foreign_keys=off

-- migrate:up
-- progress_logs.percentage goes from INTEGER to REAL: SQLite stores what converts as the new type, so text such as '007' becomes 7
ALTER TABLE "books" RENAME COLUMN "year" TO "published_year";
ALTER TABLE "books" RENAME COLUMN "orphan" TO "is_orphan";
-- rebuild books
CREATE TABLE "_new_books" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "title" TEXT NOT NULL,
  "author" TEXT NOT NULL,
  "author_sort" TEXT,
  "language" TEXT,
  "published_year" INTEGER,
  "pages" INTEGER,
  "subjects" TEXT NOT NULL DEFAULT ('[]'),
  "path" TEXT NOT NULL,
  "has_cover" INTEGER NOT NULL DEFAULT 0,
  "last_synced" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
  "is_orphan" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "books_has_cover_check" CHECK ("has_cover" IN (0, 1)),
  CONSTRAINT "books_is_orphan_check" CHECK ("is_orphan" IN (0, 1)),
  CONSTRAINT "books_pages_check" CHECK (pages > 0)
);
-- books.subjects gets '[]' where it is NULL
INSERT OR ABORT INTO "_new_books" ("id", "title", "author", "author_sort", "language", "published_year", "pages", "subjects", "path", "has_cover", "last_synced", "is_orphan")
SELECT "books"."id", "books"."title", "books"."author", "books"."author_sort", "books"."language", "books"."published_year", "books"."pages", coalesce("books"."subjects", '[]'), "books"."path", "books"."has_cover", "books"."last_synced", "books"."is_orphan"
FROM "books";
DROP TABLE "books";
PRAGMA legacy_alter_table=ON;
ALTER TABLE "_new_books" RENAME TO "books";
PRAGMA legacy_alter_table=OFF;
-- rebuild progress_logs
CREATE TABLE "_new_progress_logs" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "session_id" INTEGER NOT NULL,
  "current_page" INTEGER,
  "percentage" REAL NOT NULL,
  "pages_read" INTEGER NOT NULL DEFAULT 0,
  "read_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
  "notes" TEXT,
  CONSTRAINT "progress_logs_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "reading_sessions" ON DELETE RESTRICT,
  CONSTRAINT "progress_logs_current_page_check" CHECK (current_page >= 0),
  CONSTRAINT "progress_logs_percentage_check" CHECK (percentage BETWEEN 0 AND 100)
);
INSERT OR ABORT INTO "_new_progress_logs" ("id", "session_id", "current_page", "percentage", "read_at", "notes")
SELECT "progress_logs"."id", "progress_logs"."session_id", "progress_logs"."current_page", "progress_logs"."percentage", "progress_logs"."read_at", "progress_logs"."notes"
FROM "progress_logs";
DROP TABLE "progress_logs";
PRAGMA legacy_alter_table=ON;
ALTER TABLE "_new_progress_logs" RENAME TO "progress_logs";
PRAGMA legacy_alter_table=OFF;
ALTER TABLE "reading_sessions" DROP CONSTRAINT "reading_sessions_status_check";
UPDATE "reading_sessions" SET "status" = 'read' WHERE "status" = 'finished';
ALTER TABLE "reading_sessions" ADD CONSTRAINT "reading_sessions_status_check" CHECK ("status" IN ('to-read', 'read-next', 'reading', 'read'));
ALTER TABLE "reading_sessions" ADD CONSTRAINT "reading_sessions_rating_check" CHECK (rating BETWEEN 0 AND 5);
ALTER TABLE "reading_sessions" ADD CONSTRAINT "completed_after_start" CHECK (completed_date IS NULL OR started_date IS NULL OR completed_date >= started_date);
ALTER TABLE "streaks" ADD COLUMN "daily_goal_pages" INTEGER NOT NULL DEFAULT 1 CONSTRAINT "streaks_daily_goal_pages_check" CHECK (daily_goal_pages > 0);
CREATE INDEX "books_author_sort_title_idx" ON "books" ("author_sort" COLLATE NOCASE, "title");
CREATE INDEX "progress_logs_session_id_read_at_idx" ON "progress_logs" ("session_id", "read_at" DESC);
CREATE UNIQUE INDEX "reading_sessions_one_active" ON "reading_sessions" ("book_id") WHERE is_archived = 0;
CREATE INDEX "reading_sessions_status_completed_date_idx" ON "reading_sessions" ("status", "completed_date" DESC);
CREATE UNIQUE INDEX "streaks_one_a_user" ON "streaks" ((coalesce(user_id, -1)));
CREATE TRIGGER "progress_logs_append_only_delete" BEFORE DELETE ON "progress_logs"
BEGIN
  SELECT RAISE(ABORT, 'progress_logs is append-only');
END;
CREATE TRIGGER "progress_logs_append_only_update" BEFORE UPDATE ON "progress_logs"
BEGIN
  SELECT RAISE(ABORT, 'progress_logs is append-only');
END;

-- migrate:down
ALTER TABLE "books" RENAME COLUMN "published_year" TO "year";
ALTER TABLE "books" RENAME COLUMN "is_orphan" TO "orphan";
DROP INDEX "reading_sessions_one_active";
DROP INDEX "reading_sessions_status_completed_date_idx";
DROP INDEX "streaks_one_a_user";
-- rebuild books
CREATE TABLE "_new_books" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "title" TEXT NOT NULL,
  "author" TEXT NOT NULL,
  "author_sort" TEXT,
  "language" TEXT,
  "year" INTEGER,
  "pages" INTEGER,
  "subjects" TEXT,
  "path" TEXT NOT NULL,
  "has_cover" INTEGER NOT NULL DEFAULT 0,
  "last_synced" TEXT NOT NULL,
  "orphan" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "books_has_cover_check" CHECK ("has_cover" IN (0, 1)),
  CONSTRAINT "books_orphan_check" CHECK ("orphan" IN (0, 1))
);
INSERT OR ABORT INTO "_new_books" ("id", "title", "author", "author_sort", "language", "year", "pages", "subjects", "path", "has_cover", "last_synced", "orphan")
SELECT "books"."id", "books"."title", "books"."author", "books"."author_sort", "books"."language", "books"."year", "books"."pages", "books"."subjects", "books"."path", "books"."has_cover", "books"."last_synced", "books"."orphan"
FROM "books";
DROP TABLE "books";
PRAGMA legacy_alter_table=ON;
ALTER TABLE "_new_books" RENAME TO "books";
PRAGMA legacy_alter_table=OFF;
-- rebuild progress_logs
CREATE TABLE "_new_progress_logs" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "session_id" INTEGER NOT NULL,
  "current_page" INTEGER,
  "percentage" INTEGER NOT NULL,
  "read_at" TEXT NOT NULL,
  "notes" TEXT,
  CONSTRAINT "progress_logs_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "reading_sessions" ON DELETE CASCADE
);
INSERT OR ABORT INTO "_new_progress_logs" ("id", "session_id", "current_page", "percentage", "read_at", "notes")
SELECT "progress_logs"."id", "progress_logs"."session_id", "progress_logs"."current_page", "progress_logs"."percentage", "progress_logs"."read_at", "progress_logs"."notes"
FROM "progress_logs";
DROP TABLE "progress_logs";
PRAGMA legacy_alter_table=ON;
ALTER TABLE "_new_progress_logs" RENAME TO "progress_logs";
PRAGMA legacy_alter_table=OFF;
ALTER TABLE "reading_sessions" DROP CONSTRAINT "reading_sessions_status_check";
ALTER TABLE "reading_sessions" DROP CONSTRAINT "reading_sessions_rating_check";
ALTER TABLE "reading_sessions" DROP CONSTRAINT "completed_after_start";
UPDATE "reading_sessions" SET "status" = 'finished' WHERE "status" = 'read';
ALTER TABLE "reading_sessions" ADD CONSTRAINT "reading_sessions_status_check" CHECK ("status" IN ('to-read', 'reading', 'finished'));
ALTER TABLE "streaks" DROP COLUMN "daily_goal_pages";
CREATE INDEX "books_author_sort_idx" ON "books" ("author_sort");
CREATE INDEX "progress_logs_session_id_read_at_idx" ON "progress_logs" ("session_id", "read_at");
