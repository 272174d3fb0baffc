use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Try every migration up, down and up again on filled scratch databases; for CI. No database is touched.
#[derive(Args, Clone, Debug)]
pub(crate) struct TestMigrationsArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
