//! What SQLite says of a statement in few words, in more.

use crate::error::Kind;

/// What its message begins with, of which kind the error is, and what it means and what to do.
const KNOWN: &[(&str, Kind, &str)] = &[
    (
        "integer overflow",
        Kind::Value,
        "a sum, or another result of whole numbers, does not fit 64 bits: calculate with floating point, \
         `total(b.n)` or `.cast::<f64>()`",
    ),
    (
        "malformed JSON",
        Kind::Value,
        "JSON is looked into, and a text that a row holds is none: `SELECT rowid FROM .. WHERE NOT json_valid(..)` finds \
         such rows; a column that is declared `#[column(json)]` takes nothing else",
    ),
    (
        "bad JSON path",
        Kind::Value,
        "a path begins with `$`, as in `$.author.name` and `$[0]`; a plain name is for `json_value` and `json_at`",
    ),
    (
        "LIKE or GLOB pattern too complex",
        Kind::Value,
        "a pattern may be 50,000 bytes long: look for a shorter text",
    ),
    (
        "datatype mismatch",
        Kind::Value,
        "an id of the table is a whole number, and another value was to be one",
    ),
    (
        "too many levels of trigger recursion",
        Kind::Engine,
        "triggers have set off each other a thousand times: one of them has to end somewhere",
    ),
    (
        "recursive",
        Kind::Misuse,
        "the step of a recursive query names it once, in its own FROM, and neither groups nor aggregates its rows: do \
         that in the query around it",
    ),
    ("multiple references to recursive table", Kind::Misuse, "the step of a recursive query names it once"),
    ("circular reference", Kind::Misuse, "a view or query that stands in itself is made by `recursive`"),
    (
        "too many terms in compound SELECT",
        Kind::Misuse,
        "500 queries may be joined by `union`: `in_list` takes more",
    ),
    ("too many columns in", Kind::Misuse, "a row may have 2,000 columns: select those that are needed"),
    ("at most 64 tables in a join", Kind::Misuse, "ask in several queries, or join the rest in a CTE"),
    (
        "parser stack overflow",
        Kind::Misuse,
        "the expression is nested too deeply: `any_of` and `all_of` take a list",
    ),
    (
        "misuse of",
        Kind::Misuse,
        "select it in a query of its own (`as_table`, `cte`), and use what that gives",
    ),
    (
        "no such function",
        Kind::Engine,
        "register it on the handle by `OpenOptions::function` or `aggregate`, before it is opened",
    ),
    (
        "no such collation sequence",
        Kind::Engine,
        "register it on the handle by `OpenOptions::collation`, before it is opened",
    ),
];

/// What kind of error a message is, and what to say behind it.
pub(crate) fn known(message: &str) -> Option<(Kind, &'static str)> {
    // `1st ORDER BY term does not match any column in the result set`, `2nd ORDER BY term out of range`.
    if message.contains("ORDER BY term") || message.contains("GROUP BY term") {
        return Some((Kind::Misuse, "it is ordered by a column that its result does not have"));
    }
    if message.ends_with("may not be used as a window function") {
        return Some((
            Kind::Misuse,
            "register it by `OpenOptions::window_aggregate`, which says how a row leaves a window, too",
        ));
    }
    KNOWN.iter().find(|(begins, ..)| message.starts_with(begins)).map(|(_, kind, words)| (*kind, *words))
}
