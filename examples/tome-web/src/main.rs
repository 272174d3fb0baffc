//! `tome-web data/tome.db 127.0.0.1:3000`: migrates the database and serves it until Ctrl-C.

use std::{env, error::Error};

use schema_core::Db;
use schema_migrate::Migrator;
use tokio::net::TcpListener;
use tome::Tome;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let database = arguments.next().unwrap_or_else(|| "data/tome.db".to_owned());
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:3000".to_owned());

    let db = Db::<Tome>::open(database)?;
    Migrator::<Tome>::embedded().run(&db)?;
    let listener = TcpListener::bind(address).await?;
    eprintln!("listening on http://{}/books", listener.local_addr()?);
    tome_web::serve(db.clone(), listener, async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            eprintln!("Ctrl-C cannot be heard, so the service ends: {error}");
        }
    })
    .await?;
    // The query of a client that has hung up may still be ending.
    if let Err(error) = db.close() {
        eprintln!("{error}");
    }
    Ok(())
}
