use std::{env, path::Path};

/// A path as a person writes it here: relative to the current folder where it is below it.
pub(crate) fn shown(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    match path.strip_prefix(&here) {
        Ok(below) if !here.as_os_str().is_empty() && !below.as_os_str().is_empty() => {
            below.display().to_string()
        }
        _ => path.display().to_string(),
    }
}

/// The text with every path below the current folder written relative to it.
pub(crate) fn shortened(text: &str) -> String {
    let here = env::current_dir().unwrap_or_default();
    match here.to_str() {
        Some(here) if here.len() > 1 => relative_to(here, text),
        _ => text.to_owned(),
    }
}

fn relative_to(here: &str, text: &str) -> String {
    let folder = format!("{here}{}", std::path::MAIN_SEPARATOR);
    let mut shorter = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(&folder) {
        let (before, after) = (&rest[..at], &rest[at + folder.len()..]);
        shorter.push_str(before);
        // The end of another path is no folder of its own.
        let begins = shorter
            .chars()
            .next_back()
            .is_none_or(|letter| letter.is_whitespace() || "`'\"(=:".contains(letter));
        if !begins {
            shorter.push_str(&folder);
        }
        rest = after;
    }
    shorter + rest
}

#[cfg(test)]
mod tests {
    use super::relative_to;

    #[cfg(unix)]
    #[test]
    fn a_path_is_shortened_where_it_begins_with_the_folder() {
        let text =
            "/srv/app/app.db: see `/srv/app/migrations/1.sql`, /mnt/srv/app/x, /srv/apple and /srv/app";
        assert_eq!(
            relative_to("/srv/app", text),
            "app.db: see `migrations/1.sql`, /mnt/srv/app/x, /srv/apple and /srv/app"
        );
    }
}
