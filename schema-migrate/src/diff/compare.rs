use std::collections::HashSet;

use schema_core::model::{ColumnDef, Engine, SchemaDef, TableDef};

use super::answers::Answers;
use super::change::Change;
use super::column::describe;
use super::path::Path;
use super::question::{Candidate, Question, QuestionKind};
use super::rename::{Rename, Settled, order, settle};
use super::variant::VariantRename;
use super::{expression, likeness, program, renamed, table, variant, view, virtual_table};
use crate::keep::{KeptColumn, is_kept};
use crate::{Error, Result};

/// The difference between two schemas.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What changes, renames first, then table by table.
    pub changes: Vec<Change>,
    /// Renames that a person has to settle first. While there are any, the changes take each of
    /// them for a drop and an addition.
    pub questions: Vec<Question>,
    /// The old schema after its renames, as SQLite writes it.
    pub(crate) renamed: SchemaDef,
    /// The renames, in an order in which no name is taken when it is given.
    pub(crate) renames: Vec<Rename>,
    /// Stored texts of enums that become others.
    pub(crate) variants: Vec<VariantRename>,
    /// Tables and columns that gave their name to another: old name and the one they have until
    /// they are dropped. Paths of one part are tables, of two columns.
    pub(crate) displaced: Vec<(Path, Path)>,
    /// Columns whose values are kept aside.
    pub(crate) kept: Vec<KeptColumn>,
    /// What the models say about values of columns.
    pub(crate) values: Vec<ColumnValues>,
    /// Views that cannot follow the renames: they have to be dropped before.
    pub(crate) stuck: Vec<String>,
    /// Virtual tables that differ and whose module this SQLite does not have.
    pub(crate) left_alone: Vec<String>,
}

/// The expressions that a model gives for the values of a column.
#[derive(Clone, Debug)]
pub(crate) struct ColumnValues {
    pub(crate) table: String,
    pub(crate) column: String,
    pub(crate) backfill: Option<String>,
    pub(crate) convert: Option<String>,
}

impl Comparison {
    /// Whether the schemas say the same and nothing is left to ask.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.questions.is_empty()
    }

    /// The name that something had before it stepped aside for another of that name.
    pub(crate) fn original<'a>(&'a self, parts: &[&'a str]) -> &'a str {
        let displaced = self.displaced.iter().find(|(_, aside)| aside.is(parts));
        let original = displaced.and_then(|(original, _)| original.0.last()).map(String::as_str);
        original.or(parts.last().copied()).unwrap_or_default()
    }
}

/// Compares two inspected schemas. `hints` is the declaration that says which names were others
/// before and how columns are filled; where there is none it may be `to`.
pub fn compare(from: &SchemaDef, to: &SchemaDef, hints: &SchemaDef, answers: &Answers) -> Result<Comparison> {
    check_answers(from, to, answers)?;
    let mut found = Comparison {
        changes: Vec::new(),
        questions: Vec::new(),
        renamed: SchemaDef::EMPTY,
        renames: Vec::new(),
        variants: Vec::new(),
        displaced: Vec::new(),
        kept: Vec::new(),
        values: values(hints)?,
        stuck: Vec::new(),
        left_alone: Vec::new(),
    };
    let tables = settle_tables(from, to, hints, answers, &mut found);
    for new in to.tables.iter() {
        let old_name = old_name(&tables, &new.name);
        if let Some(old) =
            from.table(old_name).filter(|_| !tables.appeared.iter().any(|name| *name == new.name))
        {
            settle_columns((from, to), (old, new), hints.table(&new.name), answers, &mut found)?;
        }
    }
    (found.renamed, found.stuck) = renamed::schema(from, to, &found.renames)?;
    for old in found.renamed.tables.iter().filter(|old| to.table(&old.name).is_none()) {
        found.changes.push(Change::DropTable { table: old.name.to_string() });
    }
    for new in to.tables.iter() {
        let Some(old) = found.renamed.table(&new.name) else {
            found.changes.push(Change::CreateTable { table: new.name.to_string() });
            continue;
        };
        let (variants, questions) = variant::renames(old, new, hints.table(&new.name), answers)?;
        found.changes.extend(variants.iter().map(|variant| Change::RenameVariant {
            table: variant.table.clone(),
            column: variant.column.clone(),
            from: variant.from.clone(),
            to: variant.to.clone(),
        }));
        found.variants.extend(variants);
        found.questions.extend(questions);
        found.changes.extend(table::changes(old, new, &found.renamed, to, answers.strict_unique)?);
    }
    found.changes.extend(view::changes(&found.renamed, to));
    program::leave_out_quotes(&mut found.changes, &found.renamed, to);
    let (changes, left_alone) = virtual_table::changes(from, to);
    found.changes.extend(changes);
    found.left_alone = left_alone;
    // While a rename is open, nobody knows which column is which.
    if found.questions.is_empty() {
        idle(to, answers, &found)?;
    }
    Ok(found)
}

fn settle_tables(
    from: &SchemaDef,
    to: &SchemaDef,
    hints: &SchemaDef,
    answers: &Answers,
    found: &mut Comparison,
) -> Settled {
    let old: Vec<&str> = from.tables.iter().map(|table| table.name.as_ref()).collect();
    let new: Vec<&str> = to.tables.iter().map(|table| table.name.as_ref()).collect();
    let answered: Vec<(&str, &str)> = answers
        .renames
        .iter()
        .filter_map(|(old, new)| match (old.0.as_slice(), new.0.as_slice()) {
            ([old], [new]) => Some((old.as_str(), new.as_str())),
            _ => None,
        })
        .collect();
    let hint =
        |name: &str| hints.table(name).and_then(|table| table.renamed_from.as_deref()).map(str::to_owned);
    let settled = settle(&old, &new, &answered, hint);
    let freed = make_room(from, &settled, found);
    let taken = names_taken(from);
    // A view that makes room for a table is dropped before anything is renamed.
    let of_views: HashSet<&str> = from.views.iter().map(|view| view.name.as_ref()).collect();
    let of_tables: HashSet<String> = new.iter().map(|name| name.to_ascii_lowercase()).collect();
    let makes_room = |name: &str| of_views.contains(name) && of_tables.contains(&name.to_ascii_lowercase());
    let stays = |name: &&str| !makes_room(name) && !freed.contains(name);
    let taken: Vec<&str> = taken.iter().map(String::as_str).filter(stays).collect();
    let (steps, displaced) = order(&taken, &settled.renamed, true);
    found.renames.extend(steps.into_iter().map(|(from, to)| Rename::Table { from, to }));
    found.displaced.extend(
        displaced.iter().map(|(old, aside)| (Path::new([old.as_str()]), Path::new([aside.as_str()]))),
    );
    found.changes.extend(
        settled.renamed.iter().map(|(from, to)| Change::RenameTable { from: from.clone(), to: to.clone() }),
    );
    if !answers.no_renames && !settled.appeared.is_empty() {
        for name in settled.gone.iter().filter(|name| !answers.drops(&[name.as_str()])) {
            let columns = |name: &str, schema: &SchemaDef| -> String {
                let table = schema.table(name);
                let names: Vec<&str> = table
                    .iter()
                    .flat_map(|table| table.columns.iter())
                    .map(|column| column.name.as_ref())
                    .collect();
                format!("({})", names.join(", "))
            };
            let mut appeared: Vec<&TableDef> =
                settled.appeared.iter().filter_map(|name| to.table(name)).collect();
            if let Some(old) = from.table(name) {
                appeared.sort_by_cached_key(|new| likeness::of_tables(old, new));
            }
            found.questions.push(Question {
                kind: QuestionKind::Table,
                old: Path::new([name.as_str()]),
                candidates: appeared
                    .iter()
                    .map(|new| Candidate {
                        path: Path::new([new.name.as_ref()]),
                        definition: columns(&new.name, to),
                        misfits: None,
                    })
                    .collect(),
                old_definition: columns(name, from),
            });
        }
    }
    settled
}

/// Drops the indexes whose names tables take, and gives those names. An index does not step aside:
/// the new schema cannot have it, under this name.
fn make_room<'a>(from: &'a SchemaDef, settled: &Settled, found: &mut Comparison) -> Vec<&'a str> {
    let mut freed = Vec::new();
    for table in from.tables.iter() {
        for index in table.indexes.iter() {
            if !settled.renamed.iter().any(|(_, name)| name.eq_ignore_ascii_case(&index.name)) {
                continue;
            }
            freed.push(index.name.as_ref());
            let renamed = settled.renamed.iter().find(|(old, _)| *old == table.name);
            let name = renamed.map_or(table.name.as_ref(), |(_, new)| new.as_str()).to_owned();
            found.renames.push(Rename::MakeRoom { table: name.clone(), index: index.name.to_string() });
            if !settled.gone.iter().any(|gone| *gone == table.name) {
                found.changes.push(Change::DropIndex { table: name, index: index.clone() });
            }
        }
    }
    freed
}

/// The name that a new table had among the old ones.
fn old_name<'a>(tables: &'a Settled, name: &'a str) -> &'a str {
    tables.renamed.iter().find(|(_, new)| new == name).map_or(name, |(old, _)| old.as_str())
}

fn settle_columns(
    (from, to): (&SchemaDef, &SchemaDef),
    (old, new): (&TableDef, &TableDef),
    hints: Option<&TableDef>,
    answers: &Answers,
    found: &mut Comparison,
) -> Result<()> {
    // A column may be named with its table's old or new name, unless that is another table's there:
    // tables may exchange their names.
    let same = |left: &str, right: &str| left.eq_ignore_ascii_case(right);
    let is_old = |name: &str| same(name, &old.name) || (same(name, &new.name) && from.table(name).is_none());
    let is_new = |name: &str| same(name, &new.name) || (same(name, &old.name) && to.table(name).is_none());
    let answered: Vec<(&str, &str)> = answers
        .renames
        .iter()
        .filter_map(|(before, after)| match (before.0.as_slice(), after.0.as_slice()) {
            ([table, before], [other, after]) if is_old(table) && is_new(other) => {
                Some((before.as_str(), after.as_str()))
            }
            _ => None,
        })
        .collect();
    let hint = |name: &str| {
        let column = hints.and_then(|table| table.column(name));
        column.and_then(|column| column.renamed_from.as_deref()).map(str::to_owned)
    };
    let old_names: Vec<&str> = old.columns.iter().map(|column| column.name.as_ref()).collect();
    let new_names: Vec<&str> = new.columns.iter().map(|column| column.name.as_ref()).collect();
    let settled = settle(&old_names, &new_names, &answered, hint);
    let (steps, displaced) = order(&old_names, &settled.renamed, false);
    refuse_rowid(new, &steps)?;
    let table = new.name.to_string();
    found.renames.extend(steps.into_iter().map(|(from, to)| Rename::Column {
        table: table.clone(),
        from,
        to,
    }));
    found.displaced.extend(displaced.iter().map(|(old, aside)| {
        (Path::new([table.as_str(), old.as_str()]), Path::new([table.as_str(), aside.as_str()]))
    }));
    found.changes.extend(settled.renamed.iter().map(|(from, to)| Change::RenameColumn {
        table: table.clone(),
        from: from.clone(),
        to: to.clone(),
    }));
    if answers.no_renames || settled.appeared.is_empty() {
        return Ok(());
    }
    for name in &settled.gone {
        let dropped = [&old.name, &new.name].iter().any(|table| answers.drops(&[table, name]));
        let Some(column) = old.column(name).filter(|_| !dropped) else { continue };
        let mut candidates: Vec<&ColumnDef> =
            settled.appeared.iter().filter_map(|name| new.column(name)).collect();
        candidates.sort_by_cached_key(|candidate| likeness::of_columns(old, column, new, candidate));
        found.questions.push(Question {
            kind: QuestionKind::Column,
            old: Path::new([old.name.as_ref(), name.as_str()]),
            candidates: candidates
                .iter()
                .map(|candidate| Candidate {
                    path: Path::new([new.name.as_ref(), candidate.name.as_ref()]),
                    definition: definition(old, column, new, candidate),
                    misfits: likeness::misfits(old, column, candidate),
                })
                .collect(),
            old_definition: describe(column),
        });
    }
    Ok(())
}

/// SQLite renames no column to or from a word that reads the rowid.
fn refuse_rowid(table: &TableDef, steps: &[(String, String)]) -> Result<()> {
    let hides = |name: &str| ["rowid", "_rowid_", "oid"].iter().any(|word| name.eq_ignore_ascii_case(word));
    match steps.iter().find(|(from, to)| hides(from) || hides(to)) {
        Some((from, to)) => Err(Error::usage(format!(
            "column {from} of {} cannot be renamed to {to}: such a name hides the rowid",
            table.name
        ))
        .why("SQLite refuses to rename a column to or from rowid, _rowid_ and oid")
        .state("nothing was changed")
        .next("give the column another name")
        .next(format!(
            "or do it in two migrations: add {to} with --backfill, and drop {from} in the second"
        ))),
        None => Ok(()),
    }
}

/// What a candidate is, and what speaks for it.
fn definition(old: &TableDef, column: &ColumnDef, new: &TableDef, candidate: &ColumnDef) -> String {
    let place = likeness::is_same_place(old, column, new, candidate).then(|| "same place".to_owned());
    let words = [Some(describe(candidate)).filter(|text| !text.is_empty()), place];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Every name that a table could collide with.
pub(crate) fn names_taken(schema: &SchemaDef) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for table in schema.tables.iter() {
        names.push(table.name.to_string());
        names.extend(table.indexes.iter().map(|index| index.name.to_string()));
    }
    names.extend(schema.views.iter().map(|view| view.name.to_string()));
    for table in schema.virtual_tables.iter() {
        names.push(table.name.to_string());
        names.extend(table.shadows.iter().map(ToString::to_string));
    }
    names
}

fn values(hints: &SchemaDef) -> Result<Vec<ColumnValues>> {
    let text = |sql: &Option<schema_core::model::SqlText>| {
        sql.as_ref().and_then(|sql| sql.on(Engine::Sqlite)).map(str::to_owned)
    };
    let mut found = Vec::new();
    for table in hints.tables.iter() {
        for column in
            table.columns.iter().filter(|column| column.backfill.is_some() || column.convert.is_some())
        {
            let (backfill, convert) = (text(&column.backfill), text(&column.convert));
            for (attribute, sql) in [("backfill", &backfill), ("convert", &convert)] {
                if let Some(sql) = sql {
                    expression::check(&format!("{attribute} of {}.{}", table.name, column.name), sql)?;
                }
            }
            found.push(ColumnValues {
                table: table.name.to_string(),
                column: column.name.to_string(),
                backfill,
                convert,
            });
        }
    }
    Ok(found)
}

/// An answer that fits nothing is a slip of the pen, and the next step would be a drop.
fn check_answers(from: &SchemaDef, to: &SchemaDef, answers: &Answers) -> Result<()> {
    let exists = |path: &Path, schema: &SchemaDef, other: &SchemaDef| match path.0.as_slice() {
        [table] => {
            schema.table(table).is_some()
                || view::find(schema, table).is_some()
                || virtual_table::find(schema, table).is_some()
        }
        // A column may be named with its table's old or new name.
        [table, column, ..] => {
            let named = schema.table(table).is_some_and(|table| table.column(column).is_some());
            let elsewhere = other.table(table).is_some() && schema.table(table).is_none();
            named || (elsewhere && schema.tables.iter().any(|table| table.column(column).is_some()))
        }
        [] => false,
    };
    for (old, new) in &answers.renames {
        let (known, wanted) = match old.0.len() {
            // Of a variant the column is what exists; its name may be the new one already.
            3 => (exists(new, to, from), exists(new, to, from)),
            _ => (exists(old, from, to), exists(new, to, from)),
        };
        if !known {
            return Err(unknown(&format!("--rename {old}:{new}"), old, "the old schema"));
        }
        if !wanted {
            return Err(unknown(&format!("--rename {old}:{new}"), new, "the new schema"));
        }
    }
    contradictions(answers)?;
    for path in answers.drops.iter().filter(|path| path.0.len() < 3) {
        if !exists(path, from, to) {
            return Err(unknown(&format!("--drop {path}"), path, "the old schema"));
        }
    }
    for (flag, assignments) in [("--backfill", &answers.backfills), ("--convert", &answers.converts)] {
        for (path, sql) in assignments {
            if !exists(path, to, to) {
                return Err(unknown(&format!("{flag} {path}=.."), path, "the new schema"));
            }
            expression::check(&format!("{flag} {path}"), sql)?;
        }
    }
    Ok(())
}

/// Answers of which one undoes the other: a name given twice, or one that is to go and to stay.
fn contradictions(answers: &Answers) -> Result<()> {
    for (position, (old, new)) in answers.renames.iter().enumerate() {
        let flag = format!("--rename {old}:{new}");
        let earlier = &answers.renames[..position];
        let refused = |why: String| {
            Err(Error::usage(format!("{flag} fits nothing")).why(why).state("nothing was changed"))
        };
        // What is dropped and kept aside goes by another name, also where a person said that it goes.
        let is_aside = new.0.first().is_some_and(|table| is_kept(table));
        if old.0.len() < 3 && !is_aside && answers.drops.iter().any(|path| same(path, old)) {
            return refused(format!("--drop {old} says that it goes"));
        }
        let twice = |(before, after): &&(Path, Path)| same(before, old) != same(after, new);
        if let Some((before, after)) = earlier.iter().filter(|_| old.0.len() < 3).find(twice) {
            return refused(format!("--rename {before}:{after} has that name already"));
        }
    }
    Ok(())
}

/// Values that no step would write.
fn idle(to: &SchemaDef, answers: &Answers, found: &Comparison) -> Result<()> {
    let refused = |flag: String, why: String| {
        let next = "db-generate --empty writes a migration for an UPDATE of your own";
        Err(Error::usage(format!("{flag} fits nothing")).why(why).state("nothing was changed").next(next))
    };
    for (path, _) in &answers.backfills {
        let [table, column] = path.0.as_slice() else { continue };
        let of = |schema: &SchemaDef| schema.table(table).and_then(|table| table.column(column)).cloned();
        let (Some(old), Some(new)) = (of(&found.renamed), of(to)) else { continue };
        if old.generated.is_none() && new.generated.is_none() && (new.nullable || !old.nullable) {
            let why = format!("{path} is neither new nor does it forbid NULL from now on");
            return refused(format!("--backfill {path}=.."), why);
        }
    }
    for (path, _) in &answers.converts {
        let table = path.0.first().map(String::as_str).unwrap_or_default();
        if !found.changes.iter().any(|change| change.table().eq_ignore_ascii_case(table)) {
            return refused(format!("--convert {path}=.."), format!("nothing of {table} changes"));
        }
    }
    Ok(())
}

fn same(left: &Path, right: &Path) -> bool {
    left.is(&right.0.iter().map(String::as_str).collect::<Vec<_>>())
}

fn unknown(flag: &str, path: &Path, side: &str) -> Error {
    Error::usage(format!("{flag} fits nothing"))
        .why(format!("there is no {path} in {side}"))
        .state("nothing was changed")
}
