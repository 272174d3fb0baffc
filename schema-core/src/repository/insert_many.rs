use super::{
    Filled, IntoNew, NewFields, NewRow, Repository,
    calls::{Calls, hooks_in},
    check::Invalid,
    insert::{insert_one, insert_text, is_usual},
    new_row::{Resolved, resolve},
    violation::explain_insert,
};
use crate::{
    engine::sqlite::{Connection, Source},
    error::Result,
    model::DefaultDef,
    record::Table,
    schema::{Schema, Writable},
    value::Binder,
};

/// Rows a statement. Measured: beyond 50, a longer VALUES list gains nothing more.
const ROWS: usize = 50;

/// Parameters that a statement of SQLite may have. <https://sqlite.org/limits.html#max_variable_number>
const PARAMETERS: usize = 32_766;

impl<T: Table, S: Schema> Repository<'_, T, S> {
    /// Inserts every row, or none: in one transaction, several rows a statement. Returns their number.
    ///
    /// # Errors
    /// `is_invalid` where a `check_fn` refuses a value, with those of all rows, up to a hundred; `violates` where a
    /// constraint refuses a row. Nothing is changed then. (Of a model with hooks, `before_insert` is called for the
    /// rows behind a refused one too, to find what else is refused.)
    pub fn insert_many<N: IntoNew<T>>(&self, rows: impl IntoIterator<Item = N>) -> Result<u64>
    where
        S: Writable,
    {
        let at_once = (PARAMETERS / T::DEF.columns.len().max(1)).clamp(1, ROWS);
        let mut rows = rows.into_iter().peekable();
        if rows.peek().is_none() {
            return Ok(0);
        }
        if let Some(hooks) = hooks_in::<T, S>(self.session)? {
            return Calls::run(hooks, self.session, |calls| {
                let mut inserted = 0;
                calls.insert_each(rows, |_| inserted += 1)?;
                Ok(inserted)
            });
        }
        if !T::CHECKS.is_empty() {
            let rows: Vec<_> = rows.map(IntoNew::into_new).collect();
            check_all::<T>(&rows)?;
            return self.insert_all(at_once, rows.into_iter());
        }
        self.insert_all(at_once, rows)
    }

    /// Inserts every row, or none, and returns them with every default filled in, in the order in which they came.
    ///
    /// Row by row: where the rows are not needed, [`insert_many`](Self::insert_many) is faster.
    ///
    /// # Errors
    /// As [`insert_many`](Self::insert_many).
    pub fn insert_many_returning<N: IntoNew<T>>(&self, rows: impl IntoIterator<Item = N>) -> Result<Vec<T>>
    where
        S: Writable,
    {
        let rows = rows.into_iter();
        if let Some(hooks) = hooks_in::<T, S>(self.session)? {
            let mut inserted = Vec::new();
            Calls::run(hooks, self.session, |calls| calls.insert_each(rows, |row| inserted.push(row)))?;
            return Ok(inserted);
        }
        let rows: Vec<_> = rows.map(IntoNew::into_new).collect();
        check_all::<T>(&rows)?;
        self.session.atomically(|connection| {
            let insert = |new: Filled<T::New>| {
                let mut resolved = resolve::<T>(&new.given)?;
                insert_one::<T>(connection, new.row, &mut resolved)
            };
            rows.into_iter().map(insert).collect()
        })
    }

    fn insert_all<N: IntoNew<T>>(&self, at_once: usize, rows: impl Iterator<Item = N>) -> Result<u64> {
        // What a row holds where nothing is given is resolved once; a UUID is another in every row.
        let usual = resolve::<T>(&[])?;
        let is_shared = T::DEF.columns.iter().all(|column| column.default != DefaultDef::UuidV7);
        self.session.atomically(|connection| {
            let mut inserted = 0;
            let mut chunk = Chunk::<T> { rows: Vec::with_capacity(at_once), usual: &usual };
            for new in rows {
                let new = new.into_new();
                let resolved = match new.given.is_empty() && is_shared {
                    true => None,
                    false => Some(resolve::<T>(&new.given)?),
                };
                if chunk.rows.len() == at_once || !chunk.fits(resolved.as_ref()) {
                    inserted += chunk.insert(connection, at_once)?;
                    chunk.rows.clear();
                }
                chunk.rows.push((new.row, resolved));
            }
            Ok(inserted + chunk.insert(connection, at_once)?)
        })
    }
}

/// Checks rows before any of them is written, and names all that is wrong.
fn check_all<T: Table>(rows: &[Filled<T::New>]) -> Result<()> {
    if T::CHECKS.is_empty() {
        return Ok(());
    }
    let mut invalid = Invalid::default();
    for (at, new) in rows.iter().enumerate() {
        invalid.new_row::<T>(Some(at), &new.row, &resolve::<T>(&new.given)?)?;
        if invalid.is_enough() {
            break;
        }
    }
    invalid.into_result()
}

/// Rows of one statement: they name the same columns.
struct Chunk<'u, T: Table> {
    /// Rows, and what they hold where it is not the usual.
    rows: Vec<(T::New, Option<Resolved>)>,
    usual: &'u Resolved,
}

impl<T: Table> Chunk<'_, T> {
    fn resolved(&self) -> impl Iterator<Item = (&T::New, &Resolved)> {
        self.rows.iter().map(|(row, resolved)| (row, resolved.as_ref().unwrap_or(self.usual)))
    }

    fn fits(&self, resolved: Option<&Resolved>) -> bool {
        let omitted = &resolved.unwrap_or(self.usual).omitted;
        self.resolved().next().is_none_or(|(_, first)| first.omitted == *omitted)
    }

    fn insert(&self, connection: &Connection, at_once: usize) -> Result<u64> {
        let Some((_, first)) = self.resolved().next() else { return Ok(0) };
        if first.omitted.len() < T::DEF.columns.len() {
            insert_rows::<T, _>(connection, self.rows.len(), at_once, || self.resolved())?;
        } else {
            // DEFAULT VALUES takes no list of rows.
            for row in self.resolved() {
                insert_rows::<T, _>(connection, 1, at_once, || std::iter::once(row))?;
            }
        }
        Ok(self.rows.len() as u64)
    }
}

fn insert_rows<'r, T: Table, I: Iterator<Item = (&'r T::New, &'r Resolved)>>(
    connection: &Connection,
    count: usize,
    at_once: usize,
    rows: impl Fn() -> I,
) -> Result<()>
where
    T::New: 'r,
{
    let Some((_, first)) = rows().next() else { return Ok(()) };
    let write = || insert_text(T::DEF, &first.omitted, count);
    let text;
    let source = if count == at_once && is_usual::<T>(&first.omitted) {
        Source::Slot(&T::slots().insert_many, &write)
    } else {
        text = write();
        Source::Text(&text)
    };
    connection
        .with(&source, |bound| {
            for (row, resolved) in rows() {
                let mut fields = NewFields::new(Binder::sqlite(bound.parameters()), resolved);
                row.bind(&mut fields).map_err(|error| error.explain(T::DEF))?;
            }
            while bound.step()? {}
            Ok(())
        })
        .map_err(|error| explain_insert::<T>(error, connection, rows()))
}
