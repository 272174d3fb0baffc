//! The service over a real socket, on a database full of books.
#![allow(missing_docs)]

use std::net::SocketAddr;

use schema_core::{Db, Error};
use schema_migrate::Migrator;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tome::{Book, BookRepository, Tome};

/// The service, until it is told to stop.
struct Service {
    db: Db<Tome>,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<std::io::Result<()>>,
    _folder: TempDir,
}

impl Service {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::<Tome>::open(folder.path().join("tome.db")).unwrap();
        Migrator::<Tome>::embedded().run(&db).unwrap();
        db.transaction(|tx| tome::seed(tx, |_, _| {})).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(tome_web::serve(db.clone(), listener, async {
            // A test that fails drops the sender: that stops it too.
            let _ = stopped.await;
        }));
        Self { db, address, stop, ended, _folder: folder }
    }

    /// Status and JSON of an answer.
    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        answer(send(self.address, method, path, body).await).await
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.ask("GET", path, None).await
    }
}

async fn send(address: SocketAddr, method: &str, path: &str, body: Option<Value>) -> TcpStream {
    let body = body.map(|json| json.to_string()).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream
}

async fn answer(mut stream: TcpStream) -> (u16, Value) {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    // Axum's own refusals are plain text.
    (status, serde_json::from_str(body).unwrap_or_else(|_| body.into()))
}

fn titles(shelf: &Value) -> Vec<&str> {
    shelf["books"].as_array().unwrap().iter().map(|book| book["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_list_is_read_page_by_page_to_its_end() {
    let service = Service::start().await;
    let expected: Vec<String> = Book::query()
        .filter(|b| b.author.contains("Austen"))
        .order_by(|b| (b.title.asc(), b.id.asc()))
        .select(|b| b.title)
        .all(&service.db)
        .unwrap();
    assert!(expected.len() > 4, "{expected:?}");

    let mut found = Vec::new();
    let mut path = "/books?author=Austen&order=title&limit=2".to_owned();
    loop {
        let (status, shelf) = service.get(&path).await;
        assert_eq!(status, 200, "{shelf}");
        let page = titles(&shelf);
        assert!((1..=2).contains(&page.len()), "{shelf}");
        found.extend(page.into_iter().map(str::to_owned));
        let Some(next) = shelf["next"].as_str() else { break };
        path = format!("/books?author=Austen&order=title&limit=2&after={next}");
    }
    assert_eq!(found, expected);
}

#[tokio::test]
async fn filters_and_orders_are_the_clients_choice_of_what_there_is() {
    let service = Service::start().await;
    let (_, all) = service.get("/books?limit=3&order=newest").await;
    let (_, some) = service.get("/books?limit=100&from=1900&title=the&order=newest").await;
    assert_eq!(titles(&all).len(), 3);
    let books = some["books"].as_array().unwrap();
    assert!(!books.is_empty());
    for book in books {
        assert!(book["published_year"].as_i64().unwrap() >= 1900, "{book}");
        assert!(book["title"].as_str().unwrap().to_lowercase().contains("the"), "{book}");
    }
    for wrong in ["/books?order=secret", "/books?password=x", "/books?after=nonsense"] {
        let (status, why) = service.get(wrong).await;
        assert_eq!(status, 400, "{wrong}: {why}");
    }
    // A cursor of another order.
    let next = all["next"].as_str().unwrap();
    let (status, why) = service.get(&format!("/books?order=title&after={next}")).await;
    assert_eq!(status, 422, "{why}");
}

#[tokio::test]
async fn a_book_is_added_once_and_found_again() {
    let service = Service::start().await;
    let dune = json!({
        "id": 100_001, "title": "Dune", "author": "Frank Herbert", "path": "Frank Herbert/Dune",
        "pages": 604, "published_year": 1965, "subjects": ["Deserts"],
    });
    let (status, added) = service.ask("POST", "/books", Some(dune.clone())).await;
    assert_eq!(status, 201, "{added}");
    let (status, found) = service.get("/books/100001").await;
    assert_eq!((status, &found), (200, &added));
    assert_eq!(found["subjects"], json!(["Deserts"]));

    let (status, why) = service.ask("POST", "/books", Some(dune)).await;
    assert_eq!(status, 409);
    assert_eq!(why["error"], "there is a book 100001 already");
    let none = json!({"id": 100_002, "title": "None", "author": "Nobody", "path": "None", "pages": 0});
    let (status, why) = service.ask("POST", "/books", Some(none)).await;
    assert_eq!(status, 422, "{why}");
    assert!(why["error"].as_str().unwrap().contains("pages"), "{why}");
    assert_eq!(service.get("/books/100002").await.0, 404);
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    let service = Service::start().await;
    let before = BookRepository::new(&service.db).get(1).unwrap();
    let (status, shown) =
        service.ask("PATCH", "/books/1", Some(json!({"title": "Another", "published_year": null}))).await;
    assert_eq!(status, 200, "{shown}");
    assert_eq!(shown["title"], "Another");
    let after = BookRepository::new(&service.db).get(1).unwrap();
    assert_eq!(after, Book { title: "Another".to_owned(), published_year: None, ..before.clone() });
    assert_ne!(before.published_year, None);

    let (status, why) = service.ask("PATCH", "/books/1", Some(json!({"pages": -1, "title": "x"}))).await;
    assert_eq!(status, 422, "{why}");
    let (status, why) = service.ask("PATCH", "/books/1", Some(json!({"titel": "x"}))).await;
    assert_eq!(status, 422);
    assert!(why.as_str().unwrap().contains("titel"), "{why}");
    assert_eq!(BookRepository::new(&service.db).get(1).unwrap(), after);
    assert_eq!(service.ask("PATCH", "/books/999999", Some(json!({"title": "x"}))).await.0, 404);
}

#[tokio::test]
async fn a_request_that_has_begun_is_answered_before_the_service_stops() {
    let service = Service::start().await;
    // The writer is held, so that the request waits inside.
    let (held, is_held) = oneshot::channel();
    let (let_go, go_on) = std::sync::mpsc::channel::<()>();
    let holder = tokio::spawn(service.db.run(move |db| {
        db.transaction(|_| {
            held.send(()).map_err(|()| Error::other("the test is gone"))?;
            go_on.recv().map_err(Error::other)
        })
    }));
    is_held.await.unwrap();
    let book = json!({"id": 100_003, "title": "Late", "author": "Somebody", "path": "Late"});
    let waiting = send(service.address, "POST", "/books", Some(book)).await;
    // Another one is answered meanwhile: the first has been accepted before it.
    assert_eq!(service.get("/books/1").await.0, 200);

    service.stop.send(()).unwrap();
    // Nobody else is let in from here on.
    while TcpStream::connect(service.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!service.ended.is_finished());
    let_go.send(()).unwrap();
    let (status, added) = answer(waiting).await;
    assert_eq!(status, 201, "{added}");
    service.ended.await.unwrap().unwrap();
    holder.await.unwrap().unwrap();
    assert_eq!(BookRepository::new(&service.db).get(100_003).unwrap().title, "Late");
    service.db.close().unwrap();
}
