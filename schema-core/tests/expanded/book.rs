/// Columns of `Book`.
#[derive(Debug)]
pub struct BookColumns<M: ::schema_core::expr::Mode> {
    __alias: ::schema_core::expr::Alias,
    pub id: M::Col<i64, ::schema_core::expr::Unique>,
    pub isbn: M::Col<::std::string::String, ::schema_core::expr::Unique>,
    pub title: M::Col<::std::string::String, ::schema_core::expr::Plain>,
    pub author_id: M::Col<::core::option::Option<i64>, ::schema_core::expr::Plain>,
    pub price_cents: M::Col<i64, ::schema_core::expr::Plain>,
    pub price: M::Col<f64, ::schema_core::expr::Generated>,
    pub version: M::Col<i64, ::schema_core::expr::Plain>,
    pub author_id_title: M::Set<(::core::option::Option<i64>, ::std::string::String)>,
}

/// A new `Book`: the columns that have no default.
#[derive(Clone, Debug)]
pub struct NewBook {
    pub isbn: ::std::string::String,
    pub title: ::std::string::String,
}

/// A change of a `Book`.
#[derive(Clone, Debug, Default)]
pub struct BookUpdate {
    pub isbn: ::schema_core::Patch<::std::string::String>,
    pub title: ::schema_core::Patch<::std::string::String>,
    pub author_id: ::schema_core::Patch<::core::option::Option<i64>>,
    pub price_cents: ::schema_core::Patch<i64>,
}

/// Reads and writes `Book`.
#[derive(Debug)]
pub struct BookRepository<'h, S: ::schema_core::Schema>(::schema_core::repository::Repository<'h, Book, S>);

const _: () = {
    use ::core::{option::Option::{self, None, Some}, result::Result::{self, Ok}};
    use ::schema_core::{
        expr::{Alias, Assign, Assignments, Columns, Given, Insert, Mode},
        model::*, private::{Session, Slots}, repository::{FieldError, Fields, Filled, NewFields, NewRow, Update},
        value::{CellError, Row, SqlType, Value, ValueError}, Handle, Has, InSchema, Mutable, Record, Repository,
        Schema, Shape, Table,
    };
    use ::std::borrow::Cow;

    impl<M: Mode> ::core::clone::Clone for BookColumns<M> { fn clone(&self) -> Self { *self } }
    impl<M: Mode> ::core::marker::Copy for BookColumns<M> {}
    impl<M: Mode> Columns<M> for BookColumns<M> { fn alias(&self) -> Alias { self.__alias } }

    impl Record for Book {
        type Columns<M: Mode> = BookColumns<M>;
        const SHAPE: Shape = Shape::Table(<Book as Table>::DEF);
        fn columns<M: Mode>(alias: Alias) -> BookColumns<M> {
            BookColumns {
                __alias: alias,
                id: M::col(alias, 0), isbn: M::col(alias, 1), title: M::col(alias, 2), author_id: M::col(alias, 3),
                price_cents: M::col(alias, 4), price: M::col(alias, 5), version: M::col(alias, 6),
                author_id_title: M::set(&[3, 2]),
            }
        }
        #[inline]
        fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
            Ok(Book {
                id: <i64 as SqlType>::read(row, at)?,
                isbn: <::std::string::String as SqlType>::read(row, at + 1)?,
                title: <::std::string::String as SqlType>::read(row, at + 2)?,
                author_id: <Option<i64> as SqlType>::read(row, at + 3)?,
                price_cents: <i64 as SqlType>::read(row, at + 4)?,
                price: <f64 as SqlType>::read(row, at + 5)?,
                version: <i64 as SqlType>::read(row, at + 6)?,
            })
        }
    }

    impl Table for Book {
        const DEF: &'static TableDef = &TableDef {
            name: Cow::Borrowed("books"),
            model: Cow::Borrowed("Book"),
            columns: Cow::Borrowed(&[
                ColumnDef { name: Cow::Borrowed("id"), field: Cow::Borrowed("id"), sql_type: Cow::Borrowed(<i64 as SqlType>::STORAGE.sqlite()), nullable: false, domain: <i64 as SqlType>::DOMAIN, ..ColumnDef::EMPTY },
                ColumnDef { name: Cow::Borrowed("isbn"), field: Cow::Borrowed("isbn"), sql_type: Cow::Borrowed("TEXT"), nullable: false, ..ColumnDef::EMPTY },
                ColumnDef { name: Cow::Borrowed("title"), field: Cow::Borrowed("title"), sql_type: Cow::Borrowed("TEXT"), nullable: false, ..ColumnDef::EMPTY },
                ColumnDef { name: Cow::Borrowed("author_id"), field: Cow::Borrowed("author_id"), sql_type: Cow::Borrowed("INTEGER"), nullable: true, ..ColumnDef::EMPTY },
                ColumnDef { name: Cow::Borrowed("price_cents"), field: Cow::Borrowed("price_cents"), sql_type: Cow::Borrowed("INTEGER"), nullable: false, default: DefaultDef::Integer(0), ..ColumnDef::EMPTY },
                ColumnDef { name: Cow::Borrowed("price"), field: Cow::Borrowed("price"), sql_type: Cow::Borrowed("REAL"), nullable: false, generated: Some(GeneratedDef { expression: SqlText::any("price_cents / 100.0"), storage: GeneratedStorage::Virtual }), ..ColumnDef::EMPTY },
                ColumnDef { name: Cow::Borrowed("version"), field: Cow::Borrowed("version"), sql_type: Cow::Borrowed("INTEGER"), nullable: false, role: ColumnRole::Version, default: DefaultDef::Integer(1), ..ColumnDef::EMPTY },
            ]),
            primary_key: Some(PrimaryKeyDef { name: None, columns: Cow::Borrowed(&[KeyColumn::new("id")]), autoincrement: false, conflict: None, rowid_alias: true }),
            ..TableDef::EMPTY
        };
        type Key = i64;
        type New = NewBook;
        type Update = BookUpdate;
        fn slots() -> &'static Slots { static SLOTS: Slots = Slots::new(); &SLOTS }
        fn fill(_: usize) -> Result<Value, ValueError> { Ok(Value::Null) }
        fn bind<'v>(&'v self, fields: &mut Fields<'_, 'v>) -> Result<(), FieldError> {
            fields.field::<i64>(0, &self.id)?;
            fields.field::<::std::string::String>(1, &self.isbn)?;
            fields.field::<::std::string::String>(2, &self.title)?;
            fields.field::<Option<i64>>(3, &self.author_id)?;
            fields.field::<i64>(4, &self.price_cents)?;
            fields.field::<f64>(5, &self.price)?;
            fields.field::<i64>(6, &self.version)
        }
    }
    impl Mutable for Book {}
    impl Book {
        /// A query over the table.
        pub fn query() -> ::schema_core::query::Query<Self> { <Self as Table>::query() }
    }
    impl<D: Has<Book>> InSchema<D> for Book {}

    impl NewRow for NewBook {
        type Table = Book;
        fn bind<'v>(&'v self, fields: &mut NewFields<'_, 'v>) -> Result<(), FieldError> {
            fields.optional(0);
            fields.required::<::std::string::String>(1, &self.isbn)?;
            fields.required::<::std::string::String>(2, &self.title)?;
            fields.optional(3);
            fields.optional(4);
            fields.optional(6);
            Ok(())
        }
        fn into_row(self, row: Row<'_>) -> Result<Book, CellError> {
            Ok(Book {
                id: <i64 as SqlType>::read(row, 0)?,
                isbn: self.isbn,
                title: self.title,
                author_id: <Option<i64> as SqlType>::read(row, 3)?,
                price_cents: <i64 as SqlType>::read(row, 4)?,
                price: <f64 as SqlType>::read(row, 5)?,
                version: <i64 as SqlType>::read(row, 6)?,
            })
        }
    }
    impl NewBook {
        /// Gives optional columns a value: `.with(|book| book.price_cents.set(999))`.
        pub fn with<A: Assignments<Given>>(self, fill: impl ::core::ops::FnOnce(BookColumns<Insert>) -> A) -> Filled<Self> {
            Filled::new(self, fill)
        }
    }

    impl Update for BookUpdate {
        type Table = Book;
        fn push(self, assigns: &mut ::std::vec::Vec<Assign>) {
            self.isbn.push::<::std::string::String>(1, assigns);
            self.title.push::<::std::string::String>(2, assigns);
            self.author_id.push::<Option<i64>>(3, assigns);
            self.price_cents.push::<i64>(4, assigns);
        }
        fn set_json(&mut self, field: &str, json: ::schema_core::private::serde_json::Value) -> Option<Result<(), CellError>> {
            Some(match field {
                "isbn" => self.isbn.set_json::<::std::string::String>(json),
                "title" => self.title.set_json::<::std::string::String>(json),
                "author_id" => self.author_id.set_json::<Option<i64>>(json),
                "price_cents" => self.price_cents.set_json::<i64>(json),
                _ => return None,
            })
        }
    }
    impl<'de> ::schema_core::private::serde::Deserialize<'de> for BookUpdate {
        fn deserialize<D: ::schema_core::private::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            ::schema_core::private::deserialize_update(from)
        }
    }

    impl<'h, S: Schema + Has<Book>> BookRepository<'h, S> {
        /// A repository on a database, a transaction or a savepoint.
        pub fn new<H: Handle<Schema = S>>(handle: &'h H) -> Self { BookRepository(Repository::new(handle)) }
    }
    impl<'h, S: Schema> ::core::ops::Deref for BookRepository<'h, S> {
        type Target = Repository<'h, Book, S>;
        fn deref(&self) -> &Self::Target { &self.0 }
    }
    impl<S: Schema> ::core::clone::Clone for BookRepository<'_, S> { fn clone(&self) -> Self { *self } }
    impl<S: Schema> ::core::marker::Copy for BookRepository<'_, S> {}
    impl<S: Schema> Handle for BookRepository<'_, S> {
        type Schema = S;
        fn session(&self) -> Session<'_> { Handle::session(&self.0) }
    }
};
