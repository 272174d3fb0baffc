mod books;
mod progress;
mod sessions;
mod streaks;

pub use books::{CalibreBook, Synced};
