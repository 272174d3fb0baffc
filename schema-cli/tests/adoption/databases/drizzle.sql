-- A habit tracker as Drizzle migrates it: backquotes, text keys, integers for instants and booleans,
-- its own bookkeeping with a type that SQLite does not know.
CREATE TABLE "__drizzle_migrations" (
				id SERIAL PRIMARY KEY,
				hash text NOT NULL,
				created_at numeric
			);
CREATE TABLE `user` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`created_at` integer DEFAULT (unixepoch()) NOT NULL,
	`updated_at` integer DEFAULT (cast(unixepoch('subsecond') * 1000 as integer)) NOT NULL
);
CREATE UNIQUE INDEX `user_email_unique` ON `user` (`email`);
CREATE TABLE `session` (
	`id` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL,
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade
);
CREATE UNIQUE INDEX `session_token_unique` ON `session` (`token`);
CREATE TABLE `habits` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`userId` text NOT NULL,
	`name` text(100) NOT NULL,
	`color` text DEFAULT '#ffffff' NOT NULL,
	`frequency` text DEFAULT 'daily' NOT NULL,
	`goal` real DEFAULT 1 NOT NULL,
	`meta` text DEFAULT '{"a":[1,2]}',
	`sort_order` integer DEFAULT 0,
	`archived` integer DEFAULT 0 NOT NULL,
	FOREIGN KEY (`userId`) REFERENCES `user`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "frequency_check" CHECK("habits"."frequency" in ('daily', 'weekly', 'custom')),
	CONSTRAINT "archived_check" CHECK("habits"."archived" IN (0, 1))
);
CREATE INDEX `habits_user_idx` ON `habits` (`userId`,`sort_order`);
CREATE TABLE `habit_logs` (
	`habit_id` integer NOT NULL,
	`day` text NOT NULL,
	`count` integer DEFAULT 1 NOT NULL,
	`note` text,
	PRIMARY KEY(`habit_id`, `day`),
	FOREIGN KEY (`habit_id`) REFERENCES `habits`(`id`) ON UPDATE cascade ON DELETE cascade
);
CREATE TABLE `log_photos` (
	`id` text PRIMARY KEY,
	`habit_id` integer,
	`day` text,
	`bytes` blob NOT NULL,
	FOREIGN KEY (`habit_id`,`day`) REFERENCES `habit_logs`(`habit_id`,`day`) ON UPDATE no action ON DELETE set null
);
CREATE VIEW `streaks` AS select "habit_id", count(*) as "days", max("day") as "last" from "habit_logs" group by "habit_id";

INSERT INTO "__drizzle_migrations" (id, hash, created_at) VALUES (1, 'e3b0c442', 1700000000000), (NULL, '98fc1c14', 1700000001000);
INSERT INTO user (id, name, email, email_verified) VALUES ('u_1', 'Ada', 'ada@example.org', 1), ('u_2', 'Bob', 'bob@example.org', 0);
INSERT INTO session VALUES ('s_1', 1800000000, 'tok', 'u_1');
INSERT INTO habits (userId, name, goal) VALUES ('u_1', 'Read', 20.5), ('u_1', 'Run', 5), ('u_2', 'Sleep', 8);
INSERT INTO habit_logs VALUES (1, '2024-01-01', 1, NULL), (1, '2024-01-02', 2, 'twice'), (3, '2024-01-01', 1, NULL);
INSERT INTO log_photos VALUES ('p_1', 1, '2024-01-02', x'ffd8ffe0'), ('p_2', NULL, NULL, x'');
