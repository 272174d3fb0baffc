mod books;
mod library;
mod progress;
mod sessions;
mod streaks;

pub use books::{CalibreBook, Synced, books_of};
pub use library::{LibraryBook, LibraryFilter, LibrarySort, MonthOfReading, SubjectCount};
