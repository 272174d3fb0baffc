-- A forum as Rails migrates it: its own bookkeeping, datetime(6), boolean with defaults, named foreign
-- keys, a table of a join without a key, text columns that hold JSON.
CREATE TABLE "schema_migrations" ("version" varchar NOT NULL PRIMARY KEY);
CREATE TABLE "ar_internal_metadata" ("key" varchar NOT NULL PRIMARY KEY, "value" varchar, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
CREATE TABLE "users" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "email" varchar DEFAULT '' NOT NULL, "encrypted_password" varchar DEFAULT '' NOT NULL, "admin" boolean DEFAULT 0 NOT NULL, "settings" json DEFAULT '{}', "sign_in_count" integer DEFAULT 0 NOT NULL, "locked" boolean DEFAULT FALSE, "balance" decimal(10,2) DEFAULT '0.0', "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL);
CREATE UNIQUE INDEX "index_users_on_email" ON "users" ("email");
CREATE TABLE "posts" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "title" varchar(255) NOT NULL, "body" text, "user_id" integer NOT NULL, "type" varchar, "published_at" datetime(6), "state" integer DEFAULT 0 NOT NULL, "lock_version" integer DEFAULT 0, "created_at" datetime(6) DEFAULT CURRENT_TIMESTAMP NOT NULL, "updated_at" datetime(6) NOT NULL, CONSTRAINT "fk_rails_5b5ddfd518"
FOREIGN KEY ("user_id")
  REFERENCES "users" ("id")
 ON DELETE CASCADE, CONSTRAINT title_present CHECK (length(trim("title")) > 0));
CREATE INDEX "index_posts_on_user_id" ON "posts" ("user_id");
CREATE INDEX "index_posts_on_published_at" ON "posts" ("published_at") WHERE published_at IS NOT NULL /* only what is public */;
CREATE TABLE "comments" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "commentable_type" varchar NOT NULL, "commentable_id" integer NOT NULL, "user_id" integer, "parent_id" integer, "body" text NOT NULL, "created_at" datetime(6) NOT NULL, "updated_at" datetime(6) NOT NULL, CONSTRAINT "fk_rails_03de2dc08c"
FOREIGN KEY ("user_id")
  REFERENCES "users" ("id")
 ON DELETE SET NULL, CONSTRAINT "fk_rails_31554e7034"
FOREIGN KEY ("parent_id")
  REFERENCES "comments" ("id")
);
CREATE INDEX "index_comments_on_commentable" ON "comments" ("commentable_type", "commentable_id");
CREATE TABLE "tags" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "name" varchar NOT NULL COLLATE "NOCASE", "taggings_count" bigint DEFAULT 0);
CREATE UNIQUE INDEX "index_tags_on_name" ON "tags" ("name");
CREATE TABLE "posts_tags" ("post_id" integer NOT NULL, "tag_id" integer NOT NULL);
CREATE UNIQUE INDEX "index_posts_tags_on_post_id_and_tag_id" ON "posts_tags" ("post_id", "tag_id");
CREATE TABLE "active_storage_blobs" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "key" varchar NOT NULL, "filename" varchar NOT NULL, "content_type" varchar, "metadata" text, "service_name" varchar NOT NULL, "byte_size" bigint NOT NULL, "checksum" varchar, "created_at" datetime(6) NOT NULL);
CREATE UNIQUE INDEX "index_active_storage_blobs_on_key" ON "active_storage_blobs" ("key");
CREATE TABLE "active_storage_attachments" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "name" varchar NOT NULL, "record_type" varchar NOT NULL, "record_id" bigint NOT NULL, "blob_id" bigint NOT NULL, "created_at" datetime(6) NOT NULL, CONSTRAINT "fk_rails_c3b3935057"
FOREIGN KEY ("blob_id")
  REFERENCES "active_storage_blobs" ("id")
);
CREATE TABLE "devices" ("id" varchar PRIMARY KEY, "user_id" integer NOT NULL, "token" blob, "seen_at" datetime, "kind" varchar DEFAULT 'phone' CHECK (kind IN ('phone', 'tablet', 'smart-tv')), FOREIGN KEY ("user_id") REFERENCES "users");

INSERT INTO schema_migrations VALUES ('20230101000000'), ('20230202000000');
INSERT INTO ar_internal_metadata VALUES ('environment', 'production', '2023-01-01 00:00:00.000000', '2023-01-01 00:00:00.000000');
INSERT INTO users (email, admin, settings, locked, balance, created_at, updated_at) VALUES
    ('ada@example.org', 1, '{"theme":"dark"}', 0, 12.5, '2023-01-01 10:00:00.123456', '2023-01-01 10:00:00.123456'), ('bob@example.org', 0, NULL, NULL, 3, '2023-01-02 10:00:00', '2023-01-02 10:00:00');
INSERT INTO posts (title, body, user_id, type, published_at, state, updated_at) VALUES ('Hello', 'World', 1, NULL, '2023-01-03 10:00:00', 1, '2023-01-03 10:00:00'), ('Draft', NULL, 2, 'Note', NULL, 0, '2023-01-03 10:00:00');
INSERT INTO comments (commentable_type, commentable_id, user_id, parent_id, body, created_at, updated_at) VALUES ('Post', 1, 2, NULL, 'First', '2023-01-04', '2023-01-04'), ('Post', 1, 1, 1, 'Thanks', '2023-01-04', '2023-01-04');
INSERT INTO tags (name, taggings_count) VALUES ('Rust', 1), ('SQLite', 2);
INSERT INTO posts_tags VALUES (1, 1), (1, 2), (2, 2);
INSERT INTO active_storage_blobs (key, filename, service_name, byte_size, created_at) VALUES ('k1', 'a.png', 'local', 1234, '2023-01-04');
INSERT INTO active_storage_attachments (name, record_type, record_id, blob_id, created_at) VALUES ('avatar', 'User', 1, 1, '2023-01-04');
INSERT INTO devices VALUES ('d-1', 1, x'00ff', '2023-01-05 10:00:00', 'smart-tv');
