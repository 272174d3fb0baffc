use crate::random::Random;
use crate::schema::Schema;
use crate::write::KEYWORDS;

const PLAIN: [&str; 16] = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "title",
    "owner_id",
    "state",
    "amount",
    "Name",
    "created_at",
    "ref",
    "note",
    "x1",
    "parent",
    "kind",
    "value",
];

const ODD: [&str; 30] = [
    "we\"ird",
    "a.b",
    "x y",
    "it's",
    "Größe",
    "日本",
    "a]b",
    "back`tick",
    "1digit",
    "a,b",
    "a(b)",
    "--c",
    "/*x*/",
    "_new_alpha",
    "_alpha_renamed",
    "_alpha_old",
    "%s",
    "$1",
    ":p",
    "_rowid_",
    "oid",
    "Q;",
    "😀",
    " lead",
    "trail ",
    "a\tb",
    "\\",
    "NULL",
    "[x]",
    "?",
];

/// A name that no table, view or index has yet.
pub(crate) fn object(random: &mut Random, schema: &Schema) -> String {
    let taken = taken(schema);
    free(random, &taken)
}

/// A name for a column that is not among these.
pub(crate) fn column(random: &mut Random, taken: &[String]) -> String {
    free(random, taken)
}

/// The name in another case, where that is another.
pub(crate) fn other_case(name: &str) -> String {
    let shouted = name.to_ascii_uppercase();
    if shouted == name { name.to_ascii_lowercase() } else { shouted }
}

/// Every name that tables, views, indexes and triggers have.
pub(crate) fn taken(schema: &Schema) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for table in &schema.tables {
        names.push(table.name.clone());
        names.extend(table.indexes.iter().map(|index| index.name.clone()));
        names.extend(table.triggers.iter().map(|trigger| trigger.name.clone()));
    }
    for view in &schema.views {
        names.push(view.name.clone());
        names.extend(view.triggers.iter().map(|trigger| trigger.name.clone()));
    }
    names
}

fn free(random: &mut Random, taken: &[String]) -> String {
    let wanted = match random.below(20) {
        0..=12 => *random.pick(&PLAIN),
        13..=17 => *random.pick(&ODD),
        _ => *random.pick(&KEYWORDS),
    };
    let is_taken = |name: &str| taken.iter().any(|known| known.eq_ignore_ascii_case(name));
    let mut name = wanted.to_owned();
    let mut number = 2;
    while is_taken(&name) {
        name = format!("{wanted}{number}");
        number += 1;
    }
    name
}
