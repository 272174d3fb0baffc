use super::{
    Repository,
    calls::hooks_in,
    check::Invalid,
    new_row::{is_named_by_every_row, resolve},
    violation_in,
};
use crate::{
    database::Handle,
    dialect::quote_identifier,
    error::{Error, Result},
    expr::{Alias, ColumnKind, Expr, FitsIn, IsWritable, Required},
    model::DefaultDef,
    query::{Select, Within, Writer, execute},
    record::{Record, Table},
    schema::{Schema, Writable},
    value::SqlType,
};

/// What `insert_from` fills: a column, or a tuple of up to twelve.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no columns to fill",
    label = "no columns",
    note = "`insert_from(|b| (b.title, b.pages), query)`"
)]
pub trait FilledColumns {
    /// Their SQL types.
    type Types;
    #[doc(hidden)]
    fn columns(&self, to: &mut Vec<u16>);
}

/// Columns of a query that fit the columns that they go into.
#[diagnostic::on_unimplemented(
    message = "the query's columns `{Self}` do not fit the columns `{C}` that they go into",
    label = "another number or type of columns",
    note = "a value that may be NULL needs an `Option` column or a fallback: `.unwrap_or(..)`"
)]
pub trait FitInto<C> {}

#[diagnostic::do_not_recommend]
impl<T: SqlType, K: ColumnKind + IsWritable> FilledColumns for Expr<T, K> {
    type Types = T;
    fn columns(&self, to: &mut Vec<u16>) {
        to.push(self.parts.index);
    }
}

#[diagnostic::do_not_recommend]
impl<C: SqlType, V: SqlType<Base = C::Base> + FitsIn<C>> FitInto<C> for V {}

macro_rules! tuples {
    ($($name:ident $value:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: FilledColumns),*> FilledColumns for ($($name,)*) {
            type Types = ($($name::Types,)*);
            fn columns(&self, to: &mut Vec<u16>) {
                $(self.$at.columns(to);)*
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($name, $value: FitInto<$name>),*> FitInto<($($name,)*)> for ($($value,)*) {}
    };
}
tuples!(A A2 0);
tuples!(A A2 0, B B2 1);
tuples!(A A2 0, B B2 1, C C2 2);
tuples!(A A2 0, B B2 1, C C2 2, D D2 3);
tuples!(A A2 0, B B2 1, C C2 2, D D2 3, E E2 4);
tuples!(A A2 0, B B2 1, C C2 2, D D2 3, E E2 4, F F2 5);
tuples!(A A2 0, B B2 1, C C2 2, D D2 3, E E2 4, F F2 5, G G2 6);
tuples!(A A2 0, B B2 1, C C2 2, D D2 3, E E2 4, F F2 5, G G2 6, H H2 7);
tuples!(A A2 0, B B2 1, C C2 2, D D2 3, E E2 4, F F2 5, G G2 6, H H2 7, I I2 8);
tuples!(A A2 0, B B2 1, C C2 2, D D2 3, E E2 4, F F2 5, G G2 6, H H2 7, I I2 8, J J2 9);
tuples!(A A2 0, B B2 1, C C2 2, D D2 3, E E2 4, F F2 5, G G2 6, H H2 7, I I2 8, J J2 9, K K2 10);
tuples!(A A2 0, B B2 1, C C2 2, D D2 3, E E2 4, F F2 5, G G2 6, H H2 7, I I2 8, J J2 9, K K2 10, L L2 11);

impl<T: Table, S: Schema> Repository<'_, T, S> {
    /// Inserts what a query gives, without reading it into the program:
    /// `insert_from(|a| (a.book_id, a.title), Book::query().select(|b| (b.id, b.title)))`. The other
    /// columns take their defaults. Returns the number of rows.
    ///
    /// # Errors
    /// `violates` where a constraint refuses a row. `is_misuse` where a column without default is not
    /// among the columns, or where the model has hooks. `is_invalid` where a `check_fn` refuses a value that the query names; values that
    /// it reads from tables never reach the program, and are checked by the database alone. Nothing is
    /// changed then.
    pub fn insert_from<C: FilledColumns, O, Z, U>(
        &self,
        columns: impl FnOnce(<T as Record>::Columns<Required>) -> C,
        query: Select<O, Z, U>,
    ) -> Result<u64>
    where
        U: FitInto<C::Types>,
        Z: Within<S>,
        S: Writable,
    {
        if hooks_in::<T, S>(self.session)?.is_some() {
            return Err(Error::misuse(format!(
                "`insert_from` passes no row through the program, so the hooks of `{}` could not run; nothing was \
                 changed: read the rows and `insert_many` them",
                T::DEF.model
            )));
        }
        let mut named = Vec::new();
        columns(T::columns::<Required>(Alias::TARGET)).columns(&mut named);
        let mut sorted = named.clone();
        sorted.sort_unstable();
        if let Some(twice) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            let column = T::SHAPE.column(twice[0]).unwrap_or_default();
            return Err(Error::misuse(format!("`insert_from` fills `{column}` twice; nothing was changed")));
        }
        let resolved = resolve::<T>(&[])?;
        let mut invalid = Invalid::default();
        for (at, value) in query.constants() {
            invalid.values::<T>(None, |column| {
                named.get(at).is_some_and(|named| usize::from(*named) == column).then_some(value)
            });
        }
        invalid.into_result()?;
        let mut names: Vec<String> =
            named.iter().filter_map(|column| T::SHAPE.column(*column)).map(quote_identifier).collect();
        let mut filled = Vec::new();
        for (position, column) in (0_u16..).zip(&*T::DEF.columns) {
            let index = usize::from(position);
            if named.contains(&position) || resolved.omitted.contains(&position) {
                continue;
            }
            // Every row of the query would get the same one.
            if is_named_by_every_row::<T>(index, column) || column.default == DefaultDef::UuidV7 {
                return Err(Error::misuse(format!(
                    "`insert_from` has to fill `{}` of `{}`, which has no default that the database knows; \
                     nothing was changed",
                    column.field,
                    T::DEF.model
                )));
            }
            names.push(quote_identifier(&column.name));
            filled.extend(resolved.values.get(index).cloned());
        }
        let mut writer = Writer::default();
        let table = quote_identifier(&T::DEF.name);
        writer.text(&format!("INSERT INTO {table} ({}) SELECT *", names.join(", ")));
        for value in filled {
            writer.text(", ");
            writer.value(value);
        }
        writer.text(" FROM (");
        query.write_into(&mut writer);
        writer.text(")");
        let statement = writer.finish()?;
        self.session().write(|connection| {
            execute(connection, &statement).map_err(|error| violation_in::<T>(error, connection))?;
            Ok(connection.changes())
        })
    }
}
