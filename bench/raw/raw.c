/* The yardstick: what a tight C program needs for the same work on the same SQLite library.
 *
 * It reads one command a line from stdin and answers with the nanoseconds that the command took, so that
 * the harness can run it and the framework in turns. It builds the same owned strings that the framework
 * gives its callers, and frees them inside the measured time, as the framework does.
 */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *db;

static void check(int code, int wanted) {
    if (code != wanted) {
        fprintf(stderr, "raw: %s\n", db ? sqlite3_errmsg(db) : "cannot open");
        exit(1);
    }
}

static void run(const char *sql) { check(sqlite3_exec(db, sql, 0, 0, 0), SQLITE_OK); }

static sqlite3_stmt *prepare(const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, 0), SQLITE_OK);
    return statement;
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static char *text(sqlite3_stmt *statement, int column) {
    const unsigned char *bytes = sqlite3_column_text(statement, column);
    if (!bytes) return 0;
    int length = sqlite3_column_bytes(statement, column);
    char *copy = malloc(length ? length : 1);
    memcpy(copy, bytes, length);
    return copy;
}

typedef struct { int64_t id; char *name; int64_t amount; } Small;
typedef struct {
    int64_t id; char *title, *author, *language, *subject; int64_t year, pages, copies;
    double price, rating; char *note; int64_t available;
} Wide;

static void read_small(sqlite3_stmt *s, Small *row) {
    row->id = sqlite3_column_int64(s, 0);
    row->name = text(s, 1);
    row->amount = sqlite3_column_int64(s, 2);
}

static void read_wide(sqlite3_stmt *s, Wide *row) {
    row->id = sqlite3_column_int64(s, 0);
    row->title = text(s, 1);
    row->author = text(s, 2);
    row->language = text(s, 3);
    row->subject = text(s, 4);
    row->year = sqlite3_column_int64(s, 5);
    row->pages = sqlite3_column_int64(s, 6);
    row->copies = sqlite3_column_int64(s, 7);
    row->price = sqlite3_column_double(s, 8);
    row->rating = sqlite3_column_double(s, 9);
    row->note = text(s, 10);
    row->available = sqlite3_column_int64(s, 11);
}

static void free_wide(Wide *row) {
    free(row->title);
    free(row->author);
    free(row->language);
    free(row->subject);
    free(row->note);
}

#define SMALL "SELECT id, name, amount FROM small"
#define WIDE "SELECT id, title, author, language, subject, year, pages, copies, price, rating, note, available FROM wide"

static int64_t sink;

static int64_t lookup(int count) {
    static sqlite3_stmt *s;
    if (!s) s = prepare(WIDE " WHERE id = ?");
    run("BEGIN");
    int64_t start = now();
    uint32_t random = 1;
    for (int i = 0; i < count; i++) {
        Wide row;
        random = random * 1664525 + 1013904223;
        sqlite3_bind_int64(s, 1, 1 + random % 10000);
        check(sqlite3_step(s), SQLITE_ROW);
        read_wide(s, &row);
        sqlite3_reset(s);
        sink += row.pages;
        free_wide(&row);
    }
    int64_t took = now() - start;
    run("COMMIT");
    return took;
}

static int64_t load_small(void) {
    static sqlite3_stmt *s;
    if (!s) s = prepare(SMALL " ORDER BY id");
    int64_t start = now();
    size_t used = 0, room = 4;
    Small *rows = malloc(room * sizeof *rows);
    while (sqlite3_step(s) == SQLITE_ROW) {
        if (used == room) rows = realloc(rows, (room *= 2) * sizeof *rows);
        read_small(s, &rows[used++]);
    }
    sqlite3_reset(s);
    for (size_t i = 0; i < used; i++) { sink += rows[i].amount; free(rows[i].name); }
    free(rows);
    return now() - start;
}

static int64_t load_wide(void) {
    static sqlite3_stmt *s;
    if (!s) s = prepare(WIDE " ORDER BY id");
    int64_t start = now();
    size_t used = 0, room = 4;
    Wide *rows = malloc(room * sizeof *rows);
    while (sqlite3_step(s) == SQLITE_ROW) {
        if (used == room) rows = realloc(rows, (room *= 2) * sizeof *rows);
        read_wide(s, &rows[used++]);
    }
    sqlite3_reset(s);
    for (size_t i = 0; i < used; i++) { sink += rows[i].pages; free_wide(&rows[i]); }
    free(rows);
    return now() - start;
}

static int64_t insert(int count) {
    static sqlite3_stmt *s;
    if (!s) s = prepare("INSERT INTO target (name, amount) VALUES (?, ?)");
    int64_t start = now();
    run("BEGIN IMMEDIATE");
    for (int i = 0; i < count; i++) {
        sqlite3_bind_text(s, 1, "a name of some length", 21, SQLITE_STATIC);
        sqlite3_bind_int64(s, 2, i);
        check(sqlite3_step(s), SQLITE_DONE);
        sqlite3_reset(s);
    }
    run("COMMIT");
    int64_t took = now() - start;
    run("DELETE FROM target");
    return took;
}

static int64_t update(int count) {
    static sqlite3_stmt *s;
    if (!s) s = prepare("UPDATE small SET amount = ? WHERE id = ?");
    run("BEGIN IMMEDIATE");
    int64_t start = now();
    uint32_t random = 1;
    for (int i = 0; i < count; i++) {
        random = random * 1664525 + 1013904223;
        sqlite3_bind_int64(s, 1, i);
        sqlite3_bind_int64(s, 2, 1 + random % 10000);
        check(sqlite3_step(s), SQLITE_DONE);
        sqlite3_reset(s);
    }
    int64_t took = now() - start;
    run("COMMIT");
    return took;
}

int main(int argc, char **argv) {
    if (argc != 2) { fprintf(stderr, "usage: raw DATABASE\n"); return 2; }
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    check(sqlite3_open_v2(argv[1], &db, flags, 0), SQLITE_OK);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON");
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        char name[32] = "";
        int count = 0;
        if (sscanf(line, "%31s %d", name, &count) < 1) continue;
        int64_t took;
        if (!strcmp(name, "lookup")) took = lookup(count);
        else if (!strcmp(name, "load_small")) took = load_small();
        else if (!strcmp(name, "load_wide")) took = load_wide();
        else if (!strcmp(name, "insert")) took = insert(count);
        else if (!strcmp(name, "update")) took = update(count);
        else { fprintf(stderr, "raw: unknown command %s\n", name); return 2; }
        printf("%lld\n", (long long)took);
        fflush(stdout);
    }
    return sink == 42;
}
