use super::path::{Path, read};
use crate::{Error, Result};

/// What a person has decided, in flags or on a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Old and new name of a table, column or variant: `--rename`.
    pub renames: Vec<(Path, Path)>,
    /// What is dropped and not renamed, with the loss that this brings: `--drop`.
    pub drops: Vec<Path>,
    /// Every disappearance is a drop: `--no-renames`.
    pub no_renames: bool,
    /// The expression that fills a column of existing rows: `--backfill`.
    pub backfills: Vec<(Path, String)>,
    /// The expression that computes a column's new value from the old row: `--convert`.
    pub converts: Vec<(Path, String)>,
    /// What may be lost: `--allow-data-loss`.
    pub allowed_losses: Vec<Path>,
    /// Everything may be lost: `--allow-data-loss all`.
    pub allow_every_loss: bool,
    /// A UNIQUE constraint and a unique index over the same columns are two different things:
    /// `--strict-unique`. Otherwise either stands for the other, since they refuse the same rows.
    pub strict_unique: bool,
    /// What becomes of what is dropped, and of what was kept of it before.
    pub keeping: Keeping,
}

/// What becomes of what is dropped, and of what earlier migrations have kept of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// What is dropped is lost; what was kept before stays.
    #[default]
    AsBefore,
    /// What is dropped is kept aside for the way down: `--keep-dropped`.
    KeepDropped,
    /// What earlier migrations have kept aside goes for good: `--drop-kept`.
    DropKept,
}

impl Answers {
    /// The answers of a comparison that asks nothing and plans nothing: what is renamed is not known.
    pub(crate) fn unasked(strict_unique: bool) -> Self {
        Self { no_renames: true, strict_unique, ..Self::default() }
    }

    /// Reads the value of a `--rename`: `a:b`, `a.b:a.c` or `a.b.old:a.b.new`.
    pub fn rename(&mut self, value: &str) -> Result<()> {
        let malformed = || {
            Error::usage(format!("--rename {value} cannot be read"))
                .why("it is written --rename old:new, as in --rename users.name:users.full_name")
                .state("nothing was changed")
        };
        let (old, rest) = read(value)?;
        let (new, rest) = read(rest.strip_prefix(':').ok_or_else(malformed)?)?;
        if !rest.is_empty() || old.0.len() != new.0.len() {
            return Err(malformed());
        }
        self.renames.push((old, new));
        Ok(())
    }

    /// Reads the value of a `--drop`: `a`, `a.b` or `a.b.variant`.
    pub fn drop(&mut self, value: &str) -> Result<()> {
        self.drops.push(value.parse()?);
        Ok(())
    }

    /// Reads the value of an `--allow-data-loss`: a name, or `all`.
    pub fn allow_data_loss(&mut self, value: &str) -> Result<()> {
        if value == "all" {
            self.allow_every_loss = true;
        } else {
            self.allowed_losses.push(value.parse()?);
        }
        Ok(())
    }

    /// Reads the value of a `--backfill`: `a.b=sql`.
    pub fn backfill(&mut self, value: &str) -> Result<()> {
        self.backfills.push(assignment("--backfill", value)?);
        Ok(())
    }

    /// Reads the value of a `--convert`: `a.b=sql`.
    pub fn convert(&mut self, value: &str) -> Result<()> {
        self.converts.push(assignment("--convert", value)?);
        Ok(())
    }

    /// Whether the loss of a table (one part) or a column (two parts) is permitted.
    pub fn permits(&self, parts: &[&str]) -> bool {
        self.allow_every_loss
            || self.drops.iter().chain(&self.allowed_losses).any(|path| path.is(parts))
            || (parts.len() > 1 && self.allowed_losses.iter().any(|path| path.is(&parts[..1])))
    }

    /// Whether this is dropped and no candidate for a rename.
    pub(crate) fn drops(&self, parts: &[&str]) -> bool {
        self.drops.iter().any(|path| path.is(parts))
    }

    pub(crate) fn backfill_of(&self, table: &str, column: &str) -> Option<&str> {
        find(&self.backfills, table, column)
    }

    pub(crate) fn convert_of(&self, table: &str, column: &str) -> Option<&str> {
        find(&self.converts, table, column)
    }
}

fn find<'a>(assignments: &'a [(Path, String)], table: &str, column: &str) -> Option<&'a str> {
    assignments.iter().find(|(path, _)| path.is(&[table, column])).map(|(_, sql)| sql.as_str())
}

fn assignment(flag: &str, value: &str) -> Result<(Path, String)> {
    let malformed = || {
        Error::usage(format!("{flag} {value} cannot be read"))
            .why(format!("it is written {flag} table.column=\"SQL expression\""))
            .state("nothing was changed")
    };
    let (path, rest) = read(value)?;
    let sql = rest.strip_prefix('=').ok_or_else(malformed)?.trim();
    if path.0.len() != 2 || sql.is_empty() {
        return Err(malformed());
    }
    Ok((path, sql.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_as_they_are_printed() {
        let mut answers = Answers::default();
        answers.rename("users.name:users.full_name").unwrap();
        answers.rename("\"a:b\":c").unwrap();
        answers.backfill("users.age=coalesce(years, 0) = 1").unwrap();
        answers.allow_data_loss("users").unwrap();
        assert_eq!(answers.renames[0].1, Path::new(["users", "full_name"]));
        assert_eq!(answers.renames[1].0, Path::new(["a:b"]));
        assert_eq!(answers.backfill_of("Users", "AGE"), Some("coalesce(years, 0) = 1"));
        assert!(answers.permits(&["users"]) && answers.permits(&["users", "name"]));
        assert!(!answers.permits(&["books"]));
    }

    #[test]
    fn flags_that_say_nothing_are_refused() {
        let mut answers = Answers::default();
        assert!(answers.rename("a").is_err());
        assert!(answers.rename("a:b.c").is_err());
        assert!(answers.backfill("a.b").is_err());
        assert!(answers.backfill("a=1").is_err());
        assert!(answers.backfill("a.b=").is_err());
    }
}
