//! From Rust's names to SQL's.

/// `ProgressLog` as `progress_log`.
pub(crate) fn snake_case(name: &str) -> String {
    words(name).join("_")
}

/// `books_as_editor` as `BooksAsEditor`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut camel = String::new();
    for word in words(name) {
        let mut letters = word.chars();
        camel.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        camel.extend(letters);
    }
    camel
}

/// The words of a name in camel case, in lower case: `HTTPServer2` is `http`, `server2`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = *letter == '_'
            || letter.is_uppercase()
                && (before.is_none_or(|before| !before.is_uppercase())
                    || after.is_some_and(|after| after.is_lowercase()));
        if begins && words.last().is_none_or(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if *letter != '_' {
            match words.last_mut() {
                Some(word) => word.extend(letter.to_lowercase()),
                None => words.push(letter.to_lowercase().collect()),
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The English plural of a snake-case name: `progress_log` is `progress_logs`.
pub(crate) fn plural(name: &str) -> String {
    let vowel_before = |ending: usize| {
        name.chars().rev().nth(ending).is_some_and(|letter| matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u'))
    };
    if let Some(stem) = name.strip_suffix("person") {
        return format!("{stem}people");
    }
    if let Some(stem) = name.strip_suffix("child") {
        return format!("{stem}children");
    }
    if name.ends_with('y') && !vowel_before(1) {
        return format!("{}ies", &name[..name.len() - 1]);
    }
    if ["s", "x", "z", "ch", "sh"].iter().any(|ending| name.ends_with(ending)) {
        return format!("{name}es");
    }
    format!("{name}s")
}

/// The known word that a misspelt one resembles.
pub(crate) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let close = |known: &&&str| distance(word, known) <= 1 + known.len() / 4;
    known.iter().filter(close).min_by_key(|known| distance(word, known)).copied()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_words() {
        assert_eq!(snake_case("ProgressLog"), "progress_log");
        assert_eq!(snake_case("HTTPServer2"), "http_server2");
        assert_eq!(snake_case("Book"), "book");
    }

    #[test]
    fn plurals_are_english() {
        for (one, many) in [("book", "books"), ("category", "categories"), ("day", "days"), ("box", "boxes")]
        {
            assert_eq!(plural(one), many);
        }
        assert_eq!((plural("person"), plural("search")), ("people".to_owned(), "searches".to_owned()));
    }

    #[test]
    fn a_misspelt_word_finds_the_one_that_it_resembles() {
        assert_eq!(nearest("primry_key", &["name", "primary_key"]), Some("primary_key"));
        assert_eq!(nearest("unqiue", &["index", "unique"]), Some("unique"));
        assert_eq!(nearest("colour", &["name", "unique"]), None);
    }
}
