//! What the feature `tracing` tells of closures that run elsewhere: it belongs to the span of who waits for them.
#![cfg(all(feature = "tokio", feature = "tracing"))]
#![allow(missing_docs)]

mod support;

use std::{
    cell::Cell,
    sync::{Arc, Mutex, OnceLock},
};

use support::{books, filled_memory};
use tracing::{Event, Instrument, Metadata, Subscriber, span};
use tracing_core::span::Current;

thread_local! {
    /// Whether this thread is in the span of the test.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

const REQUEST: u64 = 1;
const STATEMENT: u64 = 2;

/// Keeps for every statement whether it was told in the span of the test.
#[derive(Default)]
struct Listener {
    told: Arc<Mutex<Vec<bool>>>,
    span: OnceLock<&'static Metadata<'static>>,
}

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        if span.metadata().target() == "schema_core::sql" {
            return span::Id::from_u64(STATEMENT);
        }
        self.span.get_or_init(|| span.metadata());
        span::Id::from_u64(REQUEST)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        if event.metadata().target() == "schema_core::sql" {
            self.told.lock().unwrap().push(INSIDE.get());
        }
    }

    fn enter(&self, span: &span::Id) {
        if span.into_u64() == REQUEST {
            INSIDE.set(true);
        }
    }

    fn exit(&self, span: &span::Id) {
        if span.into_u64() == REQUEST {
            INSIDE.set(false);
        }
    }

    fn current_span(&self) -> Current {
        match self.span.get() {
            Some(span) if INSIDE.get() => Current::new(span::Id::from_u64(REQUEST), span),
            _ => Current::none(),
        }
    }
}

#[tokio::test]
async fn the_statements_of_a_closure_are_told_in_the_span_of_who_waits_for_it() {
    let listener = Listener::default();
    let told = Arc::clone(&listener.told);
    tracing::subscriber::set_global_default(listener).unwrap();
    let db = filled_memory();

    told.lock().unwrap().clear();
    let seen = db.run(|db| Ok(books(db))).instrument(tracing::info_span!("request")).await;
    assert_eq!(seen.unwrap(), 500);
    let inside = std::mem::take(&mut *told.lock().unwrap());
    assert!(!inside.is_empty() && inside.iter().all(|inside| *inside), "{inside:?}");

    db.run(|db| Ok(books(db))).await.unwrap();
    let outside = std::mem::take(&mut *told.lock().unwrap());
    assert!(!outside.is_empty() && outside.iter().all(|inside| !inside), "{outside:?}");
}
