use toml::de::{DeTable, DeValue};

use super::template::PROFILE;

/// The members that a project needs.
const MEMBERS: [&str; 2] = ["models", "xtask"];

/// What became of a `Cargo.toml`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Edited {
    /// The new text, and what was added.
    Changed(String, String),
    /// Everything is there.
    Complete,
    /// It is written in a way that has to be completed by hand, with these lines.
    ByHand(String),
}

/// Adds the members, and the profile for SQLite, to the text of a `Cargo.toml`.
///
/// The text is only ever inserted into, and what comes out is read again: where it does not hold
/// what it should, a person is asked to write the lines.
pub(super) fn complete(text: &str) -> Edited {
    let by_hand = || Edited::ByHand(format!("[workspace]\nmembers = [\"models\", \"xtask\"]\n\n{PROFILE}"));
    let Ok(document) = DeTable::parse(text) else { return by_hand() };
    let document = document.get_ref();
    let missing: Vec<&str> = MEMBERS.into_iter().filter(|member| !has_member(document, member)).collect();
    let mut added = Vec::new();
    let mut edited = text.to_owned();
    if !missing.is_empty() {
        let Some(inserted) = insert_members(text, document, &missing) else { return by_hand() };
        edited = inserted;
        added.push(format!("members {}", missing.join(", ")));
    }
    if !has_profile(document) {
        append(&mut edited, PROFILE);
        added.push("an optimised SQLite in debug builds".to_owned());
    }
    if added.is_empty() {
        return Edited::Complete;
    }
    let holds = DeTable::parse(&edited).is_ok_and(|read| {
        MEMBERS.iter().all(|member| has_member(read.get_ref(), member)) && has_profile(read.get_ref())
    });
    if holds { Edited::Changed(edited, added.join("; ")) } else { by_hand() }
}

fn has_member(document: &DeTable<'_>, member: &str) -> bool {
    let members = document.get("workspace").and_then(|workspace| workspace.get_ref().get("members"));
    members
        .and_then(|members| members.get_ref().as_array())
        .is_some_and(|members| members.iter().any(|value| value.get_ref().as_str() == Some(member)))
}

fn has_profile(document: &DeTable<'_>) -> bool {
    let path = ["dev", "package", "libsqlite3-sys"];
    let start = document.get("profile").map(toml::Spanned::get_ref);
    path.into_iter()
        .try_fold(start, |value, key| value.map(|value| value.get(key).map(toml::Spanned::get_ref)))
        .flatten()
        .is_some()
}

fn insert_members(text: &str, document: &DeTable<'_>, missing: &[&str]) -> Option<String> {
    let quoted: Vec<String> = missing.iter().map(|member| format!("\"{member}\"")).collect();
    let quoted = quoted.join(", ");
    let Some((key, workspace)) = document.iter().find(|(key, _)| key.get_ref().as_ref() == "workspace")
    else {
        let mut text = text.to_owned();
        append(&mut text, &format!("[workspace]\nmembers = [{quoted}]\n"));
        return Some(text);
    };
    let (at, inserted) = if let Some(members) = workspace.get_ref().get("members") {
        let DeValue::Array(values) = members.get_ref() else { return None };
        match values.last() {
            Some(last) => (last.span().end, format!(", {quoted}")),
            None => (members.span().start + 1, quoted),
        }
    } else {
        let end = key.span().end;
        let line = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at);
        (line, format!("\nmembers = [{quoted}]"))
    };
    text.is_char_boundary(at).then(|| format!("{}{inserted}{}", &text[..at], &text[at..]))
}

/// Puts a section at the end, an empty line before it.
pub(super) fn append(text: &mut String, section: &str) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(section);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str) -> String {
        match complete(text) {
            Edited::Changed(text, _) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn members_are_inserted_and_the_rest_of_the_text_stays() {
        for (before, after) in [
            (
                "[workspace] # ours\nmembers = [\n  \"app\", # the program\n]\n",
                "[workspace] # ours\nmembers = [\n  \"app\", \"models\", \"xtask\", # the program\n]\n",
            ),
            ("[workspace]\nmembers = []\n", "[workspace]\nmembers = [\"models\", \"xtask\"]\n"),
            (
                "[workspace]\nresolver = \"3\"\n",
                "[workspace]\nmembers = [\"models\", \"xtask\"]\nresolver = \"3\"\n",
            ),
            ("[workspace]\nmembers = [\"xtask\"]\n", "[workspace]\nmembers = [\"xtask\", \"models\"]\n"),
            (
                "[package]\nname = \"shop\"",
                "[package]\nname = \"shop\"\n\n[workspace]\nmembers = [\"models\", \"xtask\"]\n",
            ),
        ] {
            assert_eq!(changed(before), format!("{after}\n{PROFILE}"), "{before}");
        }
    }

    #[test]
    fn a_complete_manifest_stays_and_an_odd_one_is_left_to_a_person() {
        let complete_text = format!("[workspace]\nmembers = [\"models\", \"xtask\"]\n\n{PROFILE}");
        assert_eq!(complete(&complete_text), Edited::Complete);
        for odd in ["workspace = {}", "[workspace]\nmembers = 3", "not toml"] {
            assert!(matches!(complete(odd), Edited::ByHand(_)), "{odd}");
        }
    }
}
