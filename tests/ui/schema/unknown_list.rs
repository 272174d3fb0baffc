schema_core::schema! {
    Other { vews: [TopAuthors] }
}

fn main() {}
