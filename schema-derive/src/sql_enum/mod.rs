//! `#[derive(SqlEnum)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Ident, LitStr, ext::IdentExt};

use crate::{
    attribute::{self, Item},
    errors::Errors,
    names,
};

struct Variant {
    ident: Ident,
    value: String,
    renamed_from: Option<LitStr>,
}

/// How variants are written in the database.
#[derive(Clone, Copy)]
enum Case {
    Snake,
    Kebab,
    Lower,
    ScreamingSnake,
    Pascal,
    Camel,
}

const CASES: [(&str, Case); 6] = [
    ("snake_case", Case::Snake),
    ("kebab-case", Case::Kebab),
    ("lowercase", Case::Lower),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
];

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let variants = read(input, &errors);
    if errors.is_empty() {
        let nothing = errors.report();
        let code = expand(input, &variants);
        quote!(#nothing #code)
    } else {
        let errors = errors.report();
        // A stand-in, so that its own error is not followed by one at each column of the type.
        let stands =
            |data: &syn::DataEnum| data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit));
        let code = match &input.data {
            Data::Enum(data) if !variants.is_empty() && stands(data) => expand(input, &variants),
            _ => TokenStream::new(),
        };
        quote!(#errors #code)
    }
}

fn read(input: &DeriveInput, errors: &Errors) -> Vec<Variant> {
    let Data::Enum(data) = &input.data else {
        errors
            .at(&input.ident, "`SqlEnum` is for enums: derive `SqlType` for a newtype, `Table` for a table");
        return Vec::new();
    };
    let mut case = Case::Snake;
    for item in attribute::items(&input.attrs, "sql_enum", errors) {
        match item.name.to_string().as_str() {
            "rename_all" => case = item.one_of(&CASES, errors).unwrap_or(case),
            other => {
                errors.at(&item, format_args!("`sql_enum` on an enum knows `rename_all`, not `{other}`"));
            }
        }
    }
    let variants: Vec<Variant> = data.variants.iter().map(|variant| {
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(
                &variant.fields,
                "a variant that a column holds has no fields: keep them in columns of their own, or use `#[column(json)]`",
            );
        }
        let items = attribute::items(&variant.attrs, "sql_enum", errors);
        self::variant(&variant.ident, &items, case, errors)
    }).collect();
    if variants.is_empty() {
        errors.at(&input.ident, "an enum that a column holds has a variant");
    }
    for (at, variant) in variants.iter().enumerate() {
        if variants[..at].iter().any(|earlier| earlier.value == variant.value) {
            errors.at(&variant.ident, format_args!("two variants are stored as '{}'", variant.value));
        }
        if let Some(old) = &variant.renamed_from
            && variants.iter().any(|other| other.value == old.value())
        {
            errors.at(
                old,
                format_args!(
                    "'{}' is still the text of a variant: rows of both could not be told apart",
                    old.value()
                ),
            );
        }
    }
    variants
}

fn variant(ident: &Ident, items: &[Item], case: Case, errors: &Errors) -> Variant {
    let words = names::words(&ident.unraw().to_string());
    let capital = |word: &String| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>())
    };
    let pascal: String = words.iter().map(capital).collect();
    let mut value = match case {
        Case::Snake => words.join("_"),
        Case::Kebab => words.join("-"),
        Case::Lower => words.concat(),
        Case::ScreamingSnake => words.join("_").to_uppercase(),
        Case::Pascal => pascal,
        Case::Camel => {
            words.first().cloned().unwrap_or_default()
                + &words.iter().skip(1).map(capital).collect::<String>()
        }
    };
    let mut renamed_from = None;
    for item in items {
        match item.name.to_string().as_str() {
            "name" => value = item.text(errors).map_or_else(|| value.clone(), |name| name.value()),
            "renamed_from" => renamed_from = item.text(errors),
            other => errors.at(
                item,
                format_args!("`sql_enum` on a variant knows `name` and `renamed_from`, not `{other}`"),
            ),
        }
    }
    Variant { ident: ident.clone(), value, renamed_from }
}

fn expand(input: &DeriveInput, variants: &[Variant]) -> TokenStream {
    let ident = &input.ident;
    let name = ident.to_string();
    let (generics, types, bounds) = input.generics.split_for_impl();
    let idents: Vec<&Ident> = variants.iter().map(|variant| &variant.ident).collect();
    let values: Vec<&String> = variants.iter().map(|variant| &variant.value).collect();
    let renamed = variants.iter().map(|variant| {
        variant.renamed_from.as_ref().map_or_else(
            || quote!(::core::option::Option::None),
            |old| quote!(::core::option::Option::Some(::std::borrow::Cow::Borrowed(#old))),
        )
    });
    let wanted = format!(
        "{name} ({})",
        variants.iter().map(|variant| format!("'{}'", variant.value)).collect::<Vec<_>>().join(", ")
    );
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #generics #ident #types #bounds {
            /// The text that the database holds.
            pub const fn as_str(self) -> &'static str {
                match self { #(#ident::#idents => #values,)* }
            }
        }
        const _: () = {
            #[automatically_derived]

            impl ::schema_core::value::SqlType for #ident {
                type Base = #ident;
                type Opt = ::core::option::Option<#ident>;
                type Like<__U: ::schema_core::value::SqlType> = __U;
                type Rust = #ident;
                const STORAGE: ::schema_core::value::Storage = ::schema_core::value::Storage::Text;
                const DOMAIN: ::schema_core::model::Domain =
                    ::schema_core::model::Domain::Variants(::std::borrow::Cow::Borrowed(&[#(
                        ::schema_core::model::VariantDef {
                            value: ::std::borrow::Cow::Borrowed(#values),
                            renamed_from: #renamed,
                        },
                    )*]));
                fn read(
                    row: ::schema_core::value::Row<'_>,
                    at: usize,
                ) -> ::core::result::Result<Self, ::schema_core::value::CellError> {
                    let cell = row.cell(at);
                    match cell {
                        #(::schema_core::value::Cell::Text(text) if text == #values.as_bytes() =>
                            ::core::result::Result::Ok(#ident::#idents),)*
                        _ => ::core::result::Result::Err(
                            ::schema_core::value::CellError::new(cell, #wanted).at(at),
                        ),
                    }
                }
                fn bind<'v>(
                    value: &'v Self,
                    to: &mut ::schema_core::value::Binder<'_, 'v>,
                ) -> ::core::result::Result<(), ::schema_core::value::ValueError> {
                    to.text(match value { #(#ident::#idents => #values,)* });
                    ::core::result::Result::Ok(())
                }
            }
            #[automatically_derived]

            impl ::schema_core::value::Plainly for #ident {}
            #[automatically_derived]

            impl ::schema_core::value::HeldAsText for #ident {}
        };
    }
}
