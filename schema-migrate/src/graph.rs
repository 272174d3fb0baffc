//! Revisions and their parents.

use crate::files::Migration;
use crate::nearest::nearest;
use crate::{Error, ErrorKind, Result};

/// The migrations with parents before their children, and otherwise in the order of revisions.
pub fn order(mut migrations: Vec<Migration>) -> Result<Vec<Migration>> {
    migrations.sort_by(|left, right| left.revision.cmp(&right.revision));
    for migration in &migrations {
        if let Some(missing) = migration.parents.iter().find(|parent| !contains(&migrations, parent)) {
            return Err(Error::failed(format!(
                "{} has a parent that is not there: {missing}",
                migration.revision
            ))
            .why("no file of the folder is that revision")
            .place(migration.path.display().to_string())
            .state("nothing was changed")
            .next("restore the missing file, or correct `parents` in the header"));
        }
    }
    let mut ordered: Vec<Migration> = Vec::with_capacity(migrations.len());
    while !migrations.is_empty() {
        let ready = |migration: &Migration| migration.parents.iter().all(|parent| contains(&ordered, parent));
        let Some(next) = migrations.iter().position(ready) else {
            let circle: Vec<&str> = migrations.iter().map(|migration| migration.revision.as_str()).collect();
            return Err(Error::failed("the revisions are each other's parents")
                .why(circle.join(", "))
                .place(migrations[0].path.display().to_string())
                .state("nothing was changed")
                .next("correct `parents` in one of the headers"));
        };
        ordered.push(migrations.remove(next));
    }
    Ok(ordered)
}

/// The revisions that no other has for a parent.
pub fn heads(migrations: &[Migration]) -> Vec<&Migration> {
    let is_parent =
        |revision: &str| migrations.iter().any(|other| other.parents.iter().any(|parent| parent == revision));
    migrations.iter().filter(|migration| !is_parent(migration.revision.as_str())).collect()
}

/// The revision that a person means: the whole of it, its name, or its start.
pub fn find<'a>(revisions: &[&'a str], named: &str) -> Result<&'a str> {
    if let Some(exact) = revisions.iter().find(|revision| **revision == named) {
        return Ok(exact);
    }
    let matches: Vec<&str> = revisions
        .iter()
        .copied()
        .filter(|revision| {
            !named.is_empty() && (revision.starts_with(named) || revision.get(15..) == Some(named))
        })
        .collect();
    match matches.as_slice() {
        [one] => Ok(one),
        [] => {
            let error = Error::usage(format!("there is no revision {named}")).state("nothing was changed");
            let error = match near(revisions, named) {
                Some(meant) => error.why(format!("did you mean {meant}?")),
                None => error,
            };
            Err(error.next("db-status lists the revisions"))
        }
        several => Err(Error::usage(format!("{named} may be any of {}", several.join(", ")))
            .state("nothing was changed")
            .next("write the whole revision")),
    }
}

/// The revision that a person may have meant: by its name or, where none is given, by its moment.
fn near<'a>(revisions: &[&'a str], named: &str) -> Option<&'a str> {
    let words = named.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '_');
    let is_moment = words.is_empty();
    let wanted = if is_moment { named } else { words };
    let part = |revision: &'a str| {
        let part = if is_moment { revision.get(..14) } else { revision.get(15..) };
        part.unwrap_or_default()
    };
    let meant = nearest(wanted, revisions.iter().map(|revision| part(revision)))?;
    revisions.iter().copied().find(|revision| part(revision) == meant)
}

/// The migration and everything that has to be applied before it, in order.
pub(crate) fn up_to<'a>(ordered: &'a [Migration], revision: &str) -> Vec<&'a Migration> {
    let mut wanted: Vec<&str> = vec![revision];
    let mut found: Vec<&Migration> = Vec::new();
    for migration in ordered.iter().rev() {
        if wanted.contains(&migration.revision.as_str()) {
            wanted.extend(migration.parents.iter().map(String::as_str));
            found.push(migration);
        }
    }
    found.reverse();
    found
}

/// Refuses to bring a database to where no revision of the folder stands: two branches that no merge
/// joins may undo each other, and nobody has tried them together. `wanted` are the revisions that it
/// would have.
pub(crate) fn refuse_unjoined(ordered: &[Migration], wanted: &[&str]) -> Result<()> {
    let is_joined = |migration: &Migration| {
        let below = up_to(ordered, migration.revision.as_str());
        wanted.iter().all(|revision| below.iter().any(|other| other.revision.as_str() == *revision))
    };
    if wanted.is_empty() || ordered.iter().rev().any(is_joined) {
        return Ok(());
    }
    let chosen: Vec<Migration> =
        ordered.iter().filter(|migration| wanted.contains(&migration.revision.as_str())).cloned().collect();
    let heads: Vec<&str> = heads(&chosen).iter().map(|head| head.revision.as_str()).collect();
    Err(Error::new(ErrorKind::Preflight, format!("{} branches are not merged", heads.len()))
        .why(format!("{} have no revision that follows all of them", heads.join(" and ")))
        .state("nothing was changed")
        .next("db-merge checks that they fit together, and joins them")
        .next("or db-migrate --to REVISION applies one of them"))
}

fn contains(migrations: &[Migration], revision: &str) -> bool {
    migrations.iter().any(|migration| migration.revision.as_str() == revision)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn migration(revision: &str, parents: &str) -> Migration {
        let text =
            format!("-- revision: {revision}\n-- parents: {parents}\n-- migrate:up\n-- migrate:down\n");
        Migration::parse(&text, Path::new(&format!("{revision}.sql"))).unwrap()
    }

    const A: &str = "20250101000000_a";
    const B: &str = "20250102000000_b";
    const C: &str = "20250103000000_c";

    #[test]
    fn parents_come_before_their_children_whatever_the_revisions_say() {
        let ordered = order(vec![migration(A, C), migration(B, ""), migration(C, B)]).unwrap();
        let names: Vec<&str> = ordered.iter().map(|migration| migration.revision.as_str()).collect();
        assert_eq!(names, [B, C, A]);
        assert_eq!(heads(&ordered)[0].revision.as_str(), A);
        assert_eq!(up_to(&ordered, C).len(), 2);
    }

    #[test]
    fn two_branches_have_two_heads() {
        let ordered = order(vec![migration(A, ""), migration(B, A), migration(C, A)]).unwrap();
        assert_eq!(heads(&ordered).len(), 2);
        assert_eq!(up_to(&ordered, C).len(), 2);
    }

    #[test]
    fn an_unknown_parent_and_a_cycle_are_errors() {
        assert!(order(vec![migration(B, A)]).unwrap_err().what().contains("not there"));
        assert!(order(vec![migration(A, B), migration(B, A)]).unwrap_err().what().contains("each other"));
    }

    #[test]
    fn a_revision_is_found_by_its_start_or_its_name() {
        assert_eq!(find(&[A, B, C], "b").unwrap(), B);
        assert_eq!(find(&[A, B, C], "20250103").unwrap(), C);
        assert!(find(&[A, B, C], "2025").is_err());
        assert!(find(&[A, B, C], "d").is_err());
    }

    #[test]
    fn a_revision_that_is_not_there_is_answered_with_the_one_that_was_meant() {
        let known = ["20250101000000_add_tasks", "20250102000000_labels"];
        for mistyped in ["ad_tasks", "20250101000000_adtasks", "20250103000000_add_tasks", "20250101000001"] {
            let error = find(&known, mistyped).unwrap_err();
            assert_eq!(error.reason(), Some("did you mean 20250101000000_add_tasks?"), "{mistyped}");
        }
        assert_eq!(find(&known, "zzzzzzzz").unwrap_err().reason(), None);
    }
}
