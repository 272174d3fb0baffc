use crate::{
    engine::sqlite::Bound,
    error::{Error, Result},
    query::dynamic::Facts,
    record::Record,
    value::{CellError, Row, SqlType, Storage, Value},
};

/// What a row of [`RawSql`](super::RawSql) gives: a `#[derive(Row)]` struct or a model, by the names of its columns, or a
/// tuple of up to twelve values, in their order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no row",
    label = "no row",
    note = "a struct that derives `Row` or `Table`, or a tuple of values: `.all::<(String, i64)>(&db)`",
    note = "for one column: `.scalars::<i64>(&db)`"
)]
pub trait RawRow: Sized {
    #[doc(hidden)]
    fn wanted() -> Vec<Wanted>;
    #[doc(hidden)]
    fn read_raw(row: Row<'_>, at: usize) -> Result<Self, CellError>;
}

/// A column that a row needs.
#[doc(hidden)]
#[derive(Debug)]
pub struct Wanted {
    /// Its name, where it is found by it.
    name: Option<&'static str>,
    facts: Option<Facts>,
}

#[diagnostic::do_not_recommend]
impl<R: Record> RawRow for R {
    fn wanted() -> Vec<Wanted> {
        let width = u16::try_from(R::SHAPE.width()).unwrap_or(u16::MAX);
        (0..width).map(|at| Wanted { name: R::SHAPE.column(at), facts: Facts::find::<R>(at) }).collect()
    }
    fn read_raw(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        R::read(row, at)
    }
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType<Rust = $name>),*> RawRow for ($($name,)*) {
            fn wanted() -> Vec<Wanted> {
                vec![$(Wanted { name: None, facts: Some(Facts::of::<$name>()) }),*]
            }
            fn read_raw(row: Row<'_>, at: usize) -> Result<Self, CellError> {
                Ok(($($name::read(row, at + $at)?,)*))
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

/// Where in the rows of a statement the columns of an `R` stand.
#[derive(Debug)]
pub(super) enum Layout {
    /// One behind the other, from here on.
    Together(usize),
    /// At these positions.
    Apart(Vec<usize>),
}

impl Layout {
    /// Finds the columns in a statement that has not run yet.
    pub(super) fn of<R: RawRow>(bound: &Bound<'_, '_>) -> Result<Self> {
        let wanted = R::wanted();
        let names: Vec<String> = (0..bound.columns()).map(|at| bound.column_name(at)).collect();
        let given = || names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let row = std::any::type_name::<R>();
        let row = if row.starts_with('(') { "row" } else { row.rsplit("::").next().unwrap_or(row) };
        if wanted.iter().all(|wanted| wanted.name.is_none()) && wanted.len() != names.len() {
            return Err(Error::misuse(format!(
                "a row has {} ({}), where {} wanted; nothing was run",
                super::parameters::counted(names.len(), "column", "columns"),
                given(),
                super::parameters::counted(wanted.len(), "is", "are"),
            )));
        }
        let mut positions = Vec::with_capacity(wanted.len());
        for (at, wanted) in wanted.iter().enumerate() {
            let position = match wanted.name {
                None => at,
                Some(name) => {
                    let mut found =
                        names.iter().enumerate().filter(|(_, given)| given.eq_ignore_ascii_case(name));
                    match (found.next(), found.next()) {
                        (Some((position, _)), None) => position,
                        (None, _) => {
                            return Err(Error::misuse(format!(
                                "the statement gives no column `{name}`, which `{row}` needs; nothing was run: it \
                                 gives {}; name one by AS",
                                given()
                            )));
                        }
                        (Some(_), Some(_)) => {
                            return Err(Error::misuse(format!(
                                "the statement gives several columns `{name}`, of which `{row}` needs one; nothing \
                                 was run: name them apart by AS"
                            )));
                        }
                    }
                }
            };
            if let (Some(declared), Some(facts)) = (bound.declared_type(position), wanted.facts)
                && never_fits(&declared, facts.storage)
            {
                return Err(Error::misuse(format!(
                    "the column `{}` is declared {declared}, where `{row}` needs {}; nothing was run",
                    names.get(position).map_or("", String::as_str),
                    (facts.expected)(),
                )));
            }
            positions.push(position);
        }
        let first = positions.first().copied().unwrap_or(0);
        let together = positions.iter().enumerate().all(|(at, position)| *position == first + at);
        Ok(if together { Self::Together(first) } else { Self::Apart(positions) })
    }

    /// Reads the current row.
    pub(super) fn read<R: RawRow>(&self, bound: &Bound<'_, '_>) -> Result<R> {
        let row = Row::Sqlite(bound.row());
        let (read, positions) = match self {
            Self::Together(first) => (R::read_raw(row, *first), None),
            Self::Apart(positions) => {
                let values: Vec<Value> = positions.iter().map(|at| row.cell(*at).to_value()).collect();
                (R::read_raw(Row::Values(&values), 0), Some(positions))
            }
        };
        read.map_err(|error| {
            let position = match positions {
                None => Some(error.position()),
                Some(positions) => positions.get(error.position()).copied(),
            };
            let column = position.map_or_else(String::new, |position| bound.column_name(position));
            Error::cell(error, "result", &column, "")
        })
    }
}

/// Whether a column of this declared type holds no value that is stored so. Of the types that a STRICT table
/// has, since other names say less. <https://sqlite.org/datatype3.html#determination_of_column_affinity>
fn never_fits(declared: &str, storage: Storage) -> bool {
    let is = |name: &str| declared.eq_ignore_ascii_case(name);
    match storage {
        Storage::Integer => is("TEXT") || is("REAL"),
        Storage::Real => is("TEXT"),
        Storage::Text | Storage::Blob => is("INTEGER") || is("INT") || is("REAL"),
        Storage::Any => false,
    }
}
