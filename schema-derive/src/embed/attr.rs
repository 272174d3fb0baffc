use syn::{
    Ident, LitStr, Path, Token, bracketed,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

/// What stands in the macro: a schema, where its trait is wanted, and the folder.
pub(super) struct Embed {
    pub(super) schema: Option<Path>,
    pub(super) folder: LitStr,
    /// Rust steps of the files.
    pub(super) steps: Vec<Path>,
}

impl Parse for Embed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let schema = if input.peek(LitStr) {
            None
        } else {
            let schema = input.parse::<Path>().map_err(|error| {
                syn::Error::new(error.span(), "write `App, \"migrations\"`, or `\"migrations\"` alone")
            })?;
            input.parse::<Token![,]>()?;
            Some(schema)
        };
        let folder = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        let mut steps = Vec::new();
        if schema.is_some() && input.peek(Ident) {
            let word: Ident = input.parse()?;
            if word != "steps" {
                return Err(syn::Error::new(
                    word.span(),
                    "behind the folder stands `steps: [rekey]`, or nothing",
                ));
            }
            input.parse::<Token![:]>()?;
            let list;
            bracketed!(list in input);
            steps.extend(Punctuated::<Path, Token![,]>::parse_terminated(&list)?);
            input.parse::<Option<Token![,]>>()?;
        }
        if !input.is_empty() {
            return Err(input.error("one folder is embedded: write `App, \"migrations\"`"));
        }
        Ok(Self { schema, folder, steps })
    }
}
