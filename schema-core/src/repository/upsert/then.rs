//! The statements of an upsert, a row at a time.

use super::{NEW, THERE, Target, UpsertThen, index, index_target};
use crate::{
    dialect::quote_identifier,
    engine::sqlite::{Connection, Source},
    error::{Error, Result},
    expr::{Assign, Node},
    model::{ColumnRole, DefaultDef, Engine},
    query::{Statement, Writer},
    record::Table,
    repository::{
        NewFields, NewRow, SetList,
        find::read_row,
        insert::insert_text,
        new_row::{Resolved, is_named_by_every_row},
        text,
        violation::explain_insert,
    },
    value::Binder,
};

pub(super) fn run<T: Table>(
    connection: &Connection,
    statement: &Statement,
    row: &T::New,
    resolved: &Resolved,
    returning: bool,
) -> Result<(Option<T>, u64)> {
    let found = connection
        .with(&Source::Text(&statement.sql), |bound| {
            let mut fields = NewFields::new(Binder::sqlite(bound.parameters()), resolved);
            row.bind(&mut fields).map_err(|error| error.explain(T::DEF))?;
            let mut binder = Binder::sqlite(bound.parameters());
            statement.values.iter().for_each(|value| binder.value(value));
            let mut found = None;
            while bound.step()? {
                if returning {
                    found = Some(read_row::<T>(bound)?);
                }
            }
            Ok(found)
        })
        .map_err(|error: Error| {
            explain_insert::<T>(error.in_statement(&statement.sql), connection, [(row, resolved)])
        })?;
    Ok((found, connection.changes()))
}

/// What is done with a row that is in the way, and how it is found.
pub(super) struct Then<'u, T: Table> {
    set: Option<SetList>,
    all: bool,
    pub(super) filters: &'u [Node],
    target: &'u Target,
    /// What `ON CONFLICT` says of the target, and the words for it that come from the model.
    conflict: String,
    returning: bool,
    table: std::marker::PhantomData<fn() -> T>,
}

impl<'u, T: Table> Then<'u, T> {
    pub(super) fn new<S>(then: &'u UpsertThen<'_, T, S>, returning: bool) -> Result<Self> {
        let target = &then.on.target;
        let conflict = match target {
            Target::Any => String::new(),
            Target::Columns(columns) => {
                let names =
                    columns.iter().filter_map(|column| T::SHAPE.column(*column)).map(quote_identifier);
                format!(" ({})", names.collect::<Vec<_>>().join(", "))
            }
            Target::Index(name) => index_target(index::<T>(name)?)?,
        };
        let set = match then.assigns.is_empty() {
            true => None,
            false => Some(SetList::new::<T>(then.assigns.clone(), THERE)?),
        };
        let UpsertThen { filters, all, .. } = then;
        if set.is_none() && !all && !filters.is_empty() {
            return Err(Error::misuse(
                "a `filter` on `do_nothing` has nothing to decide; nothing was changed",
            ));
        }
        let table = std::marker::PhantomData;
        Ok(Self { set, all: *all, filters, target, conflict, returning, table })
    }

    /// The statements that a row needs, until one of them has changed something.
    pub(super) fn statements(&self, resolved: &Resolved) -> Result<Vec<Statement>> {
        if resolved.omitted.len() == T::DEF.columns.len() {
            return Err(Error::misuse(
                "a row of nothing but defaults has nothing that could be in its way: use `insert`; nothing was changed",
            ));
        }
        match self.target {
            // INSERT takes an id from the sequence before it finds the row in the way.
            Target::Columns(columns) if T::DEF.primary_key.as_ref().is_some_and(|key| key.autoincrement) => {
                let mut statements = Vec::new();
                statements.extend(self.update_there(columns, resolved)?);
                statements.push(self.insert_absent(columns, resolved)?);
                Ok(statements)
            }
            _ => Ok(vec![self.insert_or(resolved)?]),
        }
    }

    /// What is set, where a row in the way is changed.
    pub(super) fn changes(&self, resolved: &Resolved) -> Result<Option<SetList>> {
        if !self.all {
            return Ok(self.set.clone());
        }
        let found_by: &[u16] = match self.target {
            Target::Columns(columns) => columns,
            Target::Any | Target::Index(_) => &[],
        };
        let assigns = (0..)
            .zip(&*T::DEF.columns)
            .filter(|(position, column)| {
                let is_given = resolved.given.contains(position)
                    || is_named_by_every_row::<T>(usize::from(*position), column);
                is_given
                    && column.generated.is_none()
                    && !found_by.contains(position)
                    && !resolved.omitted.contains(position)
                    && !text::is_key(T::DEF, column)
                    && column.role == ColumnRole::Plain
            })
            .map(|(column, _)| Assign { column, value: Node::Column(NEW, column) })
            .collect::<Vec<_>>();
        if assigns.is_empty() {
            return Ok(None);
        }
        SetList::new::<T>(assigns, THERE).map(Some)
    }

    fn writer() -> Writer {
        let mut writer = Writer::of_table(THERE, T::SHAPE, quote_identifier(&T::DEF.name));
        writer.also(NEW, T::SHAPE, "excluded");
        writer
    }

    fn end(&self, mut writer: Writer) -> Result<Statement> {
        if self.returning {
            writer.text(&text::returning(T::DEF));
        }
        writer.finish()
    }

    /// `INSERT .. ON CONFLICT .. DO ..`
    pub(super) fn insert_or(&self, resolved: &Resolved) -> Result<Statement> {
        let mut writer = Self::writer();
        writer.text(&insert_text(T::DEF, &resolved.omitted, 1));
        writer.text(&format!(" ON CONFLICT{} DO ", self.conflict));
        match self.changes(resolved)? {
            None => writer.text("NOTHING"),
            Some(set) => {
                writer.text("UPDATE SET ");
                set.write::<T>(&mut writer);
                writer.list(" WHERE ", self.filters, " AND ");
            }
        }
        self.end(writer)
    }

    /// The new row as a table of the name that ON CONFLICT gives it. Its values are bound first.
    pub(super) fn with_new_row(resolved: &Resolved) -> Writer {
        let columns = (0..).zip(&*T::DEF.columns).filter(|(_, column)| column.generated.is_none());
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (position, column) in columns {
            names.push(quote_identifier(&column.name));
            values.push(match (resolved.omitted.contains(&position), &column.default) {
                (false, _) => "?".to_owned(),
                (true, DefaultDef::Sql(sql)) => format!("({})", sql.on(Engine::Sqlite).unwrap_or("NULL")),
                (true, _) => "NULL".to_owned(),
            });
        }
        let mut writer = Self::writer();
        writer.text(&format!("WITH excluded({}) AS (SELECT {}) ", names.join(", "), values.join(", ")));
        writer
    }

    pub(super) fn is_same(columns: &[u16]) -> String {
        let table = quote_identifier(&T::DEF.name);
        let names = columns.iter().filter_map(|column| T::SHAPE.column(*column)).map(quote_identifier);
        names.map(|name| format!("{table}.{name} = excluded.{name}")).collect::<Vec<_>>().join(" AND ")
    }

    /// `UPDATE` of the row that is there, where one is to be changed.
    fn update_there(&self, columns: &[u16], resolved: &Resolved) -> Result<Option<Statement>> {
        let Some(set) = self.changes(resolved)? else { return Ok(None) };
        self.change_there(&set, columns, resolved).map(Some)
    }

    pub(super) fn change_there(
        &self,
        set: &SetList,
        columns: &[u16],
        resolved: &Resolved,
    ) -> Result<Statement> {
        let mut writer = Self::with_new_row(resolved);
        writer.text(&format!("UPDATE {} SET ", quote_identifier(&T::DEF.name)));
        set.write::<T>(&mut writer);
        writer.text(&format!(" FROM excluded WHERE {}", Self::is_same(columns)));
        writer.list(" AND ", self.filters, " AND ");
        self.end(writer)
    }

    /// `INSERT` of the row where there is none.
    fn insert_absent(&self, columns: &[u16], resolved: &Resolved) -> Result<Statement> {
        let named: Vec<String> = (0..)
            .zip(&*T::DEF.columns)
            .filter(|(position, _)| !resolved.omitted.contains(position))
            .map(|(_, column)| quote_identifier(&column.name))
            .collect();
        let (table, named) = (quote_identifier(&T::DEF.name), named.join(", "));
        let mut writer = Self::with_new_row(resolved);
        writer.text(&format!(
            "INSERT INTO {table} ({named}) SELECT {named} FROM excluded WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {})",
            Self::is_same(columns)
        ));
        self.end(writer)
    }
}
