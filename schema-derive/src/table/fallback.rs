use proc_macro2::TokenStream;
use syn::DeriveInput;

/// What stands in for a table that was refused, so that its own error is not followed by one at each use.
pub(super) fn table(_: &DeriveInput) -> TokenStream {
    TokenStream::new()
}
