use proc_macro2::Span;
use syn::{Field, Ident, LitStr, Type, spanned::Spanned};

use super::words;
use crate::{
    attribute::{self, Item},
    errors::Errors,
    types,
};

/// A field whose fields are columns of the table.
pub(crate) struct Group {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) doc: String,
    /// What stands before the names of its columns.
    pub(crate) prefix: Option<LitStr>,
    /// Whether a new row does not name it: all of its columns have a default.
    pub(crate) default: bool,
    /// Where `flatten` stands.
    pub(crate) span: Span,
}

const WORDS: [&str; 3] = ["flatten", "prefix", "default"];

impl Group {
    /// The group of a field, where it says `flatten`.
    pub(super) fn read(field: &Field, items: &[Item], errors: &Errors) -> Option<Self> {
        let flatten = items.iter().find(|item| item.name == "flatten")?;
        words::no_repeats(items, &[], "column", errors);
        flatten.flag(errors);
        let (mut prefix, mut default) = (None, false);
        for item in items {
            match item.name.to_string().as_str() {
                "flatten" => {}
                "prefix" => prefix = item.text(errors),
                "default" => {
                    default = true;
                    item.flag(errors);
                }
                _ => errors.at(
                    &item.name,
                    format_args!(
                        "`{}` belongs to one column, and a flattened field is several: write it in the group's struct; \
                         here stand `{}`",
                        item.name,
                        WORDS.join("`, `")
                    ),
                ),
            }
        }
        if types::inside_option(&field.ty).is_some() {
            errors.at(
                &field.ty,
                "a flattened field is always there: take the `Option` away, and write it in the group's struct",
            );
        }
        Some(Self {
            ident: field.ident.clone()?,
            ty: field.ty.clone(),
            doc: attribute::doc(&field.attrs),
            prefix,
            default,
            span: flatten.span(),
        })
    }

    /// Where the type stands, with the names of generated code.
    pub(crate) fn place(&self) -> Span {
        self.ty.span().resolved_at(Span::call_site())
    }
}
