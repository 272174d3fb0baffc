use super::corpus::{CORPUS, PIECES};
use crate::random::Random;

/// A definition, changed at a few of its pieces.
pub(super) fn definition(random: &mut Random) -> String {
    let mut text = (*random.pick(&CORPUS)).to_owned();
    for _ in 0..random.below(4) {
        text = changed(random, &text);
    }
    text
}

/// The text with one piece gone, doubled, exchanged or new.
pub(super) fn changed(random: &mut Random, text: &str) -> String {
    let mut pieces = pieces(text);
    let at = random.below(pieces.len().max(1));
    match random.below(8) {
        0 if !pieces.is_empty() => drop(pieces.remove(at)),
        1 if !pieces.is_empty() => pieces.insert(at, pieces[at].clone()),
        2 if !pieces.is_empty() => {
            let other = random.below(pieces.len());
            pieces.swap(at, other);
        }
        3 => pieces.truncate(at),
        4 => pieces.insert(at, nested(random)),
        5 => pieces.insert(at, long(random)),
        _ => pieces.insert(at, format!(" {} ", random.pick(&PIECES))),
    }
    pieces.concat()
}

/// Runs of letters and digits, and everything else one by one.
fn pieces(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for character in text.chars() {
        let joins = |last: &String| {
            let is_word = |character: char| character.is_alphanumeric() || character == '_';
            is_word(character) && last.chars().next_back().is_some_and(is_word)
        };
        match found.last_mut().filter(|last| joins(last)) {
            Some(last) => last.push(character),
            None => found.push(character.to_string()),
        }
    }
    found
}

/// Something deep: SQLite itself takes a thousand levels, a stored text can hold any number.
fn nested(random: &mut Random) -> String {
    // What is deepest is rare: it takes its time.
    let deepest = if random.percent(5) { 60_000 } else { 20 };
    let depth = *random.pick(&[1, 2, 3, 10, 50, 90, 99, 120, 400, 900, 3_000, deepest]);
    match random.below(5) {
        0 => format!("{}1{}", "(".repeat(depth), ")".repeat(depth)),
        1 => "(".repeat(depth),
        2 => format!("{}1{}", "CASE WHEN 1 THEN ".repeat(depth), " END".repeat(depth)),
        3 => format!("{}1{}", "(SELECT ".repeat(depth), ")".repeat(depth)),
        _ => format!("{}1", "NOT ".repeat(depth)),
    }
}

fn long(random: &mut Random) -> String {
    let longest = if random.percent(10) { 100_000 } else { 300 };
    let length = *random.pick(&[10, 40, 100, 1_000, longest]);
    match random.below(3) {
        0 => format!(" \"{}\" ", "n".repeat(length)),
        1 => format!(" {} ", "9".repeat(length)),
        _ => format!(" '{}' ", "''".repeat(length / 2)),
    }
}

/// The bytes of a text, some of which need not be one.
pub(super) fn raw(random: &mut Random, text: String) -> Vec<u8> {
    let mut bytes = text.into_bytes();
    let times = if random.percent(60) { 0 } else { random.between(1, 2) };
    for _ in 0..times {
        let at = random.below(bytes.len().max(1));
        let byte = *random.pick(&[0, 0x80, 0xC3, 0xFF, 0xED, b'\'', b'"', b'(']);
        if random.percent(50) || at >= bytes.len() {
            bytes.insert(at.min(bytes.len()), byte);
        } else {
            bytes[at] = byte;
        }
    }
    bytes
}
