//! What stands in `schema! { .. }`.

use syn::{
    Attribute, Ident, Path, Token, Visibility, braced, bracketed,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::errors::Errors;

/// Who owns the schema.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Application,
    External,
    ExternalWritable,
}

pub(super) struct Schema {
    pub(super) attributes: Vec<Attribute>,
    pub(super) owner: Owner,
    pub(super) vis: Visibility,
    pub(super) ident: Ident,
    pub(super) tables: Vec<Path>,
    views: Vec<Path>,
}

impl Parse for Schema {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let mut owner = Owner::Application;
        // `external` is a word of this macro only where a name follows it.
        while input.peek(Ident) && !input.peek2(syn::token::Brace) {
            let word: Ident = input.parse()?;
            match word.to_string().as_str() {
                "external" if owner == Owner::Application => owner = Owner::External,
                "writable" if owner == Owner::External => owner = Owner::ExternalWritable,
                other => {
                    return Err(syn::Error::new(
                        word.span(),
                        format_args!(
                            "unexpected `{other}`: write `pub Library {{ .. }}`, `external pub Library {{ .. }}` or `external, writable pub Library {{ .. }}`"
                        ),
                    ));
                }
            }
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
            }
        }
        let vis = input.parse()?;
        if input.peek(Token![struct]) || input.peek(Token![enum]) || input.peek(Token![mod]) {
            return Err(input.error("a schema is written without a keyword: `pub Library { Book, Author }`"));
        }
        let ident = input.call(Ident::parse_any)?;
        let content;
        braced!(content in input);
        if !input.is_empty() {
            return Err(input.error("one `schema!` declares one schema: write another `schema! { .. }`"));
        }
        let (mut tables, mut views) = (Vec::new(), Vec::new());
        while !content.is_empty() {
            if content.peek(Token![;]) {
                content.parse::<Token![;]>()?;
                continue;
            }
            if content.peek(Ident) && content.peek2(Token![:]) && !content.peek2(Token![::]) {
                let word: Ident = content.parse()?;
                if word != "views" {
                    return Err(syn::Error::new(
                        word.span(),
                        format_args!("unknown list `{word}`: there is `views: [..]`"),
                    ));
                }
                content.parse::<Token![:]>()?;
                let list;
                bracketed!(list in content);
                views.extend(Punctuated::<Path, Token![,]>::parse_terminated(&list)?);
                continue;
            }
            tables.push(Path::parse_mod_style(&content)?);
            if !content.is_empty() && !content.peek(Token![;]) {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(Self { attributes, owner, vis, ident, tables, views })
    }
}

impl Schema {
    pub(super) fn validate(&self, errors: &Errors) {
        for (at, table) in self.tables.iter().enumerate() {
            if self.tables.iter().take(at).any(|earlier| earlier == table) {
                let name = table.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                errors
                    .at(table, format_args!("table `{name}` stands twice in the schema: remove one of them"));
            }
        }
        for view in &self.views {
            errors.at(
                view,
                "views are not declared yet: write the view in a migration, which keeps it as it is",
            );
        }
        for attribute in &self.attributes {
            if !["doc", "allow", "expect", "cfg"].iter().any(|known| attribute.path().is_ident(known)) {
                errors.at(attribute, "a schema takes doc comments, `#[allow]`, `#[expect]` and `#[cfg]`");
            }
        }
    }

    /// Leaves each table once.
    pub(super) fn dedup(&mut self) {
        let mut once: Vec<Path> = Vec::new();
        for table in self.tables.drain(..) {
            if !once.contains(&table) {
                once.push(table);
            }
        }
        self.tables = once;
    }
}
