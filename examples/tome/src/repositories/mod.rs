mod books;
mod library;
mod progress;
mod sessions;
mod streaks;

pub use books::{CalibreBook, Synced};
pub use library::{LibraryBook, LibraryFilter, LibrarySort, MonthOfReading, SubjectCount};
