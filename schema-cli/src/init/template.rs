//! The texts of the files. `{}` is filled by `format!`.

/// The names that the files share.
#[derive(Debug)]
pub(super) struct Names {
    /// Name of the schema's type: `App`.
    pub(super) schema: String,
    /// Its name in `schema.toml`: `app`.
    pub(super) key: String,
    /// Name of the models' package: `shop-models`.
    pub(super) models: String,
}

impl Names {
    /// The models' package as a crate: `shop_models`.
    fn models_crate(&self) -> String {
        self.models.replace('-', "_")
    }
}

/// Where the framework's crates come from.
#[derive(Debug)]
pub(super) enum Framework {
    /// The registry, in this version.
    Version(&'static str),
    /// A checkout: its folder as a quoted TOML string without the closing quote.
    Path(String),
}

impl Framework {
    fn dependency(&self, name: &str) -> String {
        match self {
            Self::Version(version) => format!("{name} = \"{version}\""),
            Self::Path(folder) => format!("{name} = {{ path = {folder}/{name}\" }}"),
        }
    }
}

pub(super) const PROFILE: &str = "\
# A debug build otherwise runs SQLite unoptimised.
[profile.dev.package.libsqlite3-sys]
opt-level = 3
";

pub(super) fn workspace() -> String {
    format!("[workspace]\nresolver = \"3\"\nmembers = [\"models\", \"xtask\"]\n\n{PROFILE}")
}

pub(super) fn models_manifest(names: &Names, framework: &Framework) -> String {
    format!(
        "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\n{}\n{}\ntime = \"0.3\"\n",
        names.models,
        framework.dependency("schema-core"),
        framework.dependency("schema-migrate"),
    )
}

pub(super) const BUILD_SCRIPT: &str = "\
//! A new migration is a reason to build anew.

fn main() {
    println!(\"cargo::rerun-if-changed=../migrations\");
}
";

pub(super) fn models(names: &Names) -> String {
    format!(
        r#"//! The tables of this application: one struct a table.

use schema_core::Table;
use time::OffsetDateTime;

/// Something to remember. This comment becomes the table's documentation.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "notes")]
pub struct Note {{
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub title: String,
    pub body: Option<String>,
    #[column(default = false)]
    pub done: bool,
    #[column(created_at)]
    pub created_at: OffsetDateTime,
}}

schema_core::schema! {{
    /// Everything this application owns.
    pub {schema} {{ Note }}
}}

{embedded}
#[cfg(test)]
mod tests {{
    #[test]
    fn the_migrations_build_what_the_models_say() {{
        schema_migrate::test_db::<super::{schema}>().unwrap();
    }}
}}
"#,
        schema = names.schema,
        embedded = embedded(&names.schema),
    )
}

/// What makes the migrations part of the program, beside the schema of this name.
pub(crate) fn embedded(schema: &str) -> String {
    format!(
        r#"// The migrations are part of the program. Where it starts, it applies what is pending:
// `schema_migrate::Migrator::<{schema}>::embedded().run(&db)?`
schema_migrate::embed_migrations! {{ {schema}, "../migrations" }}
"#
    )
}

/// The schema of the first model as it was written, which nobody has made their own yet.
pub(crate) fn sample_schema(text: &str) -> Option<&str> {
    let (_, schema) = text.rsplit_once(" { Note }")?.0.rsplit_once("pub ")?;
    let (key, models) = (String::new(), String::new());
    (self::models(&Names { schema: schema.to_owned(), key, models }) == text).then_some(schema)
}

pub(super) fn xtask_manifest(names: &Names, framework: &Framework) -> String {
    format!(
        "[package]\nname = \"xtask\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\n{}\n{}\n{}\n{} = {{ path = \"../models\" }}\n",
        framework.dependency("schema-cli"),
        framework.dependency("schema-core"),
        framework.dependency("schema-migrate"),
        names.models,
    )
}

pub(super) fn xtask(names: &Names) -> String {
    format!(
        "//! `cargo xtask db-status` and its siblings.\n\n\
         fn main() -> std::process::ExitCode {{\n    \
         schema_cli::Cli::new().schema::<{}::{}>().run()\n}}\n",
        names.models_crate(),
        names.schema
    )
}

pub(super) fn settings(names: &Names) -> String {
    let key = &names.key;
    format!(
        "# Paths are relative to this file. {variable}_DATABASE_URL or DATABASE_URL, then --url, replace `url`.\n\
         default = \"{key}\"\n\n\
         [{key}]\n\
         url        = \"sqlite:data/{key}.db\"\n\
         migrations = \"migrations\"\n\
         backups    = {{ primary = \"data/backups\" }}\n",
        variable = key.to_ascii_uppercase(),
    )
}

pub(super) const DATA_IGNORED: &str = "# Databases and their backups are no source.\n*\n!.gitignore\n";

pub(super) const IGNORED: &str = "/target\n";
