use std::fmt::Write;

use super::place::Place;
use super::tree::{Common, From, Join, SelectTree, SetOperation, Source};
use crate::{
    dialect::quote_identifier,
    error::{Error, Kind, Result},
    expr::{Alias, By, Node, Order},
    query::search::{self, Search},
    record::Shape,
    value::Value,
};

/// A statement's text and the values of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// SQL with `?` for each parameter.
    pub(crate) sql: String,
    /// Values of the parameters in order.
    pub(crate) values: Vec<Value>,
    /// The first full-text search in it.
    pub(crate) search: Option<String>,
}

/// Writes statement trees as SQL. Aliases are counted in order of appearance, so equal queries have
/// equal text and find the same prepared statement.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    sql: String,
    values: Vec<Value>,
    tables: Vec<Named>,
    pub(super) searches: Vec<Search>,
    pub(super) search: Option<String>,
    problem: Option<Error>,
    /// How many tables have a name: an alias is never given twice.
    named: usize,
    /// The common table expressions that were met, in the order in which they have to stand.
    commons: Commons,
    /// The clause that is being written.
    pub(super) place: Place,
    /// What the columns of the SELECT that is written next are called.
    columns: Vec<&'static str>,
    /// What the names of the tables stand for, where somebody asks.
    origins: Option<Vec<Origin>>,
}

/// What the name of a table in a statement stands for.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) alias: String,
    pub(super) name: String,
    /// Whether it is a table of the database.
    pub(super) is_stored: bool,
}

/// Common table expressions, and the text that defines them.
#[derive(Debug, Default)]
struct Commons {
    sql: String,
    values: Vec<Value>,
    /// Number and name of each.
    names: Vec<(u32, String)>,
    is_recursive: bool,
}

#[derive(Debug)]
pub(super) struct Named {
    pub(super) alias: Alias,
    pub(super) shape: Shape,
    /// `t0`; empty for the one table of an INSERT, UPDATE or DELETE.
    pub(super) name: String,
    /// Whether it is the table or view itself, and no query of its shape.
    is_own: bool,
}

impl Writer {
    /// A writer for a statement about one table, whose columns need no alias.
    pub(crate) fn for_target(shape: Shape) -> Self {
        let target = Named { alias: Alias::TARGET, shape, name: String::new(), is_own: true };
        Self { tables: vec![target], place: Place::Change, ..Self::default() }
    }

    /// A writer for a statement about one table, whose columns are written with this name before them.
    pub(crate) fn of_table(alias: Alias, shape: Shape, name: String) -> Self {
        Self {
            tables: vec![Named { alias, shape, name, is_own: true }],
            place: Place::Change,
            ..Self::default()
        }
    }

    /// Another table of the statement, which is there under this name.
    pub(crate) fn also(&mut self, alias: Alias, shape: Shape, name: &str) {
        self.tables.push(Named { alias, shape, name: name.to_owned(), is_own: true });
    }

    /// A writer that remembers what the names of the tables stand for.
    pub(super) fn naming() -> Self {
        Self { origins: Some(Vec::new()), ..Self::default() }
    }

    /// The statement, and what the names of its tables stand for.
    pub(super) fn finish_named(mut self) -> Result<(Statement, Vec<Origin>)> {
        let origins = self.origins.take().unwrap_or_default();
        Ok((self.finish()?, origins))
    }

    /// Remembers what a name stands for, where somebody asks.
    pub(super) fn name(&mut self, alias: &str, name: &str, is_stored: bool) {
        if let Some(origins) = &mut self.origins {
            origins.push(Origin { alias: alias.to_owned(), name: name.to_owned(), is_stored });
        }
    }

    pub(crate) fn finish(self) -> Result<Statement> {
        match self.problem {
            Some(problem) => Err(problem),
            None if self.commons.names.is_empty() => {
                Ok(Statement { sql: self.sql, values: self.values, search: self.search })
            }
            None => {
                let Commons { sql, mut values, is_recursive, .. } = self.commons;
                let with = if is_recursive { "WITH RECURSIVE " } else { "WITH " };
                values.extend(self.values);
                Ok(Statement { sql: format!("{with}{sql} {}", self.sql), values, search: self.search })
            }
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    pub(crate) fn value(&mut self, value: Value) {
        self.sql.push('?');
        self.values.push(value);
    }

    pub(crate) fn node(&mut self, node: &Node) {
        match node {
            Node::Column(alias, index) => self.column(*alias, *index),
            Node::RowId(alias) => self.row_id(*alias),
            Node::Matches(alias, query) => self.matches(*alias, query),
            Node::Found(alias, found) => self.found(*alias, found),
            Node::Value(value) => self.value(value.clone()),
            Node::Invalid(error) => self.fail(Error::new(Kind::Value, format!("{error}; nothing was run"))),
            Node::Sql(text) => self.sql.push_str(text),
            Node::Sequence(nodes) => nodes.iter().for_each(|node| self.node(node)),
            Node::OverRows(over, nodes) => self.over_rows(*over, nodes),
            Node::Query(tree) => {
                self.sql.push('(');
                self.select(tree);
                self.sql.push(')');
            }
        }
    }

    pub(super) fn fail(&mut self, problem: Error) {
        self.problem.get_or_insert(problem);
    }

    fn column(&mut self, alias: Alias, index: u16) {
        let column = self.table(alias).and_then(|named| named.shape.column(index));
        match column {
            Some(column) => self.qualified(alias, &quote_identifier(column)),
            None => self.fail(Error::misuse(
                "a column of another query stands in this one: use the columns that the closure is given",
            )),
        }
    }

    /// One of the rowid's three names that no column takes; of a view the marker that it is joined with.
    pub(super) fn row_id(&mut self, alias: Alias) {
        let marked =
            self.table(alias).filter(|named| !named.is_own || !matches!(named.shape, Shape::Table(_)));
        if let Some(shape) = marked.map(|named| named.shape) {
            return self.qualified(alias, &quote_identifier(&marker(shape)));
        }
        let is_free = |name: &&str| match self.table(alias).map(|named| named.shape) {
            Some(Shape::Table(table)) => table.column(name).is_none(),
            _ => true,
        };
        match ["_rowid_", "rowid", "oid"].into_iter().find(is_free) {
            Some(name) => self.qualified(alias, name),
            None => self.fail(Error::misuse(
                "a table on the far side of a LEFT JOIN needs a NOT NULL column: columns take all names of its rowid",
            )),
        }
    }

    pub(super) fn table(&self, alias: Alias) -> Option<&Named> {
        self.tables.iter().rev().find(|named| named.alias == alias)
    }

    pub(super) fn qualified(&mut self, alias: Alias, column: &str) {
        let table = self.tables.iter().rev().find(|named| named.alias == alias);
        if let Some(named) = table.filter(|named| !named.name.is_empty()) {
            self.sql.push_str(&named.name);
            self.sql.push('.');
        }
        self.sql.push_str(column);
    }

    pub(crate) fn list(&mut self, head: &str, nodes: &[Node], separator: &str) {
        for (position, node) in nodes.iter().enumerate() {
            self.sql.push_str(if position == 0 { head } else { separator });
            self.node(node);
        }
    }

    pub(crate) fn select(&mut self, tree: &SelectTree) {
        if let Some(problem) = &tree.problem {
            self.fail(Error::misuse(problem.clone()));
        }
        if tree.is_compound() {
            tree.others.iter().for_each(|(operation, part)| self.part(*operation, part));
        } else {
            self.one_select(tree);
        }
        self.check_order(tree);
        self.within(Place::Selection, |writer| writer.order(&tree.order));
        // `+?` keeps SQLite from preparing the statement again whenever the limit is bound anew.
        if tree.limit.is_some() || tree.offset > 0 {
            self.text(" LIMIT +");
            // A LIMIT of -1 is none; OFFSET needs one. <https://sqlite.org/lang_select.html#limitoffset>
            self.value(Value::Integer(
                tree.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX)),
            ));
        }
        if tree.offset > 0 {
            self.text(" OFFSET +");
            self.value(Value::Integer(i64::try_from(tree.offset).unwrap_or(i64::MAX)));
        }
    }

    /// A column of the result that rows are ordered by has to be there.
    fn check_order(&mut self, tree: &SelectTree) {
        let width = tree.width();
        for order in &tree.order {
            if let By::Result(position) = order.what()
                && *position >= width
            {
                self.fail(Error::misuse(format!(
                    "the result is ordered by its column {position}, and it has {width}, counted from 0; nothing was run"
                )));
            }
        }
    }

    pub(super) fn order(&mut self, order: &[Order]) {
        let order: Vec<Node> = order.iter().cloned().map(Order::node).collect();
        self.list(" ORDER BY ", &order, ", ");
    }

    /// Gives the tables of a SELECT the names that its columns are written with.
    pub(super) fn name_tables(&mut self, tree: &SelectTree) {
        for item in &tree.from {
            let name = format!("t{}", self.named);
            self.named += 1;
            let is_own = matches!(item.source, Source::Own);
            self.tables.push(Named { alias: item.alias, shape: item.shape, name, is_own });
        }
    }

    fn one_select(&mut self, tree: &SelectTree) {
        self.name_tables(tree);
        let searches = search::of(tree);
        self.searches.extend(searches.iter().cloned());
        let columns = std::mem::take(&mut self.columns);
        self.text(if tree.distinct { "SELECT DISTINCT " } else { "SELECT " });
        self.within(Place::Selection, |writer| {
            for (position, node) in tree.select.iter().enumerate() {
                writer.text(if position == 0 { "" } else { ", " });
                writer.node(node);
                if let Some(column) = columns.get(position) {
                    let _ = write!(writer.sql, " AS {}", quote_identifier(column));
                }
            }
        });
        tree.from.iter().for_each(|item| self.from(tree, item));
        let mut filters: Vec<Node> = tree
            .from
            .iter()
            .filter(|item| item.join == Join::First)
            .filter_map(|item| tree.live(item))
            .collect();
        let own = filters.len();
        filters.extend(tree.filters.iter().cloned());
        for (position, filter) in filters.iter().enumerate() {
            self.text(if position == 0 { " WHERE " } else { " AND " });
            match searches.iter().find(|search| position.checked_sub(own) == Some(search.filter)) {
                Some(search) => self.searched(search),
                None => self.within(Place::Filter, |writer| writer.node(filter)),
            }
        }
        self.within(Place::Group, |writer| writer.list(" GROUP BY ", &tree.group, ", "));
        self.within(Place::Having, |writer| writer.list(" HAVING ", &tree.having, " AND "));
    }

    /// A part of a compound. Only the whole may have an order and a limit.
    fn part(&mut self, operation: SetOperation, part: &SelectTree) {
        self.text(match operation {
            SetOperation::First => "",
            SetOperation::Union => " UNION ",
            SetOperation::UnionAll => " UNION ALL ",
            SetOperation::Intersect => " INTERSECT ",
            SetOperation::Except => " EXCEPT ",
        });
        let is_plain =
            !part.is_compound() && part.order.is_empty() && part.limit.is_none() && part.offset == 0;
        if is_plain {
            return self.select(part);
        }
        self.text("SELECT * FROM (");
        self.select(part);
        self.text(")");
    }

    /// The name of a common table expression, which is defined where it is met first.
    fn common(&mut self, common: &Common, shape: Shape) -> String {
        if let Some((_, name)) = self.commons.names.iter().find(|(id, _)| *id == common.id) {
            // Without a definition it is named inside itself.
            self.commons.is_recursive |= common.tree.is_none();
            return name.clone();
        }
        let Some(tree) = &common.tree else {
            self.fail(Error::misuse("the step of a recursive query stands outside of it"));
            return common.name.clone();
        };
        let is_taken = |name: &str, names: &[(u32, String)]| {
            names.iter().any(|(_, taken)| taken.eq_ignore_ascii_case(name))
        };
        let mut name = common.name.clone();
        let mut number = 1;
        while is_taken(&name, &self.commons.names) {
            number += 1;
            name = format!("{}_{number}", common.name);
        }
        self.commons.names.push((common.id, name.clone()));
        // Written apart: it stands before everything, and sees no table of the query around it.
        let outer = (std::mem::take(&mut self.sql), std::mem::take(&mut self.values));
        let tables = std::mem::take(&mut self.tables);
        let columns: Vec<String> = names(shape).map(quote_identifier).collect();
        self.text(&format!("{}({}) AS (", quote_identifier(&name), columns.join(", ")));
        self.select(tree);
        self.text(")");
        self.tables = tables;
        let (sql, values) =
            (std::mem::replace(&mut self.sql, outer.0), std::mem::replace(&mut self.values, outer.1));
        if !self.commons.sql.is_empty() {
            self.commons.sql.push_str(", ");
        }
        self.commons.sql.push_str(&sql);
        self.commons.values.extend(values);
        name
    }

    /// What the rows of a table in FROM come from.
    fn source(&mut self, tree: &SelectTree, item: &From) {
        match (&item.source, item.shape) {
            (Source::Own, Shape::Table(table)) => self.text(&quote_identifier(&table.name)),
            (Source::Own, Shape::View(view)) => self.text(&quote_identifier(&view.name)),
            (Source::Own, Shape::Row(_)) => self.fail(Error::misuse(
                "a row struct is no table: it is joined as a query, `join_query(..)` or `join_cte(..)`",
            )),
            (Source::Common(common), shape) => {
                let name = self.common(common, shape);
                self.text(&quote_identifier(&name));
            }
            (Source::Derived(derived), shape) => self.derived(tree, derived, shape),
            (Source::Function(function, argument), _) => {
                self.text(function);
                self.text("(");
                self.within(Place::Argument, |writer| writer.node(argument));
                self.text(")");
            }
        }
    }

    /// A query in the place of a table. It sees the tables of the queries around `tree`, and none of those that it
    /// stands beside.
    fn derived(&mut self, tree: &SelectTree, derived: &SelectTree, shape: Shape) {
        let around = std::mem::take(&mut self.tables);
        let is_beside = |named: &Named| tree.from.iter().any(|item| item.alias == named.alias);
        let (beside, around): (Vec<_>, Vec<_>) = around.into_iter().partition(is_beside);
        self.tables = around;
        self.columns = names(shape).collect();
        self.text("(");
        self.select(derived);
        self.text(")");
        self.tables.extend(beside);
    }

    fn from(&mut self, tree: &SelectTree, item: &From) {
        self.text(match item.join {
            Join::First => " FROM ",
            Join::Inner => " JOIN ",
            Join::Cross => " CROSS JOIN ",
            Join::Left => " LEFT JOIN ",
        });
        let Some(name) = self.table(item.alias).map(|named| named.name.clone()) else { return };
        let is_stored = matches!((&item.source, item.shape), (Source::Own, Shape::Table(_)));
        self.name(&name, item.origin(), is_stored);
        let is_marked = item.join == Join::Left && !is_stored;
        if is_marked {
            let _ = write!(self.sql, "(SELECT *, 1 AS {} FROM ", quote_identifier(&marker(item.shape)));
        }
        self.source(tree, item);
        let _ = write!(self.sql, "{} AS {name}", if is_marked { ")" } else { "" });
        if let Some(on) = &item.on {
            let conditions: Vec<Node> = std::iter::once(on.clone()).chain(tree.live(item)).collect();
            self.within(Place::Join, |writer| writer.list(" ON ", &conditions, " AND "));
        }
        if let Some(search) = self.searches.iter().find(|search| search.alias == item.alias).cloned() {
            self.join_search(&search);
        }
    }
}

/// A name that no column of a view or query has: it is there in every row.
fn marker(shape: Shape) -> String {
    let mut name = "is_there".to_owned();
    while names(shape).any(|column| column.eq_ignore_ascii_case(&name)) {
        name.push('_');
    }
    name
}

/// The columns' names in their order.
fn names(shape: Shape) -> impl Iterator<Item = &'static str> {
    let width = u16::try_from(shape.width()).unwrap_or(u16::MAX);
    (0..width).filter_map(move |at| shape.column(at))
}
