//! Words that several attributes share.

use crate::{
    attribute::{Item, Value},
    errors::Errors,
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

/// A word that an attribute does not know, with the nearest that it does.
pub(super) fn unknown(item: &Item, word: &str, attribute: &str, known: &[&str], errors: &Errors) {
    let nearest =
        known.iter().min_by_key(|known| distance(word, known)).filter(|known| distance(word, known) <= 3);
    let hint = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("it knows {}", known.join(", ")),
    };
    errors.at(&item.name, format_args!("`{attribute}` does not know `{word}`: {hint}"));
}

/// Refuses a word that stands twice and may not.
pub(super) fn no_repeats(items: &[Item], may_repeat: &[&str], attribute: &str, errors: &Errors) {
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

/// Levenshtein's distance.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let cost = if a == *b { diagonal } else { diagonal + 1 };
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
