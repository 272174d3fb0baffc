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
    statement::{self, Kind},
};

/// The struct with the words of its attributes.
pub(crate) struct Attributes<'i> {
    pub(crate) table: Vec<Item>,
    pub(crate) fields: Vec<(&'i Field, Vec<Item>)>,
}

/// Reads the attributes of a struct with named fields: a `table` or a `view`.
pub(crate) fn read<'i>(input: &'i DeriveInput, what: &str, errors: &Errors) -> Option<Attributes<'i>> {
    let table = attribute::items(&input.attrs, what, errors);
    if let Some(parameter) = input.generics.params.first() {
        errors.at(
            parameter,
            format_args!(
                "a {what} has no generic parameters: one struct is one {what}; write a struct for each of them"
            ),
        );
    }
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            Fields::Unnamed(fields) => {
                errors.at(
                    fields,
                    format_args!(
                        "a {what}'s columns have names: write `struct Book {{ id: i64, .. }}`, or derive `SqlType` for a newtype"
                    ),
                );
                return None;
            }
            Fields::Unit => {
                errors.at(
                    &input.ident,
                    format_args!("a {what} has columns: write `struct Book {{ id: i64, .. }}`"),
                );
                return None;
            }
        },
        Data::Enum(data) => {
            errors.at(
                data.enum_token,
                format_args!("a {what} is a struct: derive `SqlEnum` for an enum that a column holds"),
            );
            return None;
        }
        Data::Union(data) => {
            errors.at(data.union_token, format_args!("a {what} is a struct, no union"));
            return None;
        }
    };
    let fields =
        fields.iter().map(|field| (field, attribute::items(&field.attrs, "column", errors))).collect();
    Some(Attributes { table, fields })
}

/// `index(a desc, b collate nocase, expr = "..", where = "..", unique, name = "..")`.
pub(crate) struct IndexWords {
    pub(super) span: Span,
    pub(super) name: Option<LitStr>,
    pub(super) parts: Vec<IndexPart>,
    pub(super) unique: bool,
    pub(super) filter: Option<Sql>,
    /// The whole `CREATE INDEX`, with the index's name and its table's.
    pub(super) whole: Option<(LitStr, String, String)>,
}

pub(crate) struct IndexPart {
    pub(super) target: IndexTarget,
    pub(super) descending: bool,
    pub(super) collation: Option<String>,
}

pub(crate) enum IndexTarget {
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
        let mut index = Self {
            span: item.span(),
            name: None,
            parts: Vec::new(),
            unique: false,
            filter: None,
            whole: None,
        };
        let mut is_whole = false;
        for word in words {
            if let IndexWord::Item(item) = &word {
                is_whole |= item.name == "sql";
            }
            match word {
                IndexWord::Part(part) => index.parts.push(part),
                IndexWord::Item(item) => match item.name.to_string().as_str() {
                    "name" => index.name = item.text(errors),
                    "unique" => index.unique = true,
                    "sql" => index.whole = whole(&item, errors),
                    "where" => index.filter = Sql::of(&item, errors),
                    "expr" => index.parts.extend(Sql::of(&item, errors).map(|sql| IndexPart {
                        target: IndexTarget::Expression(sql),
                        descending: false,
                        collation: None,
                    })),
                    other => errors.at(
                        &item,
                        format_args!(
                            "`index` does not know `{other}`: it takes columns, `expr = \"..\"`, `where = \"..\"`, `unique` and `name = \"..\"`, or `sql = \"CREATE INDEX ..\"` alone"
                        ),
                    ),
                },
            }
        }
        if index.whole.is_some() && (!index.parts.is_empty() || index.unique || index.filter.is_some()) {
            errors.at(item, "an index with `sql` is written there as a whole: remove the other words");
        }
        if let (Some(name), Some((_, created, _))) = (&index.name, &index.whole)
            && !name.value().eq_ignore_ascii_case(created)
        {
            errors.at(
                name,
                format_args!("the statement creates `{created}`: give it this name, or leave `name` away"),
            );
        }
        if index.parts.is_empty() && !is_whole {
            errors.at(
                item,
                "an index needs a column or an expression: `index(title)`, `index(expr = \"lower(title)\")`",
            );
        }
        Some(index)
    }
}

/// `sql = "CREATE INDEX .."`: the text, the index's name and its table's.
fn whole(item: &Item, errors: &Errors) -> Option<(LitStr, String, String)> {
    let text = item.text(errors)?;
    let created = statement::expect(&text, Kind::Index, errors)?;
    Some((text, created.name, created.on?))
}

/// `references = Other`, `Other::column` or `Other(a, b)`.
#[derive(Clone)]
pub(crate) struct References {
    pub(crate) table: syn::Path,
    pub(crate) columns: Vec<Ident>,
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
pub(crate) fn group(item: &Item, example: &str, errors: &Errors) -> Option<Vec<Item>> {
    let Value::Group(group) = &item.value else {
        errors.at(item, format_args!("write `{example}`"));
        return None;
    };
    let parser = Punctuated::<Item, Token![,]>::parse_terminated;
    errors.keep(parser.parse2(group.clone())).map(|items| items.into_iter().collect())
}
