use super::{WIDTH, WORDS};
use crate::pull::name;

/// Attributes of one name. Words that do not fit on a line together stand in several.
pub(super) fn attributes(text: &mut String, indent: &str, name: &str, words: &[String]) {
    let mut line: Vec<&str> = Vec::new();
    let fits = |line: &[&str]| {
        let words: usize = line.iter().map(|word| word.chars().count() + 2).sum();
        words <= WORDS + 2 && indent.len() + name.len() + 3 + words <= WIDTH
    };
    for word in words {
        line.push(word);
        if line.len() > 1 && !fits(&line) {
            line.pop();
            attribute(text, indent, name, &line);
            line = vec![word];
        }
    }
    attribute(text, indent, name, &line);
}

fn attribute(text: &mut String, indent: &str, name: &str, words: &[&str]) {
    if !words.is_empty() {
        text.extend([indent, "#[", name, "(", &words.join(", "), ")]\n"]);
    }
}

/// One attribute of one word with a text: `definition = ".."`.
pub(super) fn text_attribute(text: &mut String, name: &str, word: &str) {
    if fits(name, word) {
        attribute(text, "", name, &[word]);
    } else {
        text.extend(["#[", name, "(\n    ", word, "\n)]\n"]);
    }
}

/// One attribute of one word with words of its own: `index(a, b, name = "..")`.
pub(super) fn group_attribute(text: &mut String, name: &str, word: &str, inner: &[String]) {
    let joined = format!("{word}({})", inner.join(", "));
    // rustfmt lays out words and texts, and leaves everything else alone.
    let is_plain = |word: &String| match word.split_once(" = ") {
        Some((key, value)) => name::is_word(key) && value.starts_with(['"', 'r']),
        None => name::is_word(word),
    };
    let is_short = inner.len() == 1 || width(&inner.join(", ")) <= WORDS;
    if (fits(name, &joined) && is_short) || !inner.iter().all(is_plain) {
        attribute(text, "", name, &[&joined]);
    } else {
        text.extend(["#[", name, "(", word, "(\n    ", &inner.join(",\n    "), "\n))]\n"]);
    }
}

/// Whether the attribute fits on a line, or its first line does.
fn fits(name: &str, word: &str) -> bool {
    width(word) + name.len() + 5 <= WIDTH
}

fn width(text: &str) -> usize {
    text.lines().next().map_or(0, |line| line.chars().count())
}

/// A doc comment of one line.
pub(super) fn doc(text: &mut String, indent: &str, line: &str) {
    text.extend([indent, "/// ", line.trim(), "\n"]);
}
