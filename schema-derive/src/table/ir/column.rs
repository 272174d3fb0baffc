use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Expr, Field, Ident, LitStr, Path, Type, ext::IdentExt, spanned::Spanned};

use super::{
    ForeignKey,
    words::{self, ACTIONS, DEFERRABLE},
};
use crate::{
    attribute::{self, Item, Sql},
    errors::Errors,
    table::attr::References,
    types::{self, Known},
};

/// A field as a column.
pub(crate) struct Column {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The type without its `Option`.
    pub(crate) base: Type,
    pub(crate) known: Known,
    pub(crate) nullable: bool,
    pub(crate) doc: String,
    pub(crate) name: String,
    pub(crate) primary_key: Option<Span>,
    pub(crate) autoincrement: Option<Span>,
    pub(crate) unique: Option<Span>,
    pub(crate) index: Option<Span>,
    pub(crate) collate: Option<String>,
    pub(crate) foreign_key: Option<ForeignKey>,
    pub(crate) default: Option<Default>,
    pub(crate) check: Option<Sql>,
    /// The function that says what is wrong with a value.
    pub(crate) check_fn: Option<Path>,
    pub(crate) generated: Option<(Sql, &'static str)>,
    pub(crate) json: Option<Span>,
    pub(crate) unchecked: Option<Span>,
    /// Whether an older database of somebody else may lack the column.
    pub(crate) optional: Option<Span>,
    pub(crate) stored: Option<(Span, Stored)>,
    pub(crate) sql_type: Option<LitStr>,
    pub(crate) role: Option<(Span, Role)>,
    pub(crate) renamed_from: Option<LitStr>,
    pub(crate) backfill: Option<Sql>,
    pub(crate) convert: Option<Sql>,
}

/// What a new row holds where it does not say.
pub(crate) enum Default {
    Value(Box<Expr>),
    Sql(Sql),
    UuidV7(Span),
    Now(Span),
    RowId(Span),
}

/// Another storage than the type's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Unix,
    UnixMilliseconds,
    Text,
    Blob,
}

/// What the framework keeps the column for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    CreatedAt,
    UpdatedAt,
    SoftDelete,
    Version,
}

impl Role {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::SoftDelete => "soft_delete",
            Self::Version => "version",
        }
    }
}

const WORDS: [&str; 31] = [
    "primary_key",
    "autoincrement",
    "name",
    "unique",
    "index",
    "collate",
    "renamed_from",
    "references",
    "on_delete",
    "on_update",
    "deferrable",
    "inverse",
    "default",
    "default_sql",
    "json",
    "generated",
    "virtual",
    "stored",
    "created_at",
    "updated_at",
    "soft_delete",
    "version",
    "check",
    "check_fn",
    "sql_type",
    "unchecked",
    "optional",
    "backfill",
    "convert",
    "skip",
    "flatten",
];

const STORED: [(&str, Stored); 4] = [
    ("unix", Stored::Unix),
    ("unix_ms", Stored::UnixMilliseconds),
    ("text", Stored::Text),
    ("blob", Stored::Blob),
];

const COLLATIONS: [(&str, &str); 3] = [("nocase", "NOCASE"), ("rtrim", "RTRIM"), ("binary", "BINARY")];

impl Column {
    /// The column of a field, unless it is skipped.
    pub(crate) fn read(field: &Field, items: &[Item], errors: &Errors) -> Option<Self> {
        words::no_repeats(items, &[], "column", errors);
        if let Some(skip) = items.iter().find(|item| item.name == "skip") {
            skip.flag(errors);
            if let Some(other) = items.iter().find(|item| item.name != "skip") {
                errors.at(other, "a field with `skip` is no column: it takes no other word");
            }
            return None;
        }
        let ident = field.ident.clone()?;
        let inside = types::inside_option(&field.ty);
        let base = inside.unwrap_or(&field.ty).clone();
        let mut column = Self {
            name: ident.unraw().to_string(),
            ident,
            ty: field.ty.clone(),
            known: types::known(&base),
            base,
            nullable: inside.is_some(),
            doc: attribute::doc(&field.attrs),
            primary_key: None,
            autoincrement: None,
            unique: None,
            index: None,
            collate: None,
            foreign_key: None,
            default: None,
            check: None,
            check_fn: None,
            generated: None,
            json: None,
            unchecked: None,
            optional: None,
            stored: None,
            sql_type: None,
            role: None,
            renamed_from: None,
            backfill: None,
            convert: None,
        };
        let is_generated = items.iter().any(|item| item.name == "generated");
        for item in items {
            column.word(item, is_generated, errors);
        }
        column.foreign_key(items, errors);
        column.generated(items, errors);
        Some(column)
    }

    fn word(&mut self, item: &Item, is_generated: bool, errors: &Errors) {
        let flag = |place: &mut Option<Span>| {
            item.flag(errors);
            *place = Some(item.span());
        };
        match item.name.to_string().as_str() {
            "primary_key" => flag(&mut self.primary_key),
            "autoincrement" => flag(&mut self.autoincrement),
            "unique" => flag(&mut self.unique),
            "index" => flag(&mut self.index),
            "json" => flag(&mut self.json),
            "unchecked" => flag(&mut self.unchecked),
            "optional" => flag(&mut self.optional),
            "name" => self.name = item.text(errors).map_or_else(|| self.name.clone(), |name| name.value()),
            "renamed_from" => self.renamed_from = item.text(errors),
            "sql_type" => self.sql_type = item.text(errors),
            "check" => self.check = Sql::of(item, errors),
            "backfill" => self.backfill = Sql::of(item, errors),
            "convert" => self.convert = Sql::of(item, errors),
            "check_fn" => self.check_fn(item, errors),
            "collate" => self.collate = collation(item, errors),
            "default" => self.default(item, errors),
            "default_sql" => {
                self.contradicts_default(item, errors);
                self.default = Sql::of(item, errors).map(Default::Sql);
            }
            "stored" if !is_generated => {
                self.stored = item.one_of(&STORED, errors).map(|stored| (item.span(), stored));
            }
            "created_at" => self.role(item, Role::CreatedAt, errors),
            "updated_at" => self.role(item, Role::UpdatedAt, errors),
            "soft_delete" => self.role(item, Role::SoftDelete, errors),
            "version" => self.role(item, Role::Version, errors),
            "references" | "on_delete" | "on_update" | "deferrable" | "inverse" | "generated" | "stored" => {}
            "virtual" if is_generated => {}
            "virtual" => errors.at(
                item,
                "`virtual` belongs to a generated column: `generated = \"price / 100.0\", virtual`",
            ),
            other => words::unknown(item, other, "column", &WORDS, errors),
        }
    }

    fn check_fn(&mut self, item: &Item, errors: &Errors) {
        match item.expr("check_fn = not_blank", errors) {
            Some(Expr::Path(path)) if path.qself.is_none() => self.check_fn = Some(path.path.clone()),
            Some(_) => errors.at(
                item,
                "`check_fn` names a function: `check_fn = not_blank` with `fn not_blank(text: &String) -> Result<(), &'static str>`",
            ),
            None => {}
        }
    }

    fn role(&mut self, item: &Item, role: Role, errors: &Errors) {
        item.flag(errors);
        if let Some((_, other)) = self.role {
            errors.at(item, format_args!("a column is `{}` or `{}`, not both", other.word(), role.word()));
        }
        self.role = Some((item.span(), role));
    }

    fn contradicts_default(&self, item: &Item, errors: &Errors) {
        if self.default.is_some() {
            errors.at(item, "a column has one default: `default = ..` or `default_sql = \"..\"`");
        }
    }

    fn default(&mut self, item: &Item, errors: &Errors) {
        self.contradicts_default(item, errors);
        let Some(value) = item.expr("default = 0", errors) else { return };
        let word = match value {
            Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
            _ => None,
        };
        self.default = Some(match word.as_deref() {
            Some("uuid_v7") => Default::UuidV7(item.span()),
            Some("now") => Default::Now(item.span()),
            Some("rowid") => Default::RowId(item.span()),
            _ => Default::Value(Box::new(value.clone())),
        });
    }

    fn foreign_key(&mut self, items: &[Item], errors: &Errors) {
        let find = |name: &str| items.iter().find(|item| item.name == name);
        let Some(references) = find("references") else {
            for word in ["on_delete", "on_update", "deferrable", "inverse"] {
                if let Some(item) = find(word) {
                    errors.at(
                        item,
                        format_args!("`{word}` belongs to a foreign key: add `references = Parent`"),
                    );
                }
            }
            return;
        };
        let action =
            |name: &str| find(name).and_then(|item| item.one_of(&ACTIONS, errors)).unwrap_or("NoAction");
        let (on_delete, on_update) = (action("on_delete"), action("on_update"));
        let deferrable =
            find("deferrable").map_or("Not", |item| words::deferrable(item, &DEFERRABLE, errors));
        let inverse = find("inverse").and_then(|item| {
            let name = item.text(errors)?;
            if syn::parse_str::<Ident>(&name.value()).is_err() {
                errors.at(&name, "`inverse` is the name of a method: `inverse = \"children\"`");
                return None;
            }
            Some(name)
        });
        let span = references.span();
        self.foreign_key = References::of(references, errors).map(|references| ForeignKey {
            span,
            columns: vec![self.ident.clone()],
            references,
            on_delete,
            on_update,
            deferrable,
            inverse,
        });
    }

    fn generated(&mut self, items: &[Item], errors: &Errors) {
        let Some(generated) = items.iter().find(|item| item.name == "generated") else { return };
        let storage = |name: &str| items.iter().find(|item| item.name == name);
        let storage = match (storage("virtual"), storage("stored")) {
            (Some(_), Some(stored)) => {
                errors.at(stored, "a generated column is `virtual` or `stored`, not both");
                "Stored"
            }
            (_, Some(stored)) => {
                stored.flag(errors);
                "Stored"
            }
            (virtual_, None) => {
                if let Some(word) = virtual_ {
                    word.flag(errors);
                }
                "Virtual"
            }
        };
        self.generated = Sql::of(generated, errors).map(|sql| (sql, storage));
    }

    /// The column's type in queries: the field's, or the marker of how it is stored.
    pub(crate) fn column_type(&self) -> TokenStream {
        match self.marker() {
            Some(marker) if self.nullable => {
                quote_spanned!(self.ty.span()=> ::core::option::Option<#marker>)
            }
            Some(marker) => marker,
            None => self.ty.to_token_stream(),
        }
    }

    /// The column's type where it may be NULL.
    pub(crate) fn nullable_type(&self) -> TokenStream {
        let base = self.marker().unwrap_or_else(|| self.base.to_token_stream());
        quote_spanned!(self.ty.span()=> ::core::option::Option<#base>)
    }

    /// What the column's type says as a `SqlType`: `<String as SqlType>::read`. That a type is none, the
    /// compiler says wherever the code needs it; always asked at one place and in one way, it says so once.
    pub(crate) fn of_type(&self, name: &str) -> TokenStream {
        let (ty, place) = (self.column_type(), self.ty.span());
        let name = format_ident!("{name}", span = place);
        // The marker's own trait says more of a type that serde does not know, or that is no instant.
        if self.marker().is_some() {
            return quote_spanned!(place=> <#ty as ::schema_core::value::SqlType>::#name);
        }
        quote_spanned! {place=>
            <<#ty as ::schema_core::value::ColumnType>::Itself as ::schema_core::value::SqlType>::#name
        }
    }

    /// The cell as a value of the type, in the same words.
    pub(crate) fn read_cell(&self, row: &TokenStream, at: &TokenStream) -> TokenStream {
        let read = self.of_type("read");
        quote_spanned!(self.ty.span()=> #read(#row, #at))
    }

    /// The type that says how a value is stored, where that is not the field's own.
    fn marker(&self) -> Option<TokenStream> {
        let (base, place) = (&self.base, self.ty.span());
        Some(match (self.json, self.stored) {
            (Some(_), _) => quote_spanned!(place=> ::schema_core::value::Json<#base>),
            (_, Some((_, Stored::Unix))) => quote_spanned!(place=> ::schema_core::value::Unix<#base>),
            (_, Some((_, Stored::UnixMilliseconds))) => {
                quote_spanned!(place=> ::schema_core::value::UnixMilliseconds<#base>)
            }
            (_, Some((_, Stored::Blob))) => quote_spanned!(place=> ::schema_core::value::UuidBlob<#base>),
            _ => return None,
        })
    }

    /// Where the type stands, with the names of generated code.
    pub(crate) fn place(&self) -> Span {
        self.ty.span().resolved_at(Span::call_site())
    }

    /// Whether the key is SQLite's rowid, which the database gives.
    pub(crate) fn is_rowid(&self) -> bool {
        match &self.default {
            Some(default) => matches!(default, Default::RowId(_)),
            None => self.known == Known::Integer && !self.nullable && self.is_declared_integer(),
        }
    }

    /// Whether the declared type lets the key be the rowid: `INTEGER` and no other.
    /// <https://sqlite.org/lang_createtable.html#rowid>
    pub(crate) fn is_declared_integer(&self) -> bool {
        self.sql_type.as_ref().is_none_or(|declared| declared.value().eq_ignore_ascii_case("INTEGER"))
    }
}

fn collation(item: &Item, errors: &Errors) -> Option<String> {
    if let crate::attribute::Value::Expr(value) = &item.value
        && let Expr::Lit(_) = &**value
    {
        return item.text(errors).map(|name| name.value());
    }
    item.one_of(&COLLATIONS, errors).map(str::to_owned)
}
