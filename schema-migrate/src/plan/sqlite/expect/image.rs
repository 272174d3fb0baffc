use schema_core::dialect::{quote_identifier, quote_text};
use schema_core::model::{ColumnDef, Engine, TableDef};

use crate::diff::Change;
use crate::plan::sqlite::builder::{Builder, Direction};
use crate::plan::sqlite::mention::{mentions, sql_mentions};
use crate::plan::sqlite::value;
use crate::sql::affinity::Affinity;
use crate::sql::strip_qualifier;

/// The rows of a table as the migration will leave them, told by queries on the table as it is.
pub(super) struct Image<'a> {
    pub(super) builder: &'a Builder<'a>,
    /// After the renames.
    pub(super) old: &'a TableDef,
    pub(super) new: &'a TableDef,
    pub(super) changes: Vec<&'a Change>,
}

/// What a column of the new table will hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// What it holds now.
    Same,
    /// The value of an expression over the renamed columns.
    Made(String),
    /// Something that takes more than one query to tell.
    Unknown,
}

/// Which part of what the migration does to a value is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    /// What takes the place of NULL.
    pub(super) fills: bool,
    /// What the column's type makes of it.
    pub(super) stores: bool,
}

/// All of it.
pub(super) const WHOLE: Told = Told { fills: true, stores: true };

/// What stands in for NULL.
pub(super) struct Fill {
    pub(super) sql: String,
    /// Whether it is a value of its own, never NULL.
    pub(super) is_literal: bool,
}

impl<'a> Image<'a> {
    /// The image of a table that is there before and after.
    pub(super) fn of(builder: &'a Builder<'a>, new: &'a TableDef) -> Option<Self> {
        let old = builder.comparison.renamed.table(&new.name)?;
        let changes = builder
            .comparison
            .changes
            .iter()
            .filter(|change| change.table().eq_ignore_ascii_case(&new.name))
            .collect();
        Some(Self { builder, old, new, changes })
    }

    /// What the column will hold.
    pub(super) fn held(&self, column: &str, told: Told) -> Held {
        let Some(after) = self.new.column(column) else { return Held::Same };
        if after.generated.is_some() {
            return self.computed(after);
        }
        let Some(before) = self.old.column(column) else { return self.added(after) };
        let own = quote_identifier(&before.name);
        let mut value = own.clone();
        let convert = self.convert(after);
        if let Some(convert) = convert {
            value = format!("({convert})");
        }
        let variants: Vec<String> = self
            .builder
            .comparison
            .variants
            .iter()
            .filter(|variant| variant.table == self.new.name && variant.column == after.name)
            .map(|variant| format!(" WHEN {} THEN {}", quote_text(&variant.from), quote_text(&variant.to)))
            .collect();
        if !variants.is_empty() {
            value = format!("CASE {value}{} ELSE {value} END", variants.concat());
        }
        let (stored, as_stored) = (affinity(self.old, before), affinity(self.new, after));
        if told.stores && convert.is_none() && as_stored.alters(stored) {
            value = match (stored, as_stored) {
                // A blob stays one; where a type kept them out, the expression may have its affinity.
                (Affinity::Blob, Affinity::Text) => {
                    format!("CASE typeof({value}) WHEN 'blob' THEN {value} ELSE CAST({value} AS TEXT) END")
                }
                _ => as_stored.stored(&value),
            };
        }
        if told.fills
            && before.nullable
            && !after.nullable
            && let Some(fill) = self.fill(after)
        {
            value = format!("coalesce({value}, {})", fill.sql);
        }
        if value == own { Held::Same } else { Held::Made(value) }
    }

    fn computed(&self, column: &ColumnDef) -> Held {
        let Some(generated) = &column.generated else { return Held::Same };
        let is_changed = self.changes.iter().any(|change| {
            matches!(change, Change::AlterColumn { to, .. } | Change::AddColumn { column: to, .. } if to.name == column.name)
        });
        let inputs: Vec<&ColumnDef> = self
            .new
            .columns
            .iter()
            .filter(|input| input.name != column.name && sql_mentions(&generated.expression, &input.name))
            .collect();
        let same =
            |input: &&ColumnDef| input.generated.is_none() && self.held(&input.name, WHOLE) == Held::Same;
        if !inputs.iter().all(same) {
            return Held::Unknown;
        }
        if !is_changed && self.old.column(&column.name).is_some() {
            return Held::Same;
        }
        let text = generated.expression.on(Engine::Sqlite).unwrap_or_default();
        strip_qualifier(text, &self.new.name).map_or(Held::Unknown, |text| Held::Made(format!("({text})")))
    }

    fn added(&self, column: &ColumnDef) -> Held {
        let is_rowid = self.new.primary_key.as_ref().is_some_and(|key| {
            key.rowid_alias && key.columns.iter().any(|part| part.name.eq_ignore_ascii_case(&column.name))
        });
        if is_rowid && self.builder.backfill(&self.new.name, &column.name).is_none() {
            return self.rowid().map_or(Held::Unknown, |name| Held::Made(name.to_owned()));
        }
        let fill = self.fill(column);
        Held::Made(match fill {
            None => "NULL".to_owned(),
            Some(fill) if fill.is_literal => affinity(self.new, column).stored_literal(&fill.sql),
            Some(fill) => fill.sql,
        })
    }

    /// The expression that a person gave for a column's new value.
    pub(super) fn convert(&self, column: &ColumnDef) -> Option<&str> {
        let type_changed =
            self.old.column(&column.name).is_some_and(|before| before.sql_type != column.sql_type);
        self.builder.convert(self.new, column, type_changed)
    }

    /// What fills the column where nothing is there.
    pub(super) fn fill(&self, column: &ColumnDef) -> Option<Fill> {
        if let Some(backfill) = self.builder.backfill(&self.new.name, &column.name) {
            return Some(Fill { sql: format!("({backfill})"), is_literal: false });
        }
        if let Some(sql) = value::default(column) {
            return Some(Fill { sql, is_literal: value::is_constant(column) });
        }
        let stands_in = self.builder.direction == Direction::Down && !column.nullable;
        let sql = stands_in.then(|| value::placeholder(self.new, column)).flatten()?;
        Some(Fill { sql, is_literal: true })
    }

    /// The new table's columns that a text can mean.
    pub(super) fn mentioned(&self, text: &str) -> Vec<&'a str> {
        let new: &'a TableDef = self.new;
        new.columns.iter().map(|column| column.name.as_ref()).filter(|name| mentions(text, name)).collect()
    }

    /// Whether anything but names, plain indexes and triggers changes.
    pub(super) fn changes_rows(&self) -> bool {
        self.changes.iter().any(|change| {
            !matches!(
                change,
                Change::RenameTable { .. }
                    | Change::RenameColumn { .. }
                    | Change::DropIndex { .. }
                    | Change::AddTrigger { .. }
                    | Change::DropTrigger { .. }
                    | Change::ChangeTrigger { .. }
            )
        })
    }

    /// Whether one of the columns will hold something else than now.
    pub(super) fn is_moved(&self, columns: &[&str]) -> bool {
        columns.iter().any(|column| self.held(column, WHOLE) != Held::Same)
    }
}

fn affinity(table: &TableDef, column: &ColumnDef) -> Affinity {
    Affinity::of(&column.sql_type, table.strict)
}

pub(super) fn is_in(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}
