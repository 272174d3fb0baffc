//! Updates and deletes of many rows of a model with hooks: each row is read, and changed by its key.

use super::{ChangeQuery, SelectTree, Statement, run};
use crate::{
    database::Session,
    engine::sqlite::Connection,
    error::Result,
    expr::Node,
    record::Record as _,
    repository::{Calls, HookFns, RowKey, assigned, explain_delete, explain_update},
    value::{CellError, Row},
};

/// Changes every row that is picked, with its hooks. `select`: what each changed row gives, and how it
/// is read.
pub(super) fn run_with_hooks<C: ChangeQuery, O>(
    query: &C,
    session: Session<'_>,
    hooks: HookFns<C::Table>,
    select: &[Node],
    read: fn(Row<'_>, usize) -> Result<O, CellError>,
) -> Result<Vec<O>> {
    Calls::run(hooks, session, |calls| {
        let picked = query.picked()?;
        let rows = calls.session.read(|connection| {
            run::rows(connection, &picked, &C::Table::SHAPE, <C::Table as crate::Record>::read)
        })?;
        let mut changed = Vec::with_capacity(rows.len());
        for old in rows {
            changed.extend(one(query, calls, &old, select, read)?);
        }
        Ok(changed)
    })
}

/// Changes one row. None where a hook has deleted it meanwhile.
fn one<C: ChangeQuery, O>(
    query: &C,
    calls: &Calls<'_, C::Table>,
    old: &C::Table,
    select: &[Node],
    read: fn(Row<'_>, usize) -> Result<O, CellError>,
) -> Result<Option<O>> {
    let RowKey(key) = RowKey::of(old)?;
    let Some(assigns) = query.assigns() else {
        calls.before_delete(old)?;
        // RETURNING needs something, so that it tells whether there was a row.
        let nodes: Vec<Node> = select.iter().cloned().chain([crate::expr::sql("1")]).collect();
        let statement = query.of_row(&key, Vec::new(), &nodes)?;
        let gone = calls.session.write(|connection| {
            first(query, connection, &statement, &nodes, read)
                .map_err(|error| explain_delete::<C::Table>(error, connection, &key))
        })?;
        if gone.is_some() {
            calls.after_delete(old)?;
        }
        return Ok(gone);
    };
    let assigns = calls.before_update(old, assigns.to_vec(), query.alias())?;
    let shape = C::Table::SHAPE;
    let width = u16::try_from(shape.width()).unwrap_or(u16::MAX);
    let whole = (0..width).map(|column| Node::Column(query.alias(), column));
    let nodes: Vec<Node> = whole.chain(select.iter().cloned()).collect();
    let statement = query.of_row(&key, assigns.clone(), &nodes)?;
    let read = |row: Row<'_>, at: usize| Ok((C::Table::read(row, at)?, read(row, at + shape.width())?));
    let changed = calls.session.write(|connection| {
        first(query, connection, &statement, &nodes, read).map_err(|error| {
            explain_update::<C::Table>(error, connection, &assigned::<C::Table>(&assigns), &key)
        })
    })?;
    let Some((new, given)) = changed else { return Ok(None) };
    calls.after_update(old, &new)?;
    Ok(Some(given))
}

/// What the changed row gives, once the statement has ended.
fn first<C: ChangeQuery, O>(
    query: &C,
    connection: &Connection,
    statement: &Statement,
    nodes: &[Node],
    read: impl Fn(Row<'_>, usize) -> Result<O, CellError>,
) -> Result<Option<O>> {
    let mut tree = SelectTree::new(C::Table::SHAPE);
    tree.place(query.alias(), nodes);
    Ok(run::rows(connection, statement, &tree, read)?.into_iter().next())
}
