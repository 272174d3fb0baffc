use schema_core::dialect::quote_identifier;
use schema_core::model::ColumnDef;

use super::image::{Held, Image, Told, WHOLE, is_in};
use crate::diff::{Rename, original_column, original_table};

/// The queries of an image: on the table as it is called now, under the names that it will have.
impl Image<'_> {
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
    pub(super) fn rowid(&self) -> Option<&'static str> {
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
}
