//! Full-text searches in a statement.

use super::{
    tree::{Join, SelectTree},
    writer::Writer,
};
use crate::{
    dialect::quote_identifier,
    error::Error,
    expr::{Alias, Found, Node},
    model::{FullTextDef, TableDef},
    record::Shape,
    value::Value,
};

/// A search that a table is joined with: its index drives the query, and can say how well a row fits.
///
/// A filter that is `matches` and nothing else becomes one; any other `matches` is a condition with a
/// subquery.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// The table that is searched.
    pub(super) alias: Alias,
    /// Position of the filter that the join stands for.
    pub(super) filter: usize,
    query: String,
}

/// The searches that become joins: the first of each table that a row always has.
pub(super) fn of(tree: &SelectTree) -> Vec<Search> {
    let mut searches: Vec<Search> = Vec::new();
    for (filter, node) in tree.filters.iter().enumerate() {
        let Node::Matches(alias, query) = node else { continue };
        let is_there = tree.from.iter().any(|item| item.alias == *alias && item.join != Join::Left);
        if is_there && searches.iter().all(|search| search.alias != *alias) {
            searches.push(Search { alias: *alias, filter, query: query.clone() });
        }
    }
    searches
}

fn index(shape: Shape) -> Option<(&'static TableDef, &'static FullTextDef)> {
    let Shape::Table(table) = shape else { return None };
    Some((table, table.full_text.first()?))
}

impl Writer {
    /// The index of a table, and the name of its join.
    fn index(&mut self, alias: Alias) -> Option<(&'static FullTextDef, String)> {
        let found = self
            .table(alias)
            .and_then(|named| index(named.shape).map(|(_, index)| (index, format!("s{}", named.name))));
        if found.is_none() {
            self.fail(Error::misuse(
                "a search of another query stands in this one: use the columns that the closure is given",
            ));
        }
        found
    }

    /// `MATCH`, and the text that is looked for.
    fn query(&mut self, query: &str) {
        self.search.get_or_insert_with(|| query.to_owned());
        self.text(" MATCH ");
        self.value(Value::Text(query.to_owned()));
    }

    /// `JOIN "books_fts" AS st0 ON st0.rowid = t0."id"`.
    pub(super) fn join_search(&mut self, search: &Search) {
        let Some((index, name)) = self.index(search.alias) else { return };
        self.name(&name, &index.name, true);
        self.text(&format!(" JOIN {} AS {name} ON {name}.rowid = ", quote_identifier(&index.name)));
        self.row_number(search.alias);
    }

    /// The condition of a search that is joined.
    pub(super) fn searched(&mut self, search: &Search) {
        let Some((index, name)) = self.index(search.alias) else { return };
        self.text(&format!("{name}.{}", quote_identifier(&index.name)));
        self.query(&search.query);
    }

    /// A search that is one condition among others.
    pub(super) fn matches(&mut self, alias: Alias, query: &str) {
        let Some((index, _)) = self.index(alias) else { return };
        let name = quote_identifier(&index.name);
        self.text("(");
        self.row_number(alias);
        self.text(&format!(" IN (SELECT rowid FROM {name} WHERE {name}"));
        self.query(query);
        self.text("))");
    }

    /// What the joined search of a table says of a row.
    pub(super) fn found(&mut self, alias: Alias, found: &Found) {
        let Some((index, name)) = self.index(alias) else { return };
        if !self.searches.iter().any(|search| search.alias == alias) {
            return self.fail(Error::misuse(
                "`rank`, `highlight` and `snippet` belong to a search: give it a filter of its own, \
                 `.filter(|b| b.matches(\"dune\"))`",
            ));
        }
        let hidden = format!("{name}.{}", quote_identifier(&index.name));
        match found {
            Found::Rank => self.text(&format!("{name}.rank")),
            Found::Highlight { column, marks } => {
                let Some(position) = self.searched_column(alias, *column, index) else { return };
                self.text(&format!("highlight({hidden}, {position}"));
                self.marks(marks);
                self.text(")");
            }
            Found::Snippet { column, marks, words } => {
                let position = match column {
                    Some(column) => {
                        let Some(position) = self.searched_column(alias, *column, index) else { return };
                        position.to_string()
                    }
                    None => "-1".to_owned(),
                };
                self.text(&format!("snippet({hidden}, {position}"));
                self.marks(marks);
                self.text(&format!(", {words})"));
            }
        }
    }

    fn marks(&mut self, marks: &[String]) {
        for mark in marks {
            self.text(", ");
            self.value(Value::Text(mark.clone()));
        }
    }

    /// Position of a table's column in the index.
    fn searched_column(&mut self, alias: Alias, column: u16, index: &FullTextDef) -> Option<usize> {
        let name = self.table(alias).and_then(|named| named.shape.column(column)).unwrap_or_default();
        let position = index.columns.iter().position(|indexed| indexed == name);
        if position.is_none() {
            self.fail(Error::misuse(format!(
                "column `{name}` is not in the full-text index `{}`: it has `{}`",
                index.name,
                index.columns.join("`, `")
            )));
        }
        position
    }

    /// The number by which the index knows a row: the integer key, or the rowid.
    fn row_number(&mut self, alias: Alias) {
        let key = self
            .table(alias)
            .and_then(|named| index(named.shape))
            .and_then(|(table, _)| table.primary_key.as_ref())
            .filter(|key| key.rowid_alias)
            .and_then(|key| key.columns.first());
        match key {
            Some(column) => self.qualified(alias, &quote_identifier(&column.name)),
            None => self.row_id(alias),
        }
    }
}
