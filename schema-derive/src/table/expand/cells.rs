//! Reading many cells of a row.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Index;

use super::Column;

/// Cells that are read in one function. A cell that does not fit returns early and drops what was read
/// before it, so that what the compiler does for one function grows with the square of its cells.
const TOGETHER: usize = 40;

/// What is read from a row: statements to begin with, and an expression for each column.
pub(super) struct Cells {
    pub(super) before: TokenStream,
    pub(super) values: Vec<TokenStream>,
}

/// Reads columns, each from its position behind `at`.
pub(super) fn read(columns: &[(usize, &Column)], at: &TokenStream) -> Cells {
    let value = |(position, column): &(usize, &Column), from: &TokenStream| {
        let read = column.read_cell(
            &quote_spanned!(column.place()=> row),
            &quote_spanned!(column.place()=> #from + #position),
        );
        quote_spanned! {column.place()=>
            // A plain match compiles faster than `?`, and there is one a column.
            match #read {
                ::core::result::Result::Ok(value) => value,
                ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
            }
        }
    };
    if columns.len() <= TOGETHER {
        let values = columns.iter().map(|column| value(column, at)).collect();
        return Cells { before: TokenStream::new(), values };
    }
    let from = quote!(at);
    let mut cells = Cells { before: TokenStream::new(), values: Vec::with_capacity(columns.len()) };
    for (number, part) in columns.chunks(TOGETHER).enumerate() {
        let name = format_ident!("part_{number}");
        let types = part.iter().map(|(_, column)| &column.ty);
        let values = part.iter().map(|column| value(column, &from));
        cells.before.extend(quote! {
            fn #name(
                row: ::schema_core::value::Row<'_>,
                at: usize,
            ) -> ::core::result::Result<(#(#types,)*), ::schema_core::value::CellError> {
                ::core::result::Result::Ok((#(#values,)*))
            }
            let #name = match #name(row, #at) {
                ::core::result::Result::Ok(values) => values,
                ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
            };
        });
        cells.values.extend((0..part.len()).map(|position| {
            let position = Index::from(position);
            quote!(#name.#position)
        }));
    }
    cells
}
