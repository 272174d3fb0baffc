use std::collections::HashMap;

use schema_core::dialect::quote_identifier;

/// A rename as one statement does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Rename {
    /// `ALTER TABLE .. RENAME TO`.
    Table { from: String, to: String },
    /// `ALTER TABLE .. RENAME COLUMN`; the table goes by its new name.
    Column { table: String, from: String, to: String },
    /// `DROP INDEX`, of an index whose name a table takes.
    MakeRoom { table: String, index: String },
}

impl Rename {
    /// The statement.
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::Table { from, to } => {
                format!("ALTER TABLE {} RENAME TO {}", quote_identifier(from), quote_identifier(to))
            }
            Self::MakeRoom { index, .. } => format!("DROP INDEX {}", quote_identifier(index)),
            Self::Column { table, from, to } => format!(
                "ALTER TABLE {} RENAME COLUMN {} TO {}",
                quote_identifier(table),
                quote_identifier(from),
                quote_identifier(to)
            ),
        }
    }
}

/// Old and new name.
pub(super) type OldNew = (String, String);

/// What became of the names on two sides.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// Old and new name of what has another one.
    pub(super) renamed: Vec<OldNew>,
    /// Old names of what is gone.
    pub(super) gone: Vec<String>,
    /// New names of what is new.
    pub(super) appeared: Vec<String>,
}

/// Finds out which new name belongs to which old one: what a person has said first, then what the
/// models say, then equal names. A model's `renamed_from` counts for nothing once the new name is
/// there.
pub(super) fn settle(
    old: &[&str],
    new: &[&str],
    answered: &[(&str, &str)],
    renamed_from: impl Fn(&str) -> Option<String>,
) -> Settled {
    let (old_positions, new_positions) = (positions(old), positions(new));
    let find_old = |name: &str| old_positions.get(&name.to_ascii_lowercase()).copied();
    let find_new = |name: &str| new_positions.get(&name.to_ascii_lowercase()).copied();
    let mut partner: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    let mut pair = |before: Option<usize>, after: Option<usize>| {
        if let (Some(before), Some(after)) = (before, after)
            && !taken[before]
            && partner[after].is_none()
        {
            taken[before] = true;
            partner[after] = Some(before);
        }
    };
    for (before, after) in answered {
        pair(find_old(before), find_new(after));
    }
    for (after, name) in new.iter().enumerate() {
        if find_old(name).is_none()
            && let Some(before) = renamed_from(name)
            && find_new(&before).is_none()
        {
            pair(find_old(&before), Some(after));
        }
    }
    for (after, name) in new.iter().enumerate() {
        pair(find_old(name), Some(after));
    }
    let mut settled = Settled::default();
    for (after, before) in partner.iter().enumerate() {
        match before {
            Some(before) if old[*before] != new[after] => {
                settled.renamed.push((old[*before].to_owned(), new[after].to_owned()));
            }
            Some(_) => {}
            None => settled.appeared.push(new[after].to_owned()),
        }
    }
    settled.gone =
        old.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(name, _)| (*name).to_owned()).collect();
    settled
}

fn positions(names: &[&str]) -> HashMap<String, usize> {
    // The first of two names that are one to SQL counts; SQLite has no such two.
    names.iter().enumerate().rev().map(|(position, name)| (name.to_ascii_lowercase(), position)).collect()
}

/// Orders renames so that no name is taken when it is given. A cycle goes through a temporary name;
/// so does a change of case where `through_temporary` says that the engine needs it. What stands
/// in the way and stays (it will be dropped) steps aside, and is given back with its new name.
pub(super) fn order(
    names: &[&str],
    renamed: &[OldNew],
    through_temporary: bool,
) -> (Vec<OldNew>, Vec<OldNew>) {
    let mut present: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut pending: Vec<OldNew> = renamed.to_vec();
    let (mut steps, mut displaced) = (Vec::new(), Vec::new());
    while !pending.is_empty() {
        let free = pending.iter().position(|(from, to)| {
            let case_only = from.eq_ignore_ascii_case(to);
            if case_only { !through_temporary } else { !contains(&present, to) }
        });
        let (from, to) = if let Some(position) = free {
            pending.remove(position)
        } else {
            // What stays and stands in the way steps aside; only a cycle needs a name in between.
            let leaves = |name: &str| pending.iter().any(|(from, _)| from.eq_ignore_ascii_case(name));
            let blocker = pending.iter().find_map(|(_, to)| {
                present.iter().find(|name| name.eq_ignore_ascii_case(to) && !leaves(name)).cloned()
            });
            if let Some(blocker) = blocker {
                let aside = fresh_name(&present, &format!("{blocker}_old"));
                displaced.push((blocker.clone(), aside.clone()));
                (blocker, aside)
            } else {
                let from = pending[0].0.clone();
                let aside = fresh_name(&present, &format!("{from}_renamed"));
                pending[0].0.clone_from(&aside);
                (from, aside)
            }
        };
        if let Some(name) = present.iter_mut().find(|name| name.eq_ignore_ascii_case(&from)) {
            name.clone_from(&to);
        }
        steps.push((from, to));
    }
    (steps, displaced)
}

/// A name that is not taken: the wanted one, or the wanted one with a number.
fn fresh_name(taken: &[String], wanted: &str) -> String {
    let mut name = format!("_{wanted}");
    let mut number = 2;
    while contains(taken, &name) {
        name = format!("_{wanted}_{number}");
        number += 1;
    }
    name
}

fn contains(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(items: &[(&str, &str)]) -> Vec<(String, String)> {
        items.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
    }

    #[test]
    fn a_chain_is_renamed_from_its_end() {
        let (steps, displaced) = order(&["a", "b"], &pairs(&[("a", "b"), ("b", "c")]), false);
        assert_eq!(steps, pairs(&[("b", "c"), ("a", "b")]));
        assert!(displaced.is_empty());
    }

    #[test]
    fn a_cycle_and_a_change_of_case_go_through_a_fresh_name() {
        let (steps, _) = order(&["a", "b", "_a_renamed"], &pairs(&[("a", "b"), ("b", "a")]), false);
        assert_eq!(steps, pairs(&[("a", "_a_renamed_2"), ("b", "a"), ("_a_renamed_2", "b")]));
        let (steps, _) = order(&["a"], &pairs(&[("a", "A")]), true);
        assert_eq!(steps, pairs(&[("a", "_a_renamed"), ("_a_renamed", "A")]));
    }

    #[test]
    fn a_chain_whose_end_is_taken_comes_to_an_end() {
        let (steps, displaced) = order(&["a", "b", "c"], &pairs(&[("a", "b"), ("b", "c")]), false);
        assert_eq!(steps, pairs(&[("c", "_c_old"), ("b", "c"), ("a", "b")]));
        assert_eq!(displaced, pairs(&[("c", "_c_old")]));
    }

    #[test]
    fn what_is_dropped_makes_room_for_what_takes_its_name() {
        let (steps, displaced) = order(&["a", "b"], &pairs(&[("a", "b")]), false);
        assert_eq!(steps, pairs(&[("b", "_b_old"), ("a", "b")]));
        assert_eq!(displaced, pairs(&[("b", "_b_old")]));
    }

    #[test]
    fn a_name_that_a_model_had_before_counts_only_until_the_new_one_is_there() {
        let hint = |name: &str| (name == "new").then(|| "old".to_owned());
        assert_eq!(settle(&["old"], &["new"], &[], hint).renamed, pairs(&[("old", "new")]));
        let settled = settle(&["old", "new"], &["new"], &[], hint);
        assert!(settled.renamed.is_empty());
        assert_eq!(settled.gone, ["old"]);
    }
}
