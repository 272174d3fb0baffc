struct Book;

schema_core::schema! {
    Library { Book }
}

fn main() {}
