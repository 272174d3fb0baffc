use std::collections::BTreeMap;

use schema_migrate::{Error, ErrorKind};

use super::{Outcome, Step, Trial, before_database, failed, kind_of};
use crate::database;
use crate::reference::Reference;

impl Trial<'_> {
    /// Whether a refusal is one that has to be, and left everything as it was.
    pub(super) fn refused(
        &self,
        error: &Error,
        before: &BTreeMap<String, Vec<database::Row>>,
        reference: &Reference,
        old_orphans: &BTreeMap<database::Key, usize>,
    ) -> Step<Outcome> {
        if self.everything()? != *before {
            return failed("a refusal that changed something", error.to_string());
        }
        let text = error.to_string();
        let parents = ["have no row in", "has its row in", "are no key", "FOREIGN KEY constraint failed"];
        if parents.iter().any(|words| text.contains(words)) {
            let now = database::orphans(&reference.connection).map_err(Outcome::Invalid)?;
            let known = self.renamed(old_orphans);
            let more = reference.misfit.is_some()
                || text.contains("are no key")
                || database::has_mismatch(&before_database(self.case)?).map_err(Outcome::Invalid)?
                || self.loses()
                || now.iter().any(|(key, count)| *count > known.get(key).copied().unwrap_or(0));
            return if more {
                Ok(Outcome::Refused("rows would be left without their parent"))
            } else {
                failed("refused for parents that are there", text)
            };
        }
        if reference.misfit.is_some() {
            return Ok(Outcome::Refused("the rows do not fit"));
        }
        if error.kind() == ErrorKind::Preflight && text.contains("is broken") {
            return failed("a sound database is called broken", text);
        }
        failed(kind_of("refused, although the rows fit", error), text)
    }

    /// The keys under the names that they have afterwards; those that are gone are left out.
    pub(super) fn renamed(&self, orphans: &BTreeMap<database::Key, usize>) -> BTreeMap<database::Key, usize> {
        let tables = self.case.tables();
        let pair = |name: &str| tables.iter().find(|(old, _)| old.name.eq_ignore_ascii_case(name)).copied();
        let renamed = |pair, names: &[String]| -> Option<Vec<String>> {
            let columns = self.case.columns(pair);
            let after = |name: &String| {
                let found = columns.iter().find(|(before, _)| before.eq_ignore_ascii_case(name));
                found.map(|(_, after)| after.to_ascii_lowercase())
            };
            names.iter().map(after).collect()
        };
        let mut found = BTreeMap::new();
        for ((table, key, parent, references), count) in orphans {
            let Some(child) = pair(table) else { continue };
            // A parent that is not there has no columns to follow.
            let (parent, references) = match pair(parent) {
                Some(known) => (known.1.name.to_ascii_lowercase(), renamed(known, references)),
                None => (parent.clone(), Some(references.clone())),
            };
            if let (Some(key), Some(references)) = (renamed(child, key), references) {
                *found.entry((child.1.name.to_ascii_lowercase(), key, parent, references)).or_default() +=
                    count;
            }
        }
        found
    }

    /// Whether a change of type or computation may have made other values of the old ones.
    pub(super) fn loses(&self) -> bool {
        self.case.tables().into_iter().any(|pair @ (old, new)| {
            old.strict != new.strict
                || self.case.columns(pair).iter().any(|(before, after)| {
                    let was = old.columns.iter().find(|column| column.name == *before);
                    let is = new.columns.iter().find(|column| column.name == *after);
                    was.zip(is).is_some_and(|(was, is)| {
                        was.sql_type != is.sql_type
                            || was.generated.is_some()
                            || is.generated.is_some()
                            || (was.not_null.is_none() && is.not_null.is_some())
                    })
                })
        })
    }
}
