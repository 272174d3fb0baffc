use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

/// Where a database lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// In memory, for as long as its handle lives.
    Memory,
    /// A file.
    File(PathBuf),
}

impl Target {
    /// Reads `sqlite:data/library.db`, `sqlite::memory:` or a plain path.
    pub(super) fn parse(text: &OsStr) -> Result<Self> {
        let Some(known) = text.to_str() else { return Self::file(Path::new(text)) };
        let Some(rest) = strip_scheme(known, "sqlite:") else { return Self::plain(known) };
        if rest == ":memory:" {
            return Ok(Self::Memory);
        }
        if rest.contains('?') {
            return Err(Error::misuse(format!(
                "`{known}`: a database URL takes no parameters; use `OpenOptions` (`Db::options().read_only(true)`), \
                 or leave `sqlite:` out if the file's name contains a question mark"
            )));
        }
        Self::file(Path::new(rest.strip_prefix("//").unwrap_or(rest)))
    }

    fn plain(text: &str) -> Result<Self> {
        if text == ":memory:" {
            return Ok(Self::Memory);
        }
        if strip_scheme(text, "file:").is_some() {
            return Err(Error::misuse(format!(
                "`{text}`: SQLite's `file:` URIs are not taken; write `sqlite:` and the path"
            )));
        }
        if ["postgres:", "postgresql:"].iter().any(|scheme| strip_scheme(text, scheme).is_some()) {
            return Err(Error::misuse("a PostgreSQL URL, but this program is built for SQLite alone"));
        }
        Self::file(Path::new(text))
    }

    /// The absolute path, so that a later change of the working folder opens no other file.
    fn file(path: &Path) -> Result<Self> {
        if path.as_os_str().is_empty() {
            return Err(Error::misuse(
                "the path of the database is empty; write `sqlite:data/library.db`, or `sqlite::memory:`",
            ));
        }
        let absolute = std::path::absolute(path)
            .map_err(|error| Error::database(path, "the working folder cannot be read").with_source(error))?;
        Ok(Self::File(absolute))
    }
}

fn strip_scheme<'t>(text: &'t str, scheme: &str) -> Option<&'t str> {
    let head = text.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Target> {
        Target::parse(OsStr::new(text))
    }

    #[test]
    fn a_url_and_a_path_mean_a_file() {
        let here = std::env::current_dir().unwrap();
        for (text, path) in [
            ("library.db", here.join("library.db")),
            ("data/library.db", here.join("data/library.db")),
            ("sqlite:library.db", here.join("library.db")),
            ("sqlite://data/library.db", here.join("data/library.db")),
            ("SQLITE:library.db", here.join("library.db")),
            ("what?.db", here.join("what?.db")),
            ("ü.db", here.join("ü.db")),
            ("sqlit\u{e9}:x", here.join("sqlit\u{e9}:x")),
        ] {
            assert_eq!(parse(text).unwrap(), Target::File(path), "{text}");
        }
        if cfg!(unix) {
            for text in ["/srv/library.db", "sqlite:/srv/library.db", "sqlite:///srv/library.db"] {
                assert_eq!(parse(text).unwrap(), Target::File("/srv/library.db".into()), "{text}");
            }
        }
    }

    #[test]
    fn memory_has_a_name() {
        for text in [":memory:", "sqlite::memory:"] {
            assert_eq!(parse(text).unwrap(), Target::Memory);
        }
    }

    #[test]
    fn what_cannot_be_opened_says_what_to_write() {
        for (text, advice) in [
            ("", "sqlite:data/library.db"),
            ("sqlite:", "sqlite::memory:"),
            ("sqlite:a.db?mode=ro", "read_only(true)"),
            ("file:a.db", "write `sqlite:` and the path"),
            ("postgres://localhost/a", "SQLite alone"),
            ("postgresql://localhost/a", "SQLite alone"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.is_misuse() && error.to_string().contains(advice), "{text}: {error}");
        }
    }
}
