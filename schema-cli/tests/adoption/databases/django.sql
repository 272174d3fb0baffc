-- A shop as Django migrates it: every name quoted, bool and datetime, decimals, hashed index names,
-- deferred foreign keys, checks of JSON and of positive integers.
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename");
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id", "permission_id");
CREATE TABLE "auth_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "is_superuser" bool NOT NULL, "username" varchar(150) NOT NULL UNIQUE, "last_name" varchar(150) NOT NULL, "email" varchar(254) NOT NULL, "is_staff" bool NOT NULL, "is_active" bool NOT NULL, "date_joined" datetime NOT NULL, "first_name" varchar(150) NOT NULL);
CREATE TABLE "auth_user_groups" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE UNIQUE INDEX "auth_user_groups_user_id_group_id_94350c0c_uniq" ON "auth_user_groups" ("user_id", "group_id");
CREATE TABLE "django_admin_log" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "object_id" text NULL, "object_repr" varchar(200) NOT NULL, "action_flag" smallint unsigned NOT NULL CHECK ("action_flag" >= 0), "change_message" text NOT NULL, "content_type_id" integer NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "action_time" datetime NOT NULL);
CREATE INDEX "django_admin_log_content_type_id_c4bce8eb" ON "django_admin_log" ("content_type_id");
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");
CREATE TABLE "shop_category" ("id" bigint NOT NULL PRIMARY KEY, "slug" varchar(50) NOT NULL UNIQUE, "parent_id" bigint NULL REFERENCES "shop_category" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "shop_product" ("id" char(32) NOT NULL PRIMARY KEY, "name" varchar(200) NOT NULL, "price" decimal NOT NULL, "weight" real NULL, "attributes" text NOT NULL CHECK ((JSON_VALID("attributes") OR "attributes" IS NULL)), "stock" integer unsigned NOT NULL CHECK ("stock" >= 0), "status" varchar(10) NOT NULL, "released" date NULL, "category_id" bigint NOT NULL REFERENCES "shop_category" ("id") DEFERRABLE INITIALLY DEFERRED, "image" BLOB NULL, "lead_time" bigint NULL, CONSTRAINT "price_is_positive" CHECK ("price" > '0'), CONSTRAINT "status_is_known" CHECK ("status" IN ('draft', 'active', 'gone')));
CREATE INDEX "shop_product_name_upper" ON "shop_product" ((UPPER("name")));
CREATE UNIQUE INDEX "one_active_name" ON "shop_product" ("name") WHERE "status" = 'active';
CREATE INDEX "shop_produc_price_1a2b3c_idx" ON "shop_product" ("price" DESC, "name");
CREATE TABLE "shop_order" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "reference" char(32) NOT NULL UNIQUE, "placed" datetime NOT NULL, "customer_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED, "total" decimal GENERATED ALWAYS AS (COALESCE("net", '0') + COALESCE("tax", '0')) STORED, "net" decimal NOT NULL, "tax" decimal NULL);
CREATE TABLE "shop_order_line" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "quantity" integer unsigned NOT NULL CHECK ("quantity" >= 0), "order_id" integer NOT NULL REFERENCES "shop_order" ("id") DEFERRABLE INITIALLY DEFERRED, "product_id" char(32) NOT NULL REFERENCES "shop_product" ("id") DEFERRABLE INITIALLY DEFERRED);

INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0001_initial', '2023-01-01 10:00:00.123456'), ('shop', '0001_initial', '2023-01-01 10:00:01');
INSERT INTO django_content_type (app_label, model) VALUES ('auth', 'user'), ('shop', 'product');
INSERT INTO auth_permission (content_type_id, codename, name) VALUES (1, 'add_user', 'Can add user'), (2, 'view_product', 'Can view product');
INSERT INTO auth_group (name) VALUES ('staff');
INSERT INTO auth_group_permissions (group_id, permission_id) VALUES (1, 1), (1, 2);
INSERT INTO auth_user (password, is_superuser, username, last_name, email, is_staff, is_active, date_joined, first_name) VALUES
    ('pbkdf2_sha256$x', 1, 'ada', 'Lovelace', 'ada@example.org', 1, 1, '2023-01-02 09:00:00', 'Ada'), ('pbkdf2_sha256$y', 0, 'bob', '', '', 0, 0, '2023-02-02 09:00:00.5', '');
INSERT INTO auth_user_groups (user_id, group_id) VALUES (1, 1);
INSERT INTO django_session VALUES ('abc', 'eyJ9', '2030-01-01 00:00:00');
INSERT INTO shop_category VALUES (10, 'books', NULL), (11, 'novels', 10);
INSERT INTO shop_product (id, name, price, attributes, stock, status, released, category_id) VALUES
    ('0f0e0d0c0b0a09080706050403020100', 'Dune', 9.99, '{"pages": 412}', 3, 'active', '1965-08-01', 11), ('1f0e0d0c0b0a09080706050403020100', 'Atlas', 40, '{}', 0, 'draft', NULL, 10);
INSERT INTO shop_order (reference, placed, customer_id, net, tax) VALUES ('r1', '2023-03-03 12:00:00', 1, 9.99, 0.7);
INSERT INTO shop_order_line (quantity, order_id, product_id) VALUES (2, 1, '0f0e0d0c0b0a09080706050403020100');
