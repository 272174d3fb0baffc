//! Migrations in the application itself: at start-up and in tests.
//!
//! ```no_run
//! # mod models {
//! # use schema_core::{Schema, model::SchemaDef};
//! # pub struct App;
//! # impl Schema for App { const DEF: &'static SchemaDef = &SchemaDef::EMPTY; }
//! # impl schema_migrate::Embedded for App { const FILES: &'static [schema_migrate::files::EmbeddedFile] = &[]; }
//! # }
//! # use models::App;
//! // Beside the models: schema_migrate::embed_migrations! { App, "migrations" }
//! let db = schema_core::Db::<App>::open("sqlite:data/app.db")?;
//! let report = schema_migrate::Migrator::<App>::embedded().run(&db)?;
//! println!("{} migrations applied", report.revisions.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod current;
mod embedded;
mod in_memory;
mod migrator;
mod policy;
mod test_db;

pub use current::current;
pub use embedded::Embedded;
pub use migrator::Migrator;
pub use policy::Policy;
pub use test_db::{test_db, test_db_of_models, test_db_with};
