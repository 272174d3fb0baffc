use schema_core::model::{CheckDef, ColumnDef, Domain, Engine, TableDef};

use super::answers::Answers;
use super::likeness;
use super::path::Path;
use super::question::{Candidate, Question, QuestionKind};
use super::rename::OldNew;
use crate::Result;
use crate::sql::{TokenKind, tokens, unquote};

/// A stored text of an enum that becomes another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VariantRename {
    /// The table, under its new name.
    pub(crate) table: String,
    /// The column, under its new name.
    pub(crate) column: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

/// The texts that a CHECK admits in a column, where it has the form `column IN ('a', 'b')`.
pub(crate) fn listed(check: &CheckDef) -> Option<(String, Vec<String>)> {
    let all = tokens(check.expression.on(Engine::Sqlite)?).ok()?;
    let [name, word, open, values @ .., close] = all.as_slice() else { return None };
    let is_list = name.may_be_name() && word.is("IN") && open.is_symbol("(") && close.is_symbol(")");
    if !is_list {
        return None;
    }
    let mut found = Vec::new();
    for (position, token) in values.iter().enumerate() {
        match (position % 2, token.kind) {
            (0, TokenKind::Text) => found.push(unquote(token.text)),
            (1, _) if token.is_symbol(",") => {}
            _ => return None,
        }
    }
    Some((name.name(), found))
}

/// The variants of two tables that go by another text, and those of which nobody has said so.
pub(super) fn renames(
    from: &TableDef,
    to: &TableDef,
    hints: Option<&TableDef>,
    answers: &Answers,
) -> Result<(Vec<VariantRename>, Vec<Question>)> {
    let (mut renames, mut questions) = (Vec::new(), Vec::new());
    for column in to.columns.iter().filter(|column| from.column(&column.name).is_some()) {
        let Some(new) = admitted(to, &column.name) else { continue };
        let old = admitted(from, &column.name);
        let gone = |value: &str| {
            old.as_ref().is_none_or(|old| old.iter().any(|known| known == value)) && !contains(&new, value)
        };
        let is_new =
            |value: &str| contains(&new, value) && old.as_ref().is_none_or(|old| !contains(old, value));
        let answered = answered(to, column, answers);
        let said = answered.iter().cloned().chain(hinted(column, hints)).collect();
        let mut settled = settle(said, old.as_deref(), &new);
        settled.extend(exchanged(&answered, &settled, old.as_deref(), &new));
        let open: Vec<&String> = old
            .iter()
            .flatten()
            .filter(|value| gone(value) && !settled.iter().any(|(before, _)| before == *value))
            .filter(|value| !answers.drops(&[&to.name, &column.name, value]))
            .collect();
        let candidates: Vec<&String> = new
            .iter()
            .filter(|value| is_new(value) && !settled.iter().any(|(_, after)| after == *value))
            .collect();
        let place = |values: &[String], value: &String| values.iter().position(|known| known == value);
        let by_likeness = |value: &String| {
            let mut ranked = candidates.clone();
            let at = place(old.as_deref().unwrap_or_default(), value);
            ranked.sort_by_cached_key(|candidate| {
                likeness::of_names(value, candidate) + if at == place(&new, candidate) { 0 } else { 4 }
            });
            ranked
        };
        if !answers.no_renames && !candidates.is_empty() {
            questions.extend(open.into_iter().map(|value| {
                Question {
                    kind: QuestionKind::Variant,
                    old: Path::new([to.name.as_ref(), column.name.as_ref(), value]),
                    candidates: by_likeness(value)
                        .into_iter()
                        .map(|candidate| Candidate {
                            path: Path::new([to.name.as_ref(), column.name.as_ref(), candidate]),
                            definition: String::new(),
                            misfits: None,
                        })
                        .collect(),
                    old_definition: String::new(),
                }
            }));
        }
        renames.extend(settled.into_iter().map(|(before, after)| VariantRename {
            table: to.name.to_string(),
            column: column.name.to_string(),
            from: before,
            to: after,
        }));
    }
    Ok((renames, questions))
}

/// The renames that are still to be made: what was said stays in a model long after it was done. Of
/// a chain, `a` to `b` and `b` to `c`, each takes the text that the next one leaves.
fn settle(said: Vec<OldNew>, old: Option<&[String]>, new: &[String]) -> Vec<OldNew> {
    let mut open: Vec<OldNew> = said
        .into_iter()
        .filter(|(before, after)| {
            let was = old.map_or_else(|| !contains(new, before), |old| contains(old, before));
            before != after && was && contains(new, after)
        })
        .collect();
    let mut settled: Vec<OldNew> = Vec::new();
    while let Some(position) = open.iter().position(|(_, after)| {
        let free = old.is_none_or(|old| !contains(old, after));
        free || settled.iter().any(|(before, _)| before == after)
    }) {
        settled.push(open.remove(position));
    }
    // A text that stays and that nobody takes over is still what it was.
    while let Some(position) = settled
        .iter()
        .position(|(before, _)| contains(new, before) && !settled.iter().any(|(_, after)| after == before))
    {
        settled.remove(position);
    }
    settled
}

/// Renames in a circle, `a` to `b` and `b` to `a`: nothing but a flag can say them, since what the
/// model says is the same before and after.
fn exchanged(answered: &[OldNew], settled: &[OldNew], old: Option<&[String]>, new: &[String]) -> Vec<OldNew> {
    let mut open: Vec<OldNew> = answered
        .iter()
        .filter(|(before, after)| {
            before != after
                && old.is_none_or(|old| contains(old, before))
                && contains(new, after)
                && !settled.iter().any(|(from, to)| from == before || to == after)
        })
        .cloned()
        .collect();
    // What is taken over has to be given up by another of them, and the other way round.
    while let Some(position) = open.iter().position(|(before, after)| {
        !open.iter().any(|(from, _)| from == after) || !open.iter().any(|(_, to)| to == before)
    }) {
        open.remove(position);
    }
    open
}

/// What the flags say about a column's variants: old and new text.
fn answered(to: &TableDef, column: &ColumnDef, answers: &Answers) -> Vec<OldNew> {
    let mut found: Vec<OldNew> = Vec::new();
    for (old, new) in &answers.renames {
        if let ([_, _, before], [table, name, after]) = (old.0.as_slice(), new.0.as_slice())
            && table.eq_ignore_ascii_case(&to.name)
            && name.eq_ignore_ascii_case(&column.name)
        {
            found.push((before.clone(), after.clone()));
        }
    }
    found
}

/// What the model says about a column's variants: old and new text.
fn hinted(column: &ColumnDef, hints: Option<&TableDef>) -> Vec<OldNew> {
    let Some(Domain::Variants(variants)) =
        hints.and_then(|table| table.column(&column.name)).map(|column| &column.domain)
    else {
        return Vec::new();
    };
    let old =
        |variant: &schema_core::model::VariantDef| variant.renamed_from.as_ref().map(ToString::to_string);
    variants.iter().filter_map(|variant| Some((old(variant)?, variant.value.to_string()))).collect()
}

/// The texts that the table's CHECKs admit in a column.
fn admitted(table: &TableDef, column: &str) -> Option<Vec<String>> {
    table
        .checks
        .iter()
        .filter_map(listed)
        .find(|(name, _)| name.eq_ignore_ascii_case(column))
        .map(|(_, values)| values)
}

fn contains(values: &[String], value: &str) -> bool {
    values.iter().any(|known| known == value)
}
