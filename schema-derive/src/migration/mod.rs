//! `#[migration("20251127143055_rekey")]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    FnArg, Ident, ItemFn, LitStr, PathArguments, ReturnType, Token, Type,
    parse::{Parse, ParseStream, Parser as _},
    parse_quote,
};

use crate::errors::Errors;

const SIGNATURE: &str = "write `fn rekey(tx: &MigrationTx) -> schema_migrate::Result<()>`";
const ATTRIBUTE: &str = "write `#[migration(\"20251127143055_rekey\")]`, the revision of its file; \
                         `#[migration(\"20251127143055_rekey\", down)]` for the way back";

/// What stands in the parentheses.
struct Attribute {
    revision: LitStr,
    is_down: bool,
}

impl Parse for Attribute {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let told = |error: syn::Error| syn::Error::new(error.span(), ATTRIBUTE);
        let revision: LitStr = input.parse().map_err(told)?;
        let is_down = if input.is_empty() {
            false
        } else {
            input.parse::<Token![,]>().map_err(told)?;
            let word: Ident = input.parse().map_err(told)?;
            if word != "down" {
                return Err(syn::Error::new(word.span(), ATTRIBUTE));
            }
            true
        };
        if !input.is_empty() {
            return Err(syn::Error::new(input.span(), ATTRIBUTE));
        }
        Ok(Self { revision, is_down })
    }
}

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let attribute = errors.keep(Attribute::parse.parse2(attribute));
    if let Some(attribute) = &attribute
        && !is_revision(&attribute.revision.value())
    {
        errors
            .at(&attribute.revision, format!("`{}` is no revision: {ATTRIBUTE}", attribute.revision.value()));
    }
    let function = syn::parse2::<ItemFn>(item.clone());
    let function = errors.keep(function.map_err(|error| {
        syn::Error::new(error.span(), format!("`#[migration(..)]` stands on a function: {SIGNATURE}"))
    }));
    if let Some(function) = &function {
        validate(function, &errors);
    }
    match (attribute, function) {
        (Some(attribute), Some(function)) if errors.is_empty() => {
            let nothing = errors.report();
            let code = step(&attribute, function);
            quote!(#nothing #code)
        }
        _ => errors.report(),
    }
}

/// What a function of another kind would make of the generated code is no message for a person.
fn validate(function: &ItemFn, errors: &Errors) {
    let signature = &function.sig;
    if let Some(word) = &signature.asyncness {
        errors.at(word, format!("the transaction is not asynchronous: {SIGNATURE}"));
    }
    if let syn::Safety::Unsafe(word) = &signature.safety {
        errors.at(word, format!("a Rust step is safe to call: {SIGNATURE}"));
    }
    if let Some(word) = &signature.abi {
        errors.at(word, format!("a Rust step is a Rust function: {SIGNATURE}"));
    }
    if let Some(parameter) = signature.generics.params.first() {
        errors.at(parameter, format!("a Rust step has no generic parameters: {SIGNATURE}"));
    }
    match signature.inputs.iter().collect::<Vec<_>>().as_slice() {
        [FnArg::Typed(argument)] if is_shared_reference(&argument.ty) => {}
        [] => errors.at(&signature.ident, format!("it takes the transaction: {SIGNATURE}")),
        [_, another, ..] => errors.at(another, format!("it takes the transaction alone: {SIGNATURE}")),
        [only] => errors.at(only, format!("it takes the transaction by reference: {SIGNATURE}")),
    }
    if matches!(signature.output, ReturnType::Default) {
        errors.at(&signature.ident, format!("it says whether it has failed: {SIGNATURE}"));
    }
}

fn is_shared_reference(kind: &Type) -> bool {
    matches!(kind, Type::Reference(reference) if reference.mutability.is_none())
}

/// Fourteen digits, `_` and words, as the file's name has them.
fn is_revision(text: &str) -> bool {
    let Some((instant, name)) = text.split_at_checked(14) else { return false };
    let Some(name) = name.strip_prefix('_') else { return false };
    instant.bytes().all(|byte| byte.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// A constant of the function's name, which holds the function and can be called like it.
fn step(attribute: &Attribute, mut function: ItemFn) -> TokenStream {
    let (name, revision) = (function.sig.ident.clone(), &attribute.revision);
    let direction = if attribute.is_down { quote!(Down) } else { quote!(Up) };
    let visibility = std::mem::replace(&mut function.vis, syn::Visibility::Inherited);
    let (kept, moved): (Vec<_>, Vec<_>) = function.attrs.drain(..).partition(|attribute| {
        ["doc", "cfg", "deprecated", "must_use"].iter().any(|word| attribute.path().is_ident(word))
    });
    function.attrs = moved;
    for argument in &mut function.sig.inputs {
        if let FnArg::Typed(argument) = argument {
            elide(&mut argument.ty);
        }
    }
    let text = name.to_string();
    let text = text.strip_prefix("r#").unwrap_or(&text);
    quote! {
        #(#kept)*
        #[allow(non_upper_case_globals)]
        #visibility const #name: ::schema_migrate::rust_step::RustStep = {
            #function
            ::schema_migrate::rust_step::RustStep::new(
                #revision,
                #text,
                ::schema_migrate::rust_step::Direction::#direction,
                #name,
            )
        };
    }
}

/// `&MigrationTx` as `&MigrationTx<'_>`: a lint of the user's crate may ask for the lifetime.
fn elide(kind: &mut Type) {
    if let Type::Reference(reference) = kind
        && let Type::Path(path) = &mut *reference.elem
        && let Some(last) = path.path.segments.last_mut()
        && last.ident == "MigrationTx"
        && matches!(last.arguments, PathArguments::None)
    {
        last.arguments = PathArguments::AngleBracketed(parse_quote!(<'_>));
    }
}
