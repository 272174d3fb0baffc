//! Bridges a torrent client and the sites that it downloads from.

mod models;
mod queries;

pub use models::*;
pub use queries::Progress;
