//! Tome's books over HTTP, with axum.
//!
//! | | |
//! |---|---|
//! | `GET /books?author=&title=&from=&order=&limit=&after=` | a page of the books that fit, and the cursor of the next |
//! | `GET /books/{id}` | a book |
//! | `POST /books` | adds one: 409 where its id is taken |
//! | `PATCH /books/{id}` | changes the fields that the JSON has: `null` empties one |
//!
//! ```sh
//! cargo run -p tome-web -- data/tome.db 127.0.0.1:3000
//! ```
//!
//! Every handler is one [`Db::run`](schema_core::Db::run): a client that hangs up ends its query.

mod books;
mod failure;

use std::io;

use axum::{Router, routing::get};
use schema_core::Db;
use tokio::net::TcpListener;
use tome::Tome;

/// Serves the books of a database on a socket until `stop` is ready. Requests that have begun are answered first.
///
/// # Errors
/// The socket fails.
pub async fn serve(
    db: Db<Tome>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let routes = Router::new()
        .route("/books", get(books::list).post(books::create))
        .route("/books/{id}", get(books::get).patch(books::change))
        .with_state(db);
    axum::serve(listener, routes).with_graceful_shutdown(stop).await
}
