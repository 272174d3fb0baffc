//! Words that several attributes share.

use crate::{
    attribute::{Item, Value},
    errors::Errors,
    names,
};

pub(super) const ACTIONS: [(&str, &str); 5] = [
    ("cascade", "Cascade"),
    ("set_null", "SetNull"),
    ("set_default", "SetDefault"),
    ("restrict", "Restrict"),
    ("no_action", "NoAction"),
];

pub(super) const DEFERRABLE: [(&str, &str); 2] =
    [("initially_immediate", "InitiallyImmediate"), ("initially_deferred", "InitiallyDeferred")];

/// `deferrable` alone is what SQL means by it: initially immediate.
pub(super) fn deferrable(item: &Item, choices: &[(&str, &'static str)], errors: &Errors) -> &'static str {
    match item.value {
        Value::None => "InitiallyImmediate",
        _ => item.one_of(choices, errors).unwrap_or("Not"),
    }
}

/// Words of other frameworks, and what is written here.
const ELSEWHERE: [(&str, &str); 11] = [
    ("nullable", "a column may be NULL where its field is an `Option`"),
    ("null", "a column may be NULL where its field is an `Option`"),
    ("not_null", "a column is NOT NULL where its field is no `Option`"),
    ("required", "a column is NOT NULL where its field is no `Option`"),
    ("pk", "write `primary_key`"),
    ("id", "write `primary_key`"),
    ("auto_increment", "write `autoincrement`"),
    ("foreign_key", "write `references = Author`, or `#[table(foreign_key(..))]` for several columns"),
    ("rename", "write `name = \"..\"`, and `renamed_from = \"..\"` for a name it had before"),
    ("type", "write `sql_type = \"..\"`"),
    ("ignore", "write `skip`"),
];

/// Words of a column, and of other frameworks, that are written on the struct.
const ON_THE_STRUCT: [(&str, &str); 8] = [
    ("soft_delete", "it is a column's: `#[column(soft_delete)] deleted_at: Option<OffsetDateTime>`"),
    ("created_at", "it is a column's: `#[column(created_at)] created_at: OffsetDateTime`"),
    ("updated_at", "it is a column's: `#[column(updated_at)] updated_at: OffsetDateTime`"),
    (
        "timestamps",
        "it is columns': `#[column(created_at)]` and `#[column(updated_at)]` on fields of their own",
    ),
    ("version", "it is a column's: `#[column(version)] version: i64`"),
    ("table_name", "write `name = \"..\"`"),
    ("rename", "write `name = \"..\"`, and `renamed_from = \"..\"` for a name it had before"),
    (
        "many_to_many",
        "the table between two others is a model of its own, which says `joins(book_id, tag_id)`",
    ),
];

/// A word that an attribute does not know, with the nearest that it does.
pub(crate) fn unknown(item: &Item, word: &str, attribute: &str, known: &[&str], errors: &Errors) {
    let elsewhere: &[(&str, &str)] = match attribute {
        "column" => &ELSEWHERE,
        "table" => &ON_THE_STRUCT,
        _ => &[],
    };
    if let Some((_, hint)) = elsewhere.iter().find(|(other, _)| *other == word) {
        errors.at(&item.name, format_args!("`{attribute}` does not know `{word}`: {hint}"));
        return;
    }
    let hint = match names::nearest(word, known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("it knows `{}`", known.join("`, `")),
    };
    errors.at(&item.name, format_args!("`{attribute}` does not know `{word}`: {hint}"));
}

/// Refuses a word that stands twice and may not.
pub(crate) fn no_repeats(items: &[Item], may_repeat: &[&str], attribute: &str, errors: &Errors) {
    for (at, item) in items.iter().enumerate() {
        let again = items[..at].iter().any(|earlier| earlier.name == item.name);
        if again && !may_repeat.iter().any(|word| item.name == word) {
            errors.at(
                &item.name,
                format_args!("`{}` stands twice in `{attribute}`: remove one of them", item.name),
            );
        }
    }
}
