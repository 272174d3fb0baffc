use std::path::{Path, PathBuf};

use schema_migrate::Error;

/// The file that a database URL names: `sqlite:data/app.db`, `sqlite:///data/app.db` or a plain path.
/// A relative path starts at `base`.
///
/// # Errors
/// A URL of another engine, a database in memory, parameters, or no path at all.
pub(crate) fn file_of_url(url: &str, base: &Path) -> Result<PathBuf, Error> {
    let refused = |why: &str| {
        Err(Error::usage(format!("the database URL `{url}` cannot be used"))
            .why(why)
            .state("nothing was changed")
            .next("write sqlite:path/to/file.db, or the path alone"))
    };
    let rest = match url.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("sqlite") => {
            if rest.contains('?') {
                return refused("a database URL takes no parameters");
            }
            rest.strip_prefix("//").unwrap_or(rest)
        }
        Some((scheme, _))
            if ["postgres", "postgresql"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) =>
        {
            return refused("this program is built for SQLite alone");
        }
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("file") => {
            return refused("SQLite's file: URIs are not taken");
        }
        _ => url,
    };
    if rest.is_empty() {
        return refused("it names no file");
    }
    if rest == ":memory:" || url == ":memory:" {
        return refused("a database in memory ends with its program; these commands need a file");
    }
    Ok(base.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_relative_to_where_it_was_written() {
        let base = Path::new("/srv/app");
        for (url, path) in [
            ("sqlite:data/app.db", "/srv/app/data/app.db"),
            ("SQLite:data/app.db", "/srv/app/data/app.db"),
            ("sqlite:/var/app.db", "/var/app.db"),
            ("sqlite:///var/app.db", "/var/app.db"),
            ("data/app.db", "/srv/app/data/app.db"),
            ("/var/b\u{fc}cher.db", "/var/b\u{fc}cher.db"),
        ] {
            assert_eq!(file_of_url(url, base).unwrap(), Path::new(path), "{url}");
        }
    }

    #[test]
    fn a_url_that_names_no_file_is_a_usage_error() {
        for url in [
            "",
            "sqlite:",
            "sqlite::memory:",
            ":memory:",
            "postgres://host/db",
            "file:app.db",
            "sqlite:a.db?mode=ro",
        ] {
            let error = file_of_url(url, Path::new("/")).unwrap_err();
            assert_eq!(error.kind().exit_code(), 2, "{url}");
        }
    }
}
