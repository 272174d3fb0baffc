use schema_core::Schema;

use crate::files::EmbeddedFile;
use crate::rust_step::RustStep;

/// A schema whose migrations are part of the program. Written by
/// [`embed_migrations!`](crate::embed_migrations).
#[diagnostic::on_unimplemented(
    message = "the migrations of `{Self}` are not embedded",
    label = "no embedded migrations",
    note = "beside its `schema!`, write `schema_migrate::embed_migrations! {{ {Self}, \"migrations\" }}`",
    note = "or read them from a folder: `Migrator::<{Self}>::new(\"migrations\")`"
)]
pub trait Embedded: Schema {
    /// The files, in the order of their revisions.
    const FILES: &'static [EmbeddedFile];
    /// The Rust steps that the files name.
    const STEPS: &'static [RustStep] = &[];
}
