use proc_macro2::TokenStream;
use syn::{Data, DeriveInput, Fields};

use super::{expand, ir};
use crate::{
    errors::Errors,
    table::{Body, Table, attr, harmless},
};

/// What stands in for a view that was refused, so that its own error is not followed by one at each use.
pub(super) fn view(input: &DeriveInput) -> TokenStream {
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let errors = Errors::new();
    let view = match &input.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => {
            attr::read(input, "view", &errors).and_then(|attributes| ir::view(input, &attributes, &errors))
        }
        _ => None,
    };
    // They were reported with the view itself.
    drop(errors.report());
    let mut view = view.unwrap_or_else(|| ir::View { shape: Table::empty(input), sql: None });
    view.shape = harmless(view.shape, input);
    expand::view(&view, Body::Stub)
}
