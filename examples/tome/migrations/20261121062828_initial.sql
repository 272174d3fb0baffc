-- revision: 20261121062828_initial
-- parents:
-- engine:   sqlite >= 3.26

-- migrate:up
CREATE TABLE "books" (
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
CREATE TABLE "reading_sessions" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "book_id" INTEGER NOT NULL,
  "user_id" INTEGER,
  "status" TEXT NOT NULL DEFAULT 'to-read',
  "rating" INTEGER,
  "review" TEXT,
  "started_date" TEXT,
  "completed_date" TEXT,
  "is_archived" INTEGER NOT NULL DEFAULT 0,
  "created_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
  "updated_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
  CONSTRAINT "reading_sessions_book_id_fkey" FOREIGN KEY ("book_id") REFERENCES "books" ON DELETE CASCADE,
  CONSTRAINT "reading_sessions_status_check" CHECK ("status" IN ('to-read', 'reading', 'finished')),
  CONSTRAINT "reading_sessions_is_archived_check" CHECK ("is_archived" IN (0, 1))
);
CREATE TABLE "progress_logs" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "session_id" INTEGER NOT NULL,
  "current_page" INTEGER,
  "percentage" INTEGER NOT NULL,
  "read_at" TEXT NOT NULL,
  "notes" TEXT,
  CONSTRAINT "progress_logs_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "reading_sessions" ON DELETE CASCADE
);
CREATE TABLE "streaks" (
  "id" INTEGER NOT NULL PRIMARY KEY,
  "user_id" INTEGER,
  "current_streak" INTEGER NOT NULL DEFAULT 0,
  "longest_streak" INTEGER NOT NULL DEFAULT 0,
  "last_activity_date" TEXT,
  "total_days_active" INTEGER NOT NULL DEFAULT 0,
  "updated_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);
CREATE INDEX "books_author_sort_idx" ON "books" ("author_sort");
CREATE INDEX "reading_sessions_book_id_idx" ON "reading_sessions" ("book_id");
CREATE INDEX "progress_logs_session_id_read_at_idx" ON "progress_logs" ("session_id", "read_at");

-- migrate:down
DROP TABLE "progress_logs";
DROP TABLE "reading_sessions";
DROP TABLE "books";
DROP TABLE "streaks";
