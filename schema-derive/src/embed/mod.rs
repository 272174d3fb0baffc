//! `embed_migrations! { App, "migrations" }`.

mod attr;
mod build_script;
mod files;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::errors::Errors;

/// The files as constant data, or errors.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let Some(embed) = errors.keep(syn::parse2::<attr::Embed>(input)) else {
        return errors.report();
    };
    let found = read(&embed.folder, &errors);
    let files = found.iter().map(|file| {
        let path = LitStr::new(&file.path, Span::call_site());
        let below = LitStr::new(&format!("/{}", file.path), Span::call_site());
        // What is included is tracked by the compiler: an edited file is a reason to build anew.
        quote! {
            ::schema_migrate::files::EmbeddedFile {
                path: #path,
                text: ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #below)),
            }
        }
    });
    let files = quote! {
        {
            const FILES: &'static [::schema_migrate::files::EmbeddedFile] = &[#(#files),*];
            FILES
        }
    };
    let errors = errors.report();
    let steps = &embed.steps;
    let steps = (!steps.is_empty())
        .then(|| quote!(const STEPS: &'static [::schema_migrate::rust_step::RustStep] = &[#(#steps),*];));
    match &embed.schema {
        Some(schema) => quote! {
            #errors
            #[automatically_derived]
            impl ::schema_migrate::Embedded for #schema {
                const FILES: &'static [::schema_migrate::files::EmbeddedFile] = #files;
                #steps
            }
        },
        None => quote!({ #errors #files }),
    }
}

fn read(folder: &LitStr, errors: &Errors) -> Vec<files::File> {
    let Some(root) = std::env::var_os("CARGO_MANIFEST_DIR").map(std::path::PathBuf::from) else {
        errors.at(folder, "the package's folder is not known: the program has to be built by cargo");
        return Vec::new();
    };
    build_script::check(&root, folder, errors);
    files::read(&root, folder, errors)
}
