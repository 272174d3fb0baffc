-- A browser's history as Firefox keeps it: LONGVARCHAR, partial and functional indexes, tables
-- without a rowid, generated columns.
CREATE TABLE moz_origins ( id INTEGER PRIMARY KEY, prefix TEXT NOT NULL, host TEXT NOT NULL, frecency INTEGER NOT NULL, recalc_frecency INTEGER NOT NULL DEFAULT 0, alt_frecency INTEGER, recalc_alt_frecency INTEGER NOT NULL DEFAULT 0, UNIQUE (prefix, host) );
CREATE TABLE moz_places (   id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, rev_host LONGVARCHAR, visit_count INTEGER DEFAULT 0, hidden INTEGER DEFAULT 0 NOT NULL, typed INTEGER DEFAULT 0 NOT NULL, frecency INTEGER DEFAULT -1 NOT NULL, last_visit_date INTEGER , guid TEXT, foreign_count INTEGER DEFAULT 0 NOT NULL, url_hash INTEGER DEFAULT 0 NOT NULL , description TEXT, preview_image_url TEXT, site_name TEXT, origin_id INTEGER REFERENCES moz_origins(id), recalc_frecency INTEGER NOT NULL DEFAULT 0, alt_frecency INTEGER, recalc_alt_frecency INTEGER NOT NULL DEFAULT 0);
CREATE TABLE moz_historyvisits (  id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER, session INTEGER, source INTEGER DEFAULT 0 NOT NULL, triggeringPlaceId INTEGER);
CREATE TABLE moz_inputhistory (  place_id INTEGER NOT NULL, input LONGVARCHAR NOT NULL, use_count INTEGER, PRIMARY KEY (place_id, input));
CREATE TABLE moz_bookmarks (  id INTEGER PRIMARY KEY, type INTEGER, fk INTEGER DEFAULT NULL, parent INTEGER, position INTEGER, title LONGVARCHAR, keyword_id INTEGER, folder_type TEXT, dateAdded INTEGER, lastModified INTEGER, guid TEXT, syncStatus INTEGER NOT NULL DEFAULT 0, syncChangeCounter INTEGER NOT NULL DEFAULT 1);
CREATE TABLE moz_bookmarks_deleted (  guid TEXT PRIMARY KEY, dateRemoved INTEGER NOT NULL DEFAULT 0);
CREATE TABLE moz_keywords (  id INTEGER PRIMARY KEY AUTOINCREMENT, keyword TEXT UNIQUE, place_id INTEGER, post_data TEXT);
CREATE TABLE moz_anno_attributes (  id INTEGER PRIMARY KEY, name VARCHAR(32) UNIQUE NOT NULL);
CREATE TABLE moz_annos (  id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL, anno_attribute_id INTEGER, content LONGVARCHAR, flags INTEGER DEFAULT 0, expiration INTEGER DEFAULT 0, type INTEGER DEFAULT 0, dateAdded INTEGER DEFAULT 0, lastModified INTEGER DEFAULT 0);
CREATE TABLE moz_items_annos (  id INTEGER PRIMARY KEY, item_id INTEGER NOT NULL, anno_attribute_id INTEGER, content LONGVARCHAR, flags INTEGER DEFAULT 0, expiration INTEGER DEFAULT 0, type INTEGER DEFAULT 0, dateAdded INTEGER DEFAULT 0, lastModified INTEGER DEFAULT 0);
CREATE TABLE moz_meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID ;
CREATE TABLE moz_places_metadata (id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL, referrer_place_id INTEGER, created_at INTEGER NOT NULL DEFAULT 0, updated_at INTEGER NOT NULL DEFAULT 0, total_view_time INTEGER NOT NULL DEFAULT 0, document_type INTEGER NOT NULL DEFAULT 0, search_query_id INTEGER, FOREIGN KEY (place_id) REFERENCES moz_places(id) ON DELETE CASCADE, FOREIGN KEY (referrer_place_id) REFERENCES moz_places(id) ON DELETE CASCADE, FOREIGN KEY(search_query_id) REFERENCES moz_places_metadata_search_queries(id) ON DELETE CASCADE CHECK(place_id != referrer_place_id) );
CREATE TABLE moz_places_metadata_search_queries ( id INTEGER PRIMARY KEY, terms TEXT NOT NULL UNIQUE );
CREATE TABLE moz_previews_tombstones (  hash TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;
CREATE TABLE moz_newtab_story_click ( newtab_story_click_id INTEGER PRIMARY KEY, feature TEXT NOT NULL, timestamp_s INTEGER NOT NULL, day TEXT GENERATED ALWAYS AS (date(timestamp_s, 'unixepoch')) VIRTUAL, place_id INTEGER REFERENCES moz_places(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED ) STRICT;

CREATE INDEX moz_places_url_hashindex ON moz_places (url_hash);
CREATE INDEX moz_places_hostindex ON moz_places (rev_host);
CREATE INDEX moz_places_visitcount ON moz_places (visit_count);
CREATE INDEX moz_places_frecencyindex ON moz_places (frecency);
CREATE INDEX moz_places_lastvisitdateindex ON moz_places (last_visit_date);
CREATE UNIQUE INDEX moz_places_guid_uniqueindex ON moz_places (guid);
CREATE INDEX moz_places_originidindex ON moz_places (origin_id);
CREATE INDEX moz_places_altfrecencyindex ON moz_places (alt_frecency) WHERE alt_frecency NOT NULL;
CREATE INDEX moz_historyvisits_placedateindex ON moz_historyvisits (place_id, visit_date);
CREATE INDEX moz_historyvisits_fromindex ON moz_historyvisits (from_visit);
CREATE INDEX moz_historyvisits_dateindex ON moz_historyvisits (visit_date DESC);
CREATE INDEX moz_bookmarks_itemindex ON moz_bookmarks (fk, type);
CREATE INDEX moz_bookmarks_parentindex ON moz_bookmarks (parent, position);
CREATE UNIQUE INDEX moz_bookmarks_guid_uniqueindex ON moz_bookmarks (guid);
CREATE UNIQUE INDEX moz_keywords_placepostdata_uniqueindex ON moz_keywords (place_id, post_data);
CREATE UNIQUE INDEX moz_annos_placeattributeindex ON moz_annos (place_id, anno_attribute_id);
CREATE UNIQUE INDEX moz_places_metadata_placecreated_uniqueindex ON moz_places_metadata (place_id, created_at);
CREATE INDEX moz_places_metadata_referrerindex ON moz_places_metadata (referrer_place_id);
CREATE INDEX moz_bookmarks_titleindex ON moz_bookmarks (lower(title), length(title) DESC) WHERE title IS NOT NULL AND "type" = 1;

INSERT INTO moz_origins (id, prefix, host, frecency) VALUES (1, 'https://', 'www.rust-lang.org', 100), (2, 'https://', 'sqlite.org', 2000);
INSERT INTO moz_places (id, url, title, rev_host, visit_count, last_visit_date, guid, url_hash, origin_id) VALUES
    (1, 'https://www.rust-lang.org/', 'Rust', 'gro.gnal-tsur.www.', 3, 1700000000000000, 'aaaaaaaaaaaa', 47357795150914, 1),
    (2, 'https://sqlite.org/lang.html', 'Query Language', 'gro.etilqs.', 12, 1700000001000000, 'bbbbbbbbbbbb', 47358034485371, 2);
INSERT INTO moz_historyvisits (from_visit, place_id, visit_date, visit_type, session) VALUES (0, 1, 1700000000000000, 1, 0), (1, 2, 1700000001000000, 1, 0);
INSERT INTO moz_inputhistory VALUES (1, 'rus', 1.5), (2, 'sql', 2);
INSERT INTO moz_bookmarks (id, type, fk, parent, position, title, guid, dateAdded, lastModified) VALUES
    (1, 2, NULL, 0, 0, '', 'root________', 1700000000000000, 1700000000000000), (2, 1, 2, 1, 0, 'SQLite', 'cccccccccccc', 1700000000000000, 1700000000000000);
INSERT INTO moz_meta VALUES ('sync/bookmarks/lastSync', 1700000000.25), ('origin_frecency_count', 2), ('note', 'text');
INSERT INTO moz_places_metadata_search_queries (terms) VALUES ('rust derive');
INSERT INTO moz_places_metadata (place_id, created_at, search_query_id) VALUES (1, 1700000000, 1);
INSERT INTO moz_newtab_story_click (feature, timestamp_s, place_id) VALUES ('list', 1700000000, 1);

CREATE TRIGGER moz_places_afterdelete_origins AFTER DELETE ON moz_places FOR EACH ROW BEGIN DELETE FROM moz_origins WHERE id = OLD.origin_id AND NOT EXISTS (SELECT 1 FROM moz_places WHERE origin_id = OLD.origin_id); END;
CREATE TRIGGER moz_bookmarks_foreign_count AFTER INSERT ON moz_bookmarks WHEN NEW.fk IS NOT NULL BEGIN UPDATE moz_places SET foreign_count = foreign_count + 1 WHERE id = NEW.fk; SELECT note_sync_change(); END;
