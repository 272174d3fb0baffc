/// Columns of `Author`.
#[derive(Debug)]
pub struct AuthorColumns<M: ::schema_core::expr::Mode> {
    __alias: ::schema_core::expr::Alias,
    pub id: M::Col<i64, ::schema_core::expr::Unique>,
    pub name: M::Col<::std::string::String, ::schema_core::expr::Plain>,
    pub created_at: M::Col<::schema_core::private::time::OffsetDateTime, ::schema_core::expr::Plain>,
}

/// A new `Author`: the columns that have no default.
#[derive(Clone, Debug)]
pub struct NewAuthor {
    pub name: ::std::string::String,
}

/// A change of a `Author`.
#[derive(Clone, Debug, Default)]
pub struct AuthorUpdate {
    pub name: ::schema_core::Patch<::std::string::String>,
}

/// Reads and writes `Author`.
#[derive(Debug)]
pub struct AuthorRepository<'h, S: ::schema_core::Schema>(::schema_core::repository::Repository<'h, Author, S>);

const _: () = {
    use ::core::{option::Option::{self, None, Some}, result::Result::{self, Ok}};
    use ::schema_core::{
        expr::{Alias, Assign, Assignments, Columns, Given, Insert, Mode},
        model::*, private::{Session, Slots}, repository::{FieldError, Fields, Filled, NewFields, NewRow, Update},
        value::{CellError, Row, SqlType, Value, ValueError}, Handle, Has, InSchema, Mutable, Record, Repository,
        Schema, Shape, Table,
    };
    use ::std::borrow::Cow;

    impl<M: Mode> ::core::clone::Clone for AuthorColumns<M> { fn clone(&self) -> Self { *self } }
    impl<M: Mode> ::core::marker::Copy for AuthorColumns<M> {}
    impl<M: Mode> Columns<M> for AuthorColumns<M> { fn alias(&self) -> Alias { self.__alias } }

    impl Record for Author {
        type Columns<M: Mode> = AuthorColumns<M>;
        const SHAPE: Shape = Shape::Table(<Author as Table>::DEF);
        fn columns<M: Mode>(alias: Alias) -> AuthorColumns<M> {
            AuthorColumns {
                __alias: alias,
                id: M::col(alias, 0), name: M::col(alias, 1), created_at: M::col(alias, 2),
            }
        }
        #[inline]
        fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
            Ok(Author {
                id: <i64 as SqlType>::read(row, at)?,
                name: <::std::string::String as SqlType>::read(row, at + 1)?,
                created_at: <::schema_core::private::time::OffsetDateTime as SqlType>::read(row, at + 2)?,
            })
        }
    }

    impl Table for Author {
        const DEF: &'static TableDef = &TableDef {
            name: Cow::Borrowed("authors"),
            model: Cow::Borrowed("Author"),
            columns: Cow::Borrowed(&[
                ColumnDef { name: Cow::Borrowed("id"), field: Cow::Borrowed("id"), sql_type: Cow::Borrowed(<i64 as SqlType>::STORAGE.sqlite()), nullable: false, domain: <i64 as SqlType>::DOMAIN, ..ColumnDef::EMPTY },
                ColumnDef { name: Cow::Borrowed("name"), field: Cow::Borrowed("name"), sql_type: Cow::Borrowed("TEXT"), nullable: false, ..ColumnDef::EMPTY },
                ColumnDef { name: Cow::Borrowed("created_at"), field: Cow::Borrowed("created_at"), sql_type: Cow::Borrowed("TEXT"), nullable: false, role: ColumnRole::CreatedAt, default: DefaultDef::Now, ..ColumnDef::EMPTY },
            ]),
            primary_key: Some(PrimaryKeyDef { name: None, columns: Cow::Borrowed(&[KeyColumn::new("id")]), autoincrement: false, conflict: None, rowid_alias: true }),
            ..TableDef::EMPTY
        };
        type Key = i64;
        type New = NewAuthor;
        type Update = AuthorUpdate;
        fn slots() -> &'static Slots { static SLOTS: Slots = Slots::new(); &SLOTS }
        fn fill(index: usize) -> Result<Value, ValueError> {
            match index {
                2 => ::schema_core::value::fill_now::<::schema_core::private::time::OffsetDateTime>(),
                _ => Ok(Value::Null),
            }
        }
        fn bind<'v>(&'v self, fields: &mut Fields<'_, 'v>) -> Result<(), FieldError> {
            fields.field::<i64>(0, &self.id)?;
            fields.field::<::std::string::String>(1, &self.name)?;
            fields.field::<::schema_core::private::time::OffsetDateTime>(2, &self.created_at)
        }
    }
    impl Mutable for Author {}
    impl Author {
        /// A query over the table.
        pub fn query() -> ::schema_core::query::Query<Self> { <Self as Table>::query() }
    }
    impl<D: Has<Author>> InSchema<D> for Author {}

    impl NewRow for NewAuthor {
        type Table = Author;
        fn bind<'v>(&'v self, fields: &mut NewFields<'_, 'v>) -> Result<(), FieldError> {
            fields.optional(0);
            fields.required::<::std::string::String>(1, &self.name)?;
            fields.optional(2);
            Ok(())
        }
        fn into_row(self, row: Row<'_>) -> Result<Author, CellError> {
            Ok(Author {
                id: <i64 as SqlType>::read(row, 0)?,
                name: self.name,
                created_at: <::schema_core::private::time::OffsetDateTime as SqlType>::read(row, 2)?,
            })
        }
    }
    impl NewAuthor {
        /// Gives optional columns a value: `.with(|book| book.name.set(999))`.
        pub fn with<A: Assignments<Given>>(self, fill: impl ::core::ops::FnOnce(AuthorColumns<Insert>) -> A) -> Filled<Self> {
            Filled::new(self, fill)
        }
    }

    impl Update for AuthorUpdate {
        type Table = Author;
        fn push(self, assigns: &mut ::std::vec::Vec<Assign>) {
            self.name.push::<::std::string::String>(1, assigns);
        }
        fn set_json(&mut self, field: &str, json: ::schema_core::private::serde_json::Value) -> Option<Result<(), CellError>> {
            Some(match field {
                "name" => self.name.set_json::<::std::string::String>(json),
                _ => return None,
            })
        }
    }
    impl<'de> ::schema_core::private::serde::Deserialize<'de> for AuthorUpdate {
        fn deserialize<D: ::schema_core::private::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            ::schema_core::private::deserialize_update(from)
        }
    }

    impl<'h, S: Schema + Has<Author>> AuthorRepository<'h, S> {
        /// A repository on a database, a transaction or a savepoint.
        pub fn new<H: Handle<Schema = S>>(handle: &'h H) -> Self { AuthorRepository(Repository::new(handle)) }
    }
    impl<'h, S: Schema> ::core::ops::Deref for AuthorRepository<'h, S> {
        type Target = Repository<'h, Author, S>;
        fn deref(&self) -> &Self::Target { &self.0 }
    }
    impl<S: Schema> ::core::clone::Clone for AuthorRepository<'_, S> { fn clone(&self) -> Self { *self } }
    impl<S: Schema> ::core::marker::Copy for AuthorRepository<'_, S> {}
    impl<S: Schema> Handle for AuthorRepository<'_, S> {
        type Schema = S;
        fn session(&self) -> Session<'_> { Handle::session(&self.0) }
    }
};
