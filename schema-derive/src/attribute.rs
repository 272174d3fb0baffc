//! Reading `#[name(word, word = value, word(..))]`.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Expr, ExprLit, Ident, Lit, LitStr, Token,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::errors::Errors;

/// One word of an attribute.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    None,
    Expr(Box<Expr>),
    Group(TokenStream),
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(syn::Lit) {
            return Err(input.error("a value needs its word: `word = value`"));
        }
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Expr(Box::new(input.parse()?))
        } else if input.peek(syn::token::Paren) {
            let content;
            syn::parenthesized!(content in input);
            Value::Group(content.parse()?)
        } else {
            Value::None
        };
        Ok(Self { name, value })
    }
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let name = &self.name;
        tokens.extend(match &self.value {
            Value::Expr(value) => quote!(#name = #value),
            // Parentheses of our own would have no place in the source, and the error none either.
            Value::None | Value::Group(_) => quote!(#name),
        });
    }
}

/// The words of every attribute of this name.
pub(crate) fn items(attributes: &[Attribute], name: &str, errors: &Errors) -> Vec<Item> {
    let mut items = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let parsed = attribute.parse_args_with(Punctuated::<Item, Token![,]>::parse_terminated);
        items.extend(errors.keep(parsed).into_iter().flatten());
    }
    items
}

/// The doc comment: its lines without the space after `///`.
pub(crate) fn doc(attributes: &[Attribute]) -> String {
    let lines =
        attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).filter_map(|attribute| {
            let syn::Meta::NameValue(meta) = &attribute.meta else { return None };
            match &meta.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
                    let text = text.value();
                    Some(text.strip_prefix(' ').unwrap_or(&text).to_owned())
                }
                _ => None,
            }
        });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

impl Item {
    pub(crate) fn span(&self) -> Span {
        self.name.span()
    }

    /// The word alone.
    pub(crate) fn flag(&self, errors: &Errors) {
        if !matches!(self.value, Value::None) {
            errors.at(self, format_args!("`{}` takes no value: write `{}`", self.name, self.name));
        }
    }

    /// `word = "text"`.
    pub(crate) fn text(&self, errors: &Errors) -> Option<LitStr> {
        if let Value::Expr(value) = &self.value
            && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &**value
        {
            return Some(text.clone());
        }
        errors.at(self, format_args!("`{0}` takes text: `{0} = \"..\"`", self.name));
        None
    }

    /// `word = name`, as one of a few names.
    pub(crate) fn one_of<T: Copy>(&self, choices: &[(&str, T)], errors: &Errors) -> Option<T> {
        let given = match &self.value {
            Value::Expr(value) => match &**value {
                Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        };
        let found = given.as_deref().and_then(|given| choices.iter().find(|(name, _)| *name == given));
        if found.is_none() {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
            errors.at(self, format_args!("`{}` is one of {}", self.name, names.join(", ")));
        }
        found.map(|(_, value)| *value)
    }

    /// `word = value`.
    pub(crate) fn expr(&self, example: &str, errors: &Errors) -> Option<&Expr> {
        if let Value::Expr(value) = &self.value {
            return Some(value);
        }
        errors.at(self, format_args!("`{}` takes a value: `{example}`", self.name));
        None
    }

    /// `word(a, b)`.
    pub(crate) fn idents(&self, errors: &Errors) -> Option<Vec<Ident>> {
        if let Value::Group(group) = &self.value {
            let parser = Punctuated::<Ident, Token![,]>::parse_terminated;
            if let Ok(idents) = syn::parse::Parser::parse2(parser, group.clone())
                && !idents.is_empty()
            {
                return Some(idents.into_iter().collect());
            }
        }
        errors.at(self, format_args!("`{0}` takes columns: `{0}(author_id, title)`", self.name));
        None
    }
}

/// SQL for every engine, or a text an engine.
#[derive(Clone, Debug)]
pub(crate) enum Sql {
    Any(LitStr),
    PerEngine { sqlite: Option<LitStr>, postgres: Option<LitStr> },
}

impl Sql {
    /// The texts.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &LitStr> {
        let (first, second) = match self {
            Self::Any(text) => (Some(text), None),
            Self::PerEngine { sqlite, postgres } => (sqlite.as_ref(), postgres.as_ref()),
        };
        first.into_iter().chain(second)
    }

    /// `word = "sql"` or `word(sqlite = "..", postgres = "..")`.
    pub(crate) fn of(item: &Item, errors: &Errors) -> Option<Self> {
        let Value::Group(group) = &item.value else { return item.text(errors).map(Self::Any) };
        let parser = Punctuated::<Item, Token![,]>::parse_terminated;
        let words = errors.keep(syn::parse::Parser::parse2(parser, group.clone()))?;
        let (mut sqlite, mut postgres) = (None, None);
        for word in words {
            match word.name.to_string().as_str() {
                "sqlite" => sqlite = word.text(errors),
                "postgres" => postgres = word.text(errors),
                other => {
                    errors.at(&word, format_args!("`{other}` is no engine: write `sqlite` or `postgres`"));
                }
            }
        }
        Some(Self::PerEngine { sqlite, postgres })
    }
}

impl ToTokens for Sql {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let option = |text: &Option<LitStr>| {
            text.as_ref().map_or_else(
                || quote!(::core::option::Option::None),
                |text| quote!(::core::option::Option::Some(::std::borrow::Cow::Borrowed(#text))),
            )
        };
        tokens.extend(match self {
            Self::Any(text) => {
                quote!(::schema_core::model::SqlText::Any(::std::borrow::Cow::Borrowed(#text)))
            }
            Self::PerEngine { sqlite, postgres } => {
                let (sqlite, postgres) = (option(sqlite), option(postgres));
                quote!(::schema_core::model::SqlText::PerEngine { sqlite: #sqlite, postgres: #postgres })
            }
        });
    }
}
