//! Closures that are awaited: who runs, who waits, what becomes of a future that is dropped.
#![cfg(feature = "tokio")]
#![allow(missing_docs)]

mod support;

use std::{
    future::Future,
    pin::pin,
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Waker},
};

use schema_core::{CancelHandle, Db, Error, Result, rusqlite};
use support::{Library, books, count, filled, filled_file, filled_memory, folder, insert};
use tokio::sync::oneshot;

/// Runs until somebody interrupts it.
const ENDLESS: &str =
    "WITH RECURSIVE up(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM up) SELECT max(i) FROM up";

fn endless(connection: &rusqlite::Connection) -> rusqlite::Result<i64> {
    connection.query_row(ENDLESS, [], |row| row.get(0))
}

fn one_at_a_time(folder: &tempfile::TempDir) -> Db<Library> {
    Db::options().runs(1).open(filled_file(folder)).unwrap()
}

/// Polls once, for nobody.
fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

async fn reads_and_writes(db: Db<Library>) {
    let title = String::from("a book of the task's");
    let count_after = db
        .run(move |db| {
            db.transaction(|tx| {
                tx.sqlite_raw(insert(&title))?;
                tx.sqlite_raw(count)
            })
        })
        .await
        .unwrap();
    assert_eq!(count_after, 501);
    let error = db.run(|db| db.sqlite_raw(insert("book 7"))).await.unwrap_err();
    assert_eq!(error.violation().unwrap().columns, ["title"]);
    assert_eq!(db.run(|db| Ok(books(db))).await.unwrap(), 501);
}

#[tokio::test]
async fn a_closure_reads_and_writes_on_one_thread() {
    let folder = folder();
    reads_and_writes(filled(&folder)).await;
    reads_and_writes(filled_memory()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closure_reads_and_writes_on_several_threads() {
    let folder = folder();
    let db = filled(&folder);
    reads_and_writes(db.clone()).await;
    let tasks: Vec<_> = (0..20)
        .map(|number| {
            tokio::spawn(db.run(move |db| {
                db.transaction(|tx| tx.sqlite_raw(insert(&format!("of task {number}"))))?;
                db.sqlite_raw(count)
            }))
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap().unwrap() > 501);
    }
    assert_eq!(books(&db), 521);
}

#[tokio::test]
async fn other_tasks_of_the_thread_go_on_meanwhile() {
    let db = filled_memory();
    let (tell, told) = mpsc::channel();
    let waits = db.run(move |db| {
        let title: String = told.recv().unwrap();
        db.sqlite_raw(insert(&title))
    });
    // On one thread: a closure that blocked it would wait for ever.
    let (inserted, ()) = tokio::join!(waits, async { tell.send("told".to_owned()).unwrap() });
    inserted.unwrap();
    assert_eq!(books(&db), 501);
}

/// What a closure and the one who drops its future tell each other.
struct Signals {
    begun: oneshot::Sender<()>,
    dropped: mpsc::Receiver<()>,
}

/// Drops the future of `work` once that says that it has begun, and gives what became of the work.
async fn drop_while_running<R: Send + 'static>(
    db: &Db<Library>,
    work: impl FnOnce(&Db<Library>, Signals) -> Result<R> + Send + 'static,
) -> Result<R> {
    let (answer, answered) = oneshot::channel();
    let (begun, begins) = oneshot::channel();
    let (tell, dropped) = mpsc::channel();
    let mut running = Box::pin(db.run(move |db| {
        let _ = answer.send(work(db, Signals { begun, dropped }));
        Ok(())
    }));
    tokio::select! {
        _ = &mut running => panic!("the closure has ended before it was dropped"),
        begun = begins => begun.unwrap(),
    }
    drop(running);
    // A closure that does not wait for it is gone.
    let _ = tell.send(());
    answered.await.unwrap()
}

#[tokio::test]
async fn dropping_the_future_interrupts_its_statement_and_rolls_its_transaction_back() {
    let folder = folder();
    for db in [filled(&folder), filled_memory()] {
        let error = drop_while_running(&db, |db, signals| {
            db.transaction(|tx| {
                tx.sqlite_raw(insert("of a future that is dropped"))?;
                signals.begun.send(()).unwrap();
                tx.sqlite_raw(endless)
            })
        })
        .await
        .unwrap_err();
        assert!(error.is_cancelled(), "{error:?}");
        assert_eq!(books(&db), 500);
        // The handle itself was not cancelled.
        db.run(|db| db.sqlite_raw(insert("later"))).await.unwrap();
        assert_eq!(books(&db), 501);
    }
}

#[tokio::test]
async fn dropping_the_future_rolls_a_transaction_back_that_is_between_two_calls() {
    let folder = folder();
    let db = filled(&folder);
    let error = drop_while_running(&db, |db, signals| {
        db.transaction(|tx| {
            tx.sqlite_raw(insert("of a future that is dropped"))?;
            signals.begun.send(()).unwrap();
            signals.dropped.recv().unwrap();
            Ok(())
        })
    })
    .await
    .unwrap_err();
    assert!(error.is_cancelled(), "{error:?}");
    assert_eq!(books(&db), 500);
}

#[tokio::test]
async fn what_was_committed_before_the_future_was_dropped_is_kept_and_nothing_follows() {
    let folder = folder();
    let db = filled(&folder);
    let error = drop_while_running(&db, |db, signals| {
        db.sqlite_raw(insert("kept"))?;
        signals.begun.send(()).unwrap();
        signals.dropped.recv().unwrap();
        db.sqlite_raw(insert("too late"))
    })
    .await
    .unwrap_err();
    assert!(error.is_cancelled(), "{error:?}");
    assert_eq!(books(&db), 501);
}

#[tokio::test]
async fn a_closure_whose_future_is_dropped_before_its_turn_never_runs() {
    let folder = folder();
    let db = one_at_a_time(&folder);
    let ran = Arc::new(AtomicBool::new(false));
    let (go_on, wait) = mpsc::channel::<()>();
    let mut first = pin!(db.run(move |db| {
        wait.recv().unwrap();
        Ok(books(db))
    }));
    assert!(poll(first.as_mut()).is_pending());
    let mut second = Box::pin(db.run({
        let ran = Arc::clone(&ran);
        move |_| {
            ran.store(true, Ordering::SeqCst);
            Ok(())
        }
    }));
    assert!(poll(second.as_mut()).is_pending());
    drop(second);
    go_on.send(()).unwrap();
    assert_eq!(first.await.unwrap(), 500);
    // Its turn would have been before this one's.
    db.run(|_| Ok(())).await.unwrap();
    assert!(!ran.load(Ordering::SeqCst));
}

#[tokio::test]
async fn a_closure_that_was_handed_to_the_runtime_comes_to_its_end() {
    let folder = folder();
    let db = filled(&folder);
    let (go_on, wait) = mpsc::channel::<()>();
    let (ended, ends) = oneshot::channel();
    let spawned = tokio::spawn(db.run(move |db| {
        wait.recv().unwrap();
        db.sqlite_raw(insert("whoever waits"))?;
        let _ = ended.send(());
        Ok(())
    }));
    drop(spawned);
    go_on.send(()).unwrap();
    ends.await.unwrap();
    assert_eq!(books(&db), 501);
}

#[tokio::test]
async fn the_cancel_handle_of_the_handle_reaches_into_its_closures() {
    let folder = folder();
    let db = filled(&folder);
    let cancel = CancelHandle::new();
    let request = db.with_cancel(&cancel);
    let (begun, begins) = oneshot::channel();
    let running = request.run(move |db| {
        begun.send(()).unwrap();
        db.sqlite_raw(endless)
    });
    let (answer, ()) = tokio::join!(running, async {
        begins.await.unwrap();
        cancel.cancel();
    });
    assert!(answer.unwrap_err().is_cancelled());
    assert!(request.run(|db| db.sqlite_raw(count)).await.unwrap_err().is_cancelled());
    assert_eq!(db.run(|db| db.sqlite_raw(count)).await.unwrap(), 500);
}

#[tokio::test]
async fn a_handle_that_a_closure_hands_out_is_not_cancelled_with_it() {
    let db = filled_memory();
    let handed_out = db.run(|db| Ok(db.clone())).await.unwrap();
    assert_eq!(books(&handed_out), 500);
}

#[tokio::test]
async fn a_panic_goes_on_in_the_caller_and_leaves_nothing_behind() {
    let folder = folder();
    let db = one_at_a_time(&folder);
    let panics = db.run(|db| {
        db.transaction(|tx| -> Result<()> {
            tx.sqlite_raw(insert("of a panic"))?;
            panic!("the shelf broke")
        })
    });
    let panic = tokio::spawn(panics).await.unwrap_err().into_panic();
    assert_eq!(*panic.downcast::<&str>().unwrap(), "the shelf broke");
    // Its place and the connection are free again.
    assert_eq!(db.run(|db| Ok(books(db))).await.unwrap(), 500);
    db.run(|db| db.sqlite_raw(insert("later"))).await.unwrap();
}

#[tokio::test]
async fn as_many_closures_run_at_once_as_the_options_say_and_no_more() {
    let folder = folder();
    let path = filled_file(&folder);
    let usual = Db::<Library>::options().readers(2).open(&path).unwrap();
    let chosen = Db::<Library>::options().runs(3).open(&path).unwrap();
    for db in [usual, chosen] {
        let at_once = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        // Three have to meet; with less than three at once they would wait for ever.
        let meet = Arc::new(Barrier::new(3));
        let tasks: Vec<_> = (0..30)
            .map(|_| {
                let (at_once, most, meet) = (Arc::clone(&at_once), Arc::clone(&most), Arc::clone(&meet));
                tokio::spawn(db.run(move |db| {
                    most.fetch_max(at_once.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    meet.wait();
                    let seen = books(db);
                    at_once.fetch_sub(1, Ordering::SeqCst);
                    Ok(seen)
                }))
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap(), 500);
        }
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }
    let error = Db::<Library>::options().runs(0).in_memory().unwrap_err();
    assert!(error.is_misuse() && error.to_string().contains("OpenOptions::runs"), "{error}");
}

#[test]
fn outside_of_a_runtime_it_is_an_error() {
    let db = filled_memory();
    let Poll::Ready(Err(error)) = poll(pin!(db.run(|db| Ok(books(db))))) else { panic!("no error") };
    assert!(error.is_misuse() && error.to_string().contains("tokio runtime"), "{error}");
}

#[test]
fn a_runtime_that_shuts_down_runs_nothing_more() {
    let db = filled_memory();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let handle = runtime.handle().clone();
    drop(runtime);
    let error = handle.block_on(db.run(|db| db.sqlite_raw(insert("too late")))).unwrap_err();
    assert!(error.is_cancelled() && error.to_string().contains("nothing was changed"), "{error}");
    assert_eq!(books(&db), 500);
}

#[tokio::test]
async fn a_closure_inside_of_a_closure_is_an_error_and_waits_for_nobody() {
    let folder = folder();
    let db = one_at_a_time(&folder);
    let error = db
        .run(|db| tokio::runtime::Handle::current().block_on(db.run(|db| Ok(books(db)))))
        .await
        .unwrap_err();
    assert!(
        error.is_misuse() && error.to_string().contains("the handle that the closure is given"),
        "{error}"
    );
    // Another database is another matter.
    let other = filled_memory();
    let seen =
        db.run(move |_| tokio::runtime::Handle::current().block_on(other.run(|db| Ok(books(db))))).await;
    assert_eq!(seen.unwrap(), 500);
}

#[tokio::test]
async fn an_error_of_the_applications_own_comes_out() {
    let db = filled_memory();
    let error = db.run(|_| Err::<(), _>(Error::other("out of stock"))).await.unwrap_err();
    assert_eq!(error.to_string(), "out of stock");
}

#[test]
fn a_closure_that_no_thread_has_begun_when_its_future_is_dropped_never_runs() {
    let runtime = tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    let db = filled_memory();
    let ran = Arc::new(AtomicBool::new(false));
    runtime.block_on(async {
        let (go_on, wait) = mpsc::channel::<()>();
        let other = tokio::task::spawn_blocking(move || wait.recv().unwrap());
        let mut queued = Box::pin(db.run({
            let ran = Arc::clone(&ran);
            move |_| {
                ran.store(true, Ordering::SeqCst);
                Ok(())
            }
        }));
        assert!(poll(queued.as_mut()).is_pending());
        drop(queued);
        go_on.send(()).unwrap();
        other.await.unwrap();
        // The only thread would have come to it before this one.
        db.run(|_| Ok(())).await.unwrap();
    });
    assert!(!ran.load(Ordering::SeqCst));
}
