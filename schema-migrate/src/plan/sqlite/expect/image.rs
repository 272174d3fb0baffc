use schema_core::dialect::{quote_identifier, quote_text};
use schema_core::model::{ColumnDef, Engine, TableDef};

use crate::diff::{Change, Rename, original_column, original_table};
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
        let variants: String = self
            .builder
            .comparison
            .variants
            .iter()
            .filter(|variant| variant.table == self.new.name && variant.column == after.name)
            .map(|variant| format!(" WHEN {} THEN {}", quote_text(&variant.from), quote_text(&variant.to)))
            .collect();
        if !variants.is_empty() {
            value = format!("CASE {value}{variants} ELSE {value} END");
        }
        let (stored, as_stored) = (self.affinity(self.old, before), self.affinity(self.new, after));
        if told.stores && convert.is_none() && as_stored.alters(stored) {
            value = as_stored.stored(&value);
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

    fn affinity(&self, table: &TableDef, column: &ColumnDef) -> Affinity {
        Affinity::of(&column.sql_type, table.strict)
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
        let fill = if column.nullable && self.builder.direction == Direction::Down {
            None
        } else {
            self.fill(column)
        };
        Held::Made(fill.map_or_else(|| "NULL".to_owned(), |fill| fill.sql))
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

    /// The columns that tell one row from another before the migration, under their new names.
    pub(super) fn key(&self) -> Vec<String> {
        let named = self.old.primary_key.as_ref().filter(|key| {
            let admits_null = |name: &str| self.old.column(name).is_none_or(|column| column.nullable);
            self.old.without_rowid
                || key.rowid_alias
                || !key.columns.iter().any(|part| admits_null(&part.name))
        });
        match named {
            Some(key) => key.columns.iter().map(|part| part.name.to_string()).collect(),
            None => self.rowid().map(str::to_owned).into_iter().collect(),
        }
    }

    /// A name of the rowid that no column hides.
    fn rowid(&self) -> Option<&'static str> {
        let free = |name: &&str| self.old.column(name).is_none() && self.new.column(name).is_none();
        ["rowid", "_rowid_", "oid"].into_iter().find(free).filter(|_| !self.old.without_rowid)
    }

    /// What stands behind FROM so that these columns, and those of the key, hold under their new
    /// names what they will hold. `None` where no query tells it.
    pub(super) fn relation(&self, wanted: &[&str]) -> Option<String> {
        self.relation_of(wanted, WHOLE)
    }

    /// The same for a part of what the migration does to the values.
    pub(super) fn relation_of(&self, wanted: &[&str], told: Told) -> Option<String> {
        let key = self.key();
        let renames = &self.builder.comparison.renames;
        let table = original_table(renames, &self.new.name);
        let mut items: Vec<(Held, &str)> = Vec::new();
        for name in key.iter().map(String::as_str).filter(|name| !is_in(wanted, name)) {
            items.push((Held::Same, name));
        }
        for name in wanted {
            items.push((self.held(name, told), name));
        }
        if items.iter().any(|(held, _)| *held == Held::Unknown) {
            return None;
        }
        let is_made = items.iter().any(|(held, _)| matches!(held, Held::Made(_)));
        let is_renamed = |name: &str| {
            original_column(renames, &self.new.name, name) != name && self.old.column(name).is_some()
        };
        if !is_made && !items.iter().any(|(_, name)| is_renamed(name)) {
            return Some(quote_identifier(table));
        }
        let texts: Vec<String> = items
            .iter()
            .map(|(held, name)| match held {
                Held::Made(sql) => format!("{sql} AS {}", quote_identifier(name)),
                _ if is_made => quote_identifier(name),
                _ => self.own_name(name),
            })
            .collect();
        let source = if is_made { self.renamed() } else { quote_identifier(table) };
        Some(format!("(SELECT {} FROM {source})", texts.join(", ")))
    }

    /// The table as it is, under the names that it and its columns will have.
    fn renamed(&self) -> String {
        let renames = &self.builder.comparison.renames;
        let table = original_table(renames, &self.new.name);
        let columns_change = renames.iter().any(|rename| {
            matches!(rename, Rename::Column { table, .. } if table.eq_ignore_ascii_case(&self.new.name))
        });
        if columns_change {
            let own = self.old.columns.iter().map(|column| self.own_name(&column.name));
            let rowid = self.rowid().map(|name| format!("{name} AS {name}"));
            let all: Vec<String> = rowid.into_iter().chain(own).collect();
            return format!(
                "(SELECT {} FROM {}) AS {}",
                all.join(", "),
                quote_identifier(table),
                quote_identifier(&self.new.name)
            );
        }
        if table == self.new.name {
            return quote_identifier(table);
        }
        format!("{} AS {}", quote_identifier(table), quote_identifier(&self.new.name))
    }

    /// A column as it is called now, under the name that it will have.
    fn own_name(&self, name: &str) -> String {
        let original = original_column(&self.builder.comparison.renames, &self.new.name, name);
        if original == name || self.old.column(name).is_none() {
            return quote_identifier(name);
        }
        format!("{} AS {}", quote_identifier(original), quote_identifier(name))
    }

    /// The query for the rows that meet a condition over the new columns, with the values of these.
    pub(super) fn query(&self, shown: &[&str], condition: &str) -> Option<String> {
        let relation = self.relation(shown)?;
        Some(self.select(shown, &relation, condition))
    }

    pub(super) fn select(&self, shown: &[&str], relation: &str, condition: &str) -> String {
        let columns = self.shown(shown, "");
        format!("SELECT {columns} FROM {relation} WHERE {condition}")
    }

    /// The key and the columns that are shown, each once, with what stands in front of each.
    pub(super) fn shown(&self, shown: &[&str], prefix: &str) -> String {
        let key = self.key();
        let key = key.iter().map(String::as_str).filter(|name| !is_in(shown, name));
        let columns: Vec<String> = key
            .chain(shown.iter().copied())
            .map(|name| format!("{prefix}{}", quote_identifier(name)))
            .collect();
        if columns.is_empty() { "1".to_owned() } else { columns.join(", ") }
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

    /// The query for the values of a column as they are now that meet a condition over its new name.
    pub(super) fn query_before(&self, column: &str, condition: &str) -> Option<String> {
        let shown = self.shown(&[column], "");
        let condition = format!("WHERE {condition}");
        let table = original_table(&self.builder.comparison.renames, &self.new.name);
        let key = self.key();
        let names: Vec<&str> = key
            .iter()
            .map(String::as_str)
            .filter(|name| !name.eq_ignore_ascii_case(column))
            .chain([column])
            .collect();
        let own: Vec<String> = names.iter().map(|name| self.own_name(name)).collect();
        let is_renamed = own.iter().zip(&names).any(|(own, name)| *own != quote_identifier(name));
        if !is_renamed {
            return Some(format!("SELECT {shown} FROM {} {condition}", quote_identifier(table)));
        }
        Some(format!(
            "SELECT {shown} FROM (SELECT {} FROM {}) {condition}",
            own.join(", "),
            quote_identifier(table)
        ))
    }

    /// The query for the values that are there now and whose conversion gives NULL.
    pub(super) fn query_of_both(&self, before: &ColumnDef, column: &ColumnDef) -> Option<String> {
        let convert = self.convert(column)?;
        let (own, source) = (quote_identifier(&before.name), self.renamed());
        let shown = self.shown(&[&before.name], "");
        Some(format!("SELECT {shown} FROM {source} WHERE {own} IS NOT NULL AND ({convert}) IS NULL"))
    }

    /// Whether one of the columns will hold something else than now.
    pub(super) fn is_moved(&self, columns: &[&str]) -> bool {
        columns.iter().any(|column| self.held(column, WHOLE) != Held::Same)
    }
}

pub(super) fn is_in(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}
