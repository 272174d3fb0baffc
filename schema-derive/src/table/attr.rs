//! What the attributes of a struct and its fields say, word for word.

use proc_macro2::Span;
use syn::{
    Data, DeriveInput, Expr, Field, Fields, Ident, LitStr, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

use crate::{
    attribute::{self, Item, Sql, Value},
    errors::Errors,
};

/// The struct with the words of its attributes.
pub(super) struct Attributes<'i> {
    pub(super) table: Vec<Item>,
    pub(super) fields: Vec<(&'i Field, Vec<Item>)>,
}

/// Reads the attributes of a struct with named fields.
pub(super) fn read<'i>(input: &'i DeriveInput, errors: &Errors) -> Option<Attributes<'i>> {
    let table = attribute::items(&input.attrs, "table", errors);
    if let Some(parameter) = input.generics.params.first() {
        errors.at(
            parameter,
            "a table has no generic parameters: one struct is one table; write a struct for each of them",
        );
    }
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            Fields::Unnamed(fields) => {
                errors.at(
                    fields,
                    "a table's columns have names: write `struct Book { id: i64, .. }`, or derive `SqlType` for a newtype",
                );
                return None;
            }
            Fields::Unit => {
                errors.at(&input.ident, "a table has columns: write `struct Book { id: i64, .. }`");
                return None;
            }
        },
        Data::Enum(data) => {
            errors
                .at(data.enum_token, "a table is a struct: derive `SqlEnum` for an enum that a column holds");
            return None;
        }
        Data::Union(data) => {
            errors.at(data.union_token, "a table is a struct, no union");
            return None;
        }
    };
    let fields =
        fields.iter().map(|field| (field, attribute::items(&field.attrs, "column", errors))).collect();
    Some(Attributes { table, fields })
}

/// `index(a desc, b collate nocase, expr = "..", where = "..", unique, name = "..")`.
pub(super) struct IndexWords {
    pub(super) span: Span,
    pub(super) name: Option<LitStr>,
    pub(super) parts: Vec<IndexPart>,
    pub(super) unique: bool,
    pub(super) filter: Option<Sql>,
}

pub(super) struct IndexPart {
    pub(super) target: IndexTarget,
    pub(super) descending: bool,
    pub(super) collation: Option<String>,
}

pub(super) enum IndexTarget {
    Column(Ident),
    Expression(Sql),
}

enum IndexWord {
    Part(IndexPart),
    Item(Item),
}

impl Parse for IndexWord {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        ahead.call(Ident::parse_any)?;
        if ahead.peek(Token![=]) || ahead.peek(syn::token::Paren) {
            return input.parse().map(Self::Item);
        }
        let name = input.call(Ident::parse_any)?;
        if name == "unique" && (input.is_empty() || input.peek(Token![,])) {
            return Ok(Self::Item(Item { name, value: Value::None }));
        }
        let mut part = IndexPart { target: IndexTarget::Column(name), descending: false, collation: None };
        part.suffixes(input)?;
        Ok(Self::Part(part))
    }
}

impl IndexPart {
    /// `desc`, `asc`, `collate nocase`.
    fn suffixes(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        while !input.is_empty() && !input.peek(Token![,]) {
            let word = input.call(Ident::parse_any)?;
            match word.to_string().as_str() {
                "desc" => self.descending = true,
                "asc" => self.descending = false,
                "collate" => self.collation = Some(input.call(Ident::parse_any)?.to_string()),
                _ => {
                    return Err(syn::Error::new(
                        word.span(),
                        "after an indexed column stand `asc`, `desc` or `collate nocase`; columns are parted by commas",
                    ));
                }
            }
        }
        Ok(())
    }
}

impl IndexWords {
    pub(super) fn of(item: &Item, errors: &Errors) -> Option<Self> {
        let Value::Group(group) = &item.value else {
            errors.at(item, "`index` takes columns: `index(published_on desc, title)`");
            return None;
        };
        let parser = Punctuated::<IndexWord, Token![,]>::parse_terminated;
        let words = errors.keep(parser.parse2(group.clone()))?;
        let mut index =
            Self { span: item.span(), name: None, parts: Vec::new(), unique: false, filter: None };
        for word in words {
            match word {
                IndexWord::Part(part) => index.parts.push(part),
                IndexWord::Item(item) => match item.name.to_string().as_str() {
                    "name" => index.name = item.text(errors),
                    "unique" => index.unique = true,
                    "where" => index.filter = Sql::of(&item, errors),
                    "expr" => index.parts.extend(Sql::of(&item, errors).map(|sql| IndexPart {
                        target: IndexTarget::Expression(sql),
                        descending: false,
                        collation: None,
                    })),
                    other => errors.at(
                        &item,
                        format_args!(
                            "`index` does not know `{other}`: it takes columns, `expr = \"..\"`, `where = \"..\"`, `unique` and `name = \"..\"`"
                        ),
                    ),
                },
            }
        }
        if index.parts.is_empty() {
            errors.at(
                item,
                "an index needs a column or an expression: `index(title)`, `index(expr = \"lower(title)\")`",
            );
        }
        Some(index)
    }
}

/// `references = Other`, `Other::column` or `Other(a, b)`.
#[derive(Clone)]
pub(super) struct References {
    pub(super) table: syn::Path,
    pub(super) columns: Vec<Ident>,
}

impl References {
    pub(super) fn of(item: &Item, errors: &Errors) -> Option<Self> {
        match item.expr("references = Author", errors)? {
            Expr::Path(path) if path.qself.is_none() => {
                let mut table = path.path.clone();
                // A column is in lower case: `Author::slug`; a type is not: `models::Author`.
                let last = table.segments.last()?.ident.clone();
                let is_column = table.segments.len() > 1
                    && last
                        .unraw()
                        .to_string()
                        .chars()
                        .next()
                        .is_some_and(|first| first.is_lowercase() || first == '_');
                let mut columns = Vec::new();
                if is_column {
                    table.segments.pop();
                    table.segments.pop_punct();
                    columns.push(last);
                }
                Some(Self { table, columns })
            }
            Expr::Call(call) => {
                let Expr::Path(path) = &*call.func else {
                    errors.at(call, "`references` names a table: `references = Other(a, b)`");
                    return None;
                };
                let columns = call.args.iter().filter_map(|argument| match argument {
                    Expr::Path(path) => path.path.get_ident().cloned(),
                    _ => None,
                });
                Some(Self { table: path.path.clone(), columns: columns.collect() })
            }
            other => {
                errors.at(
                    other,
                    "`references` names a table: `references = Author` or `references = Author::slug`",
                );
                None
            }
        }
    }
}

/// The words of a group: `foreign_key(columns(a, b), references = Other(a, b))`.
pub(super) fn group(item: &Item, example: &str, errors: &Errors) -> Option<Vec<Item>> {
    let Value::Group(group) = &item.value else {
        errors.at(item, format_args!("write `{example}`"));
        return None;
    };
    let parser = Punctuated::<Item, Token![,]>::parse_terminated;
    errors.keep(parser.parse2(group.clone())).map(|items| items.into_iter().collect())
}
