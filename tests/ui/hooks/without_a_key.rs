use schema_core::{Hooks, Table};

#[derive(Table)]
#[table(hooks)]
pub struct Entry {
    pub text: String,
}

schema_core::schema! {
    pub Library { Entry }
}

impl Hooks for Entry {
    type Schema = Library;
}

fn main() {}
