//! What stands in `schema! { .. }`.

use std::collections::HashSet;

use syn::{
    Attribute, Ident, LitStr, Path, Token, Visibility, braced, bracketed,
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
    pub(super) views: Vec<Path>,
    /// Statements of objects that have no struct.
    pub(super) sql: Vec<LitStr>,
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
        let (mut tables, mut views, mut sql) = (Vec::new(), Vec::new(), Vec::new());
        while !content.is_empty() {
            if content.peek(Token![;]) {
                content.parse::<Token![;]>()?;
                continue;
            }
            if content.peek(Ident) && content.peek2(Token![:]) && !content.peek2(Token![::]) {
                let word: Ident = content.parse()?;
                content.parse::<Token![:]>()?;
                let list;
                bracketed!(list in content);
                match word.to_string().as_str() {
                    "views" => views.extend(Punctuated::<Path, Token![,]>::parse_terminated(&list)?),
                    "sql" => sql.extend(Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?),
                    _ => {
                        return Err(syn::Error::new(
                            word.span(),
                            format_args!(
                                "unknown list `{word}`: there are `views: [TopAuthors]` and `sql: [\"CREATE VIEW ..\"]`"
                            ),
                        ));
                    }
                }
                if !content.is_empty() && !content.peek(Token![;]) {
                    content.parse::<Token![,]>()?;
                }
                continue;
            }
            tables.push(Path::parse_mod_style(&content)?);
            if !content.is_empty() && !content.peek(Token![;]) {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(Self { attributes, owner, vis, ident, tables, views, sql })
    }
}

impl Schema {
    pub(super) fn validate(&self, errors: &Errors) {
        for (what, paths) in [("table", &self.tables), ("view", &self.views)] {
            let mut seen = HashSet::new();
            for path in paths.iter().filter(|path| !seen.insert(*path)) {
                let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                errors
                    .at(path, format_args!("{what} `{name}` stands twice in the schema: remove one of them"));
            }
        }
        for attribute in &self.attributes {
            if !["doc", "allow", "expect", "cfg"].iter().any(|known| attribute.path().is_ident(known)) {
                errors.at(attribute, "a schema takes doc comments, `#[allow]`, `#[expect]` and `#[cfg]`");
            }
        }
    }

    /// Leaves each table and view once.
    pub(super) fn dedup(&mut self) {
        for list in [&mut self.tables, &mut self.views] {
            let mut seen = HashSet::new();
            list.retain(|path| seen.insert(path.clone()));
        }
    }
}
