use std::{fmt, sync::Arc};

use schema_core::{Schema, model::SchemaDef, query::AsSql};
use schema_migrate::rust_step::RustStep;

use crate::seed::Seed;

/// A schema that the program has registered.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    /// The type's name in snake case: the name of its table in `schema.toml` and of `--schema`.
    pub(crate) name: String,
    /// What the models say.
    pub(crate) declared: &'static SchemaDef,
    /// The Rust steps of its migrations.
    pub(crate) steps: Vec<RustStep>,
    /// What fills it for development.
    pub(crate) seed: Option<Seed>,
    /// The application's own queries.
    pub(crate) queries: Vec<RegisteredQuery>,
}

/// A query that the program has registered.
#[derive(Clone)]
pub(crate) struct RegisteredQuery {
    pub(crate) name: String,
    /// Writes its text.
    pub(crate) sql: Arc<dyn Fn() -> schema_core::Result<String> + Send + Sync>,
}

impl RegisteredQuery {
    pub(crate) fn of<Q: AsSql>(name: String, query: impl Fn() -> Q + Send + Sync + 'static) -> Self {
        Self { name, sql: Arc::new(move || query().as_sql()) }
    }
}

impl fmt::Debug for RegisteredQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "RegisteredQuery({})", self.name)
    }
}

impl Registered {
    pub(crate) fn of<S: Schema>() -> Self {
        Self {
            name: snake_case(&S::DEF.name),
            declared: S::DEF,
            steps: Vec::new(),
            seed: None,
            queries: Vec::new(),
        }
    }
}

/// `MyApp` as `my_app`, `HTTPStore` as `http_store`.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (position, letter) in letters.iter().enumerate() {
        let after_small =
            position > 0 && !letters[position - 1].is_uppercase() && letters[position - 1] != '_';
        let before_small = position > 0
            && letters[position - 1].is_uppercase()
            && letters.get(position + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && (after_small || before_small) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn a_type_name_in_snake_case() {
        for (name, snake) in [
            ("Tome", "tome"),
            ("MyApp", "my_app"),
            ("HTTPStore", "http_store"),
            ("App2Go", "app2_go"),
            ("", ""),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }
}
