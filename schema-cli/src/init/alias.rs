use toml::de::{DeTable, DeValue};

use super::manifest::{Edited, append};

/// What `cargo xtask` runs.
const LINE: &str = "xtask = \"run --quiet --package xtask --\"";

/// The text of a new `.cargo/config.toml`.
pub(super) fn whole() -> String {
    format!("[alias]\n{LINE}\n")
}

/// Adds the alias `xtask` to the text of a `.cargo/config.toml`.
pub(super) fn complete(text: &str) -> Edited {
    let by_hand = || Edited::ByHand(whole());
    let Ok(document) = DeTable::parse(text) else { return by_hand() };
    let document = document.get_ref();
    if let Some(known) = document.get("alias").and_then(|alias| alias.get_ref().get("xtask")) {
        return if runs_xtask(known.get_ref()) { Edited::Complete } else { by_hand() };
    }
    let edited = match document.iter().find(|(key, _)| key.get_ref().as_ref() == "alias") {
        None => {
            let mut text = text.to_owned();
            append(&mut text, &whole());
            text
        }
        Some((key, _)) => {
            let end = key.span().end;
            let Some(line) = text.get(end..).map(|rest| rest.find('\n').map_or(text.len(), |at| end + at))
            else {
                return by_hand();
            };
            format!("{}\n{LINE}{}", &text[..line], &text[line..])
        }
    };
    let holds = DeTable::parse(&edited).is_ok_and(|read| {
        read.get_ref().get("alias").is_some_and(|alias| alias.get_ref().get("xtask").is_some())
    });
    if holds { Edited::Changed(edited, "alias xtask".to_owned()) } else { by_hand() }
}

/// Whether an alias runs the package `xtask`, and not one of another name.
fn runs_xtask(alias: &DeValue<'_>) -> bool {
    let is_name = |word: &str| {
        word.trim_start_matches("--package=").trim_start_matches("-p") == "xtask"
            || word.ends_with("xtask/Cargo.toml")
    };
    match alias {
        DeValue::String(words) => words.split_whitespace().any(is_name),
        DeValue::Array(words) => words.iter().filter_map(|word| word.get_ref().as_str()).any(is_name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alias_is_added_where_it_is_missing() {
        for (before, after) in [
            ("[alias]\nb = \"build\"\n", format!("[alias]\n{LINE}\nb = \"build\"\n")),
            ("[build]\njobs = 2\n", format!("[build]\njobs = 2\n\n[alias]\n{LINE}\n")),
            ("[alias]", format!("[alias]\n{LINE}")),
        ] {
            assert_eq!(complete(before), Edited::Changed(after, "alias xtask".to_owned()));
        }
        for ours in ["\"run -p xtask --\"", "[\"run\", \"--package=xtask\"]"] {
            assert_eq!(complete(&format!("[alias]\nxtask = {ours}\n")), Edited::Complete);
        }
        assert!(matches!(complete("[alias]\nxtask = \"run -p tasks --\"\n"), Edited::ByHand(_)));
        assert!(matches!(complete("alias = { b = \"build\" }"), Edited::ByHand(_)));
    }
}
