use std::{collections::BTreeMap, fmt, fs, ops::Range, path::Path, time::Duration};

use schema_migrate::{Error, clean::Rule, lint, nearest::nearest, plan::EngineVersion, run::Retry};
use schema_ops::retention::Policy;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor},
};
use toml::Spanned;

use super::{clean::read_rules, duration};

/// What `schema.toml` says.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) default: Option<Spanned<String>>,
    pub(super) schemas: BTreeMap<String, (Range<usize>, SchemaSettings)>,
}

/// What `schema.toml` says about one schema.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SchemaSettings {
    pub(super) url: Option<String>,
    pub(super) migrations: Option<String>,
    /// Folders of backups.
    pub(crate) backups: Option<Backups>,
    /// How many backups of each kind are kept.
    pub(super) keep: Option<Keep>,
    /// How often a revision is tried again.
    #[serde(default, deserialize_with = "read_retry")]
    pub(crate) retry: Retry,
    #[serde(default)]
    pub(crate) production: bool,
    #[serde(default, deserialize_with = "read_target")]
    pub(crate) target: Option<EngineVersion>,
    /// A UNIQUE constraint and a unique index are two different things.
    #[serde(default)]
    pub(crate) strict_unique: bool,
    /// Which rows `db-clean` deletes.
    #[serde(default, deserialize_with = "read_rules")]
    pub(crate) clean: Vec<Rule>,
    /// Codes of lints that nobody wants to see.
    #[serde(default, deserialize_with = "read_codes")]
    pub(crate) allow: Vec<String>,
}

/// Folders of backups, relative to the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Backups {
    pub(crate) primary: Option<String>,
    pub(crate) secondary: Option<String>,
    pub(crate) archive: Option<String>,
    pub(crate) before_restore: Option<String>,
}

/// How many backups of each kind are kept.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keep {
    last: Option<u32>,
    hourly: Option<u32>,
    daily: Option<u32>,
    weekly: Option<u32>,
    monthly: Option<u32>,
    yearly: Option<u32>,
    pre_migrate: Option<u32>,
    before_restore: Option<u32>,
}

impl Keep {
    /// The rules for what is there now. Where the calendar is to decide, no number does: nothing that
    /// one of its rules would keep may go.
    pub(super) fn policy(&self) -> Policy {
        let calendar = [self.hourly, self.daily, self.weekly, self.monthly, self.yearly];
        let usual = Policy::default();
        Policy {
            last: if calendar.iter().any(Option::is_some) { None } else { self.last.or(usual.last) },
            pre_migrate: self.pre_migrate.or(usual.pre_migrate),
            before_restore: self.before_restore.or(usual.before_restore),
        }
    }
}

/// How often a revision is tried again that met a locked database or a disk that fails for a moment,
/// and the pauses before: the first, then `factor` times the one before.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetryEntry {
    attempts: Option<u32>,
    #[serde(default, deserialize_with = "read_duration")]
    first: Option<Duration>,
    factor: Option<u32>,
}

/// What is not said is as by default.
fn read_retry<'de, D: Deserializer<'de>>(from: D) -> Result<Retry, D::Error> {
    let entry = RetryEntry::deserialize(from)?;
    let usual = Retry::default();
    Ok(Retry {
        attempts: entry.attempts.unwrap_or(usual.attempts),
        first: entry.first.unwrap_or(usual.first),
        factor: entry.factor.unwrap_or(usual.factor),
    })
}

fn read_duration<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    duration::parse(&String::deserialize(from)?).map(Some).map_err(de::Error::custom)
}

fn read_target<'de, D: Deserializer<'de>>(from: D) -> Result<Option<EngineVersion>, D::Error> {
    let text = String::deserialize(from)?;
    let version: Result<EngineVersion, Error> = text.parse();
    version.map(Some).map_err(|error| de::Error::custom(error.what()))
}

fn read_codes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let codes = Vec::<String>::deserialize(from)?;
    for code in &codes {
        lint::known(code).map_err(|error| {
            de::Error::custom(format!("{}: {}", error.what(), error.reason().unwrap_or_default()))
        })?;
    }
    Ok(codes)
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(FileVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = File;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`default` and a table a schema")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File, A::Error> {
        let mut file = File::default();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            if key.get_ref() == "default" {
                file.default = Some(map.next_value()?);
            } else {
                let span = key.span();
                file.schemas.insert(key.into_inner(), (span, map.next_value()?));
            }
        }
        Ok(file)
    }
}

/// Reads `schema.toml` for a program that knows schemas of these names.
///
/// # Errors
/// A file that cannot be read, TOML that is none, an unknown key: with the line.
pub(super) fn read(path: &Path, known: &[&str]) -> Result<File, Error> {
    let text = fs::read_to_string(path).map_err(|error| {
        Error::failed(format!("{} cannot be read", path.display()))
            .why(error.to_string())
            .state("nothing was changed")
    })?;
    parse(&text, path, known)
}

fn parse(text: &str, path: &Path, known: &[&str]) -> Result<File, Error> {
    let refused = |message: String, span: Option<Range<usize>>| {
        Error::usage(message).place(place(path, text, span)).state("nothing was changed")
    };
    let file: File =
        toml::from_str(text).map_err(|error| refused(error.message().to_owned(), error.span()))?;
    let unknown = |name: &str, span: &Range<usize>, what: &str| {
        let why = match nearest(name, known.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None if known.is_empty() => "this program has no schemas".to_owned(),
            None => format!("this program has {}", known.join(", ")),
        };
        Err(refused(format!("{what} `{name}`"), Some(span.clone())).why(why))
    };
    for (name, (span, _)) in &file.schemas {
        if !known.contains(&name.as_str()) {
            return unknown(name, span, "unknown schema or key");
        }
    }
    if let Some(default) = &file.default
        && !known.contains(&default.get_ref().as_str())
    {
        return unknown(default.get_ref(), &default.span(), "default = names an unknown schema");
    }
    Ok(file)
}

/// `path:line` of a place in the text.
fn place(path: &Path, text: &str, span: Option<Range<usize>>) -> String {
    let offset = span.map_or(0, |span| span.start.min(text.len()));
    let line = text.get(..offset).unwrap_or(text).matches('\n').count() + 1;
    format!("{}:{line}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
default = "tome"
[tome]
url        = "sqlite:examples/tome/data/tome.db"
migrations = "examples/tome/migrations"
backups    = { primary = "data/backups/primary", secondary = "..", archive = "..", before_restore = ".." }
keep       = { last = 10, hourly = 24, daily = 30, weekly = 12, monthly = 24, yearly = 10, pre_migrate = 3, before_restore = 3 }
retry      = { attempts = 3, first = "5s", factor = 2 }
production = false
target     = "3.40"
allow      = ["L007"]
clean      = { backups = "90d", events = { older_than = "36h", by = "at" }, books = { older_than = "30d", deleted = true } }
"#;

    #[test]
    fn every_documented_key_is_read() {
        let file = parse(WHOLE, Path::new("schema.toml"), &["tome"]).unwrap();
        let (_, tome) = &file.schemas["tome"];
        assert_eq!(file.default.unwrap().into_inner(), "tome");
        assert_eq!(tome.url.as_deref(), Some("sqlite:examples/tome/data/tome.db"));
        assert_eq!(tome.allow, ["L007"]);
        assert_eq!(tome.target, Some(EngineVersion::new(3, 40)));
        let clean: Vec<(&str, u64, Option<&str>, bool)> = tome
            .clean
            .iter()
            .map(|rule| (&*rule.table, rule.older_than.as_secs() / 3_600, rule.by.as_deref(), rule.deleted))
            .collect();
        let wanted =
            [("backups", 2_160, None, false), ("books", 720, None, true), ("events", 36, Some("at"), false)];
        assert_eq!(clean, wanted);
        let pauses: Vec<u64> = tome.retry.pauses().map(|pause| pause.as_secs()).collect();
        assert_eq!(pauses, [5, 10, 20]);
    }

    #[test]
    fn what_is_not_said_of_the_retries_is_as_by_default() {
        for (entry, pauses) in [
            ("", [5_000, 10_000, 20_000].as_slice()),
            ("retry = {}", &[5_000, 10_000, 20_000]),
            ("retry = { first = \"50ms\" }", &[50, 100, 200]),
            ("retry = { attempts = 2, factor = 1 }", &[5_000, 5_000]),
            ("retry = { attempts = 0 }", &[]),
        ] {
            let file = parse(&format!("[tome]\n{entry}\n"), Path::new("schema.toml"), &["tome"]).unwrap();
            let found: Vec<u128> =
                file.schemas["tome"].1.retry.pauses().map(|pause| pause.as_millis()).collect();
            assert_eq!(found, pauses, "{entry}");
        }
    }

    #[test]
    fn ten_backups_are_kept_unless_the_calendar_is_to_decide() {
        let policy = |keep: &str| {
            let text = format!("[tome]\nkeep = {keep}");
            let file = parse(&text, Path::new("schema.toml"), &["tome"]).unwrap();
            file.schemas["tome"].1.keep.as_ref().unwrap().policy()
        };
        for (keep, last, pre_migrate, before_restore) in [
            ("{}", Some(10), 3, 3),
            ("{ last = 4 }", Some(4), 3, 3),
            ("{ pre_migrate = 1, before_restore = 0 }", Some(10), 1, 0),
            ("{ daily = 30 }", None, 3, 3),
            ("{ daily = 30, last = 4 }", None, 3, 3),
        ] {
            let wanted =
                Policy { last, pre_migrate: Some(pre_migrate), before_restore: Some(before_restore) };
            assert_eq!(policy(keep), wanted, "{keep}");
        }
    }

    #[test]
    fn what_is_wrong_is_refused_with_its_line() {
        for (line, wrong, message) in [
            (2, "default = \"tmoe\"\n[tome]", "unknown schema `tmoe`"),
            (2, "default = 3", "string"),
            (3, "\n[tmoe]\nurl = \"a\"", "`tmoe`"),
            (3, "[tome]\nurll = \"a\"", "urll"),
            (3, "[tome]\ntarget = \"4.1\"", "no version of SQLite"),
            (3, "[tome]\nallow = [\"L07\"]", "there is no lint `L07`: did you mean `L007`"),
            (3, "[tome]\nretry = { first = \"soon\" }", "no duration"),
            (3, "[tome]\nkeep = { hourly = -1 }", "-1"),
            (3, "[tome]\nclean = { backups = \"3m\" }", "no age"),
            (3, "[tome]\nclean = { backups = { by = \"at\" } }", "older_than"),
            (3, "[tome]\nclean = { backups = { older_than = \"3d\", after = 1 } }", "after"),
            (3, "[tome]\nbackups = { primry = \"a\" }", "primry"),
            (3, "[tome]\nproduction = \"no\"", "boolean"),
            (3, "[tome]\nurl = ", "string"),
        ] {
            let error = parse(&format!("\n{wrong}\n"), Path::new("schema.toml"), &["tome"]).unwrap_err();
            assert_eq!(error.location(), Some(format!("schema.toml:{line}").as_str()), "{wrong}");
            assert!(error.what().contains(message), "{wrong}: {}", error.what());
            assert_eq!(error.kind().exit_code(), 2);
        }
    }
}
