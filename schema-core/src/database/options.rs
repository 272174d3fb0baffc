use std::{cmp::Ordering, ffi::OsStr, fmt, marker::PhantomData, time::Duration};

use super::{
    Db,
    changes::Subscribers,
    context::{Context, CursorKey},
    held,
    pool::Pool,
    shared::{Connections, Shared},
    target::Target,
};
use crate::{
    engine::sqlite::{Access, Settings, Tracing},
    error::{Error, Result},
    function::{AggregateFunction, Function, FunctionArguments, Functions},
    model::SchemaOwner,
    schema::Schema,
    value::SqlType,
};

/// How to open a database. Made by [`Db::options`].
pub struct OpenOptions<S> {
    busy_timeout: Duration,
    readers: usize,
    read_only: bool,
    create: bool,
    cursor_key: Option<Vec<u8>>,
    query_timeout: Option<Duration>,
    tracing: Tracing,
    #[cfg(feature = "tokio")]
    runs: Option<usize>,
    functions: Functions,
    schema: PhantomData<fn() -> S>,
}

impl<S: Schema> OpenOptions<S> {
    pub(super) fn new() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            readers: 4,
            read_only: false,
            create: true,
            cursor_key: None,
            query_timeout: None,
            tracing: Tracing::default(),
            #[cfg(feature = "tokio")]
            runs: None,
            functions: Functions::default(),
            schema: PhantomData,
        }
    }

    /// How long to wait while others hold the database, before [`is_busy`](Error::is_busy). 5 seconds.
    pub fn busy_timeout(mut self, wait: Duration) -> Self {
        self.busy_timeout = wait;
        self
    }

    /// How long a call may take, as [`Db::with_timeout`] sets it. As long as it takes.
    pub fn query_timeout(mut self, limit: Duration) -> Self {
        self.query_timeout = Some(limit);
        self
    }

    /// How many connections read side by side; they are opened when first needed. 4.
    pub fn readers(mut self, readers: usize) -> Self {
        self.readers = readers;
        self
    }

    /// Whether writing is refused. No.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = read_only;
        self
    }

    /// Whether a file that does not exist is created. Yes, unless opened read-only or the schema is
    /// somebody else's.
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// A secret of at least 16 bytes that signs the cursors of pages: one that was changed or made by
    /// somebody else is refused. Without it a cursor is checked for its form and order alone.
    pub fn cursor_key(mut self, secret: impl AsRef<[u8]>) -> Self {
        self.cursor_key = Some(secret.as_ref().to_vec());
        self
    }

    /// From which duration on a statement is warned of, as an event of `tracing` with target `schema_core::sql`. None is,
    /// unless this is said.
    #[cfg(feature = "tracing")]
    pub fn slow_query(mut self, from: Duration) -> Self {
        self.tracing.slow = Some(from);
        self
    }

    /// How many closures of [`Db::run`] run side by side; others wait for their turn. As many as there are
    /// connections, unless this is said: [`readers`](Self::readers) and one, or one in memory.
    ///
    /// More of them help where closures do much beside their queries.
    #[cfg(feature = "tokio")]
    pub fn runs(mut self, at_once: usize) -> Self {
        self.runs = Some(at_once);
        self
    }

    /// Gives a function of the application its code, on every connection. An argument that is NULL, and no `Option` in
    /// the declaration, gives NULL without a call, as with SQLite's own functions. A panic is an error of the statement.
    pub fn function<A: FunctionArguments, R: SqlType>(
        self,
        function: Function<A, R>,
        code: impl Fn(A::Values) -> R::Rust + Send + Sync + 'static,
    ) -> Self {
        self.try_function(function, move |values| Ok::<_, Error>(code(values)))
    }

    /// As [`function`](Self::function), with code that may fail: its error is that of the statement.
    pub fn try_function<
        A: FunctionArguments,
        R: SqlType,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    >(
        mut self,
        function: Function<A, R>,
        code: impl Fn(A::Values) -> Result<R::Rust, E> + Send + Sync + 'static,
    ) -> Self {
        self.functions.function(function, code);
        self
    }

    /// Gives an aggregate of the application its code, on every connection: what a group begins with, what a row does
    /// to it, and what it comes to. A row is left out where an argument is NULL that is no `Option` in the declaration.
    pub fn aggregate<A: FunctionArguments, R: SqlType, G: Send + 'static>(
        mut self,
        function: AggregateFunction<A, R>,
        begin: impl Fn() -> G + Send + Sync + 'static,
        step: impl Fn(&mut G, A::Values) + Send + Sync + 'static,
        finish: impl Fn(G) -> R::Rust + Send + Sync + 'static,
    ) -> Self {
        self.functions.aggregate(function, begin, step, finish);
        self
    }

    /// As [`aggregate`](Self::aggregate), for an aggregate that stands over windows too:
    /// `SPREAD.of((b.price,)).over(|w| w.order_by(b.id.asc()).rows_around(2, 2))`. `step_back` takes back what `step` did for
    /// a row that has left the window, and `value` says what the rows in it come to, several times.
    pub fn window_aggregate<A: FunctionArguments, R: SqlType, G: Send + 'static>(
        mut self,
        function: AggregateFunction<A, R>,
        begin: impl Fn() -> G + Send + Sync + 'static,
        step: impl Fn(&mut G, A::Values) + Send + Sync + 'static,
        step_back: impl Fn(&mut G, A::Values) + Send + Sync + 'static,
        value: impl Fn(&G) -> R::Rust + Send + Sync + 'static,
    ) -> Self {
        self.functions.window_aggregate(function, begin, step, step_back, value);
        self
    }

    /// Adds a collating sequence, on every connection: an order of texts, for `COLLATE` and
    /// [`collate`](crate::expr::Expr::collate). The order must be total and stay the same for as long as an index is
    /// kept in it. A panic ends what runs.
    pub fn collation(
        mut self,
        name: &'static str,
        compare: impl Fn(&str, &str) -> Ordering + Send + Sync + 'static,
    ) -> Self {
        self.functions.collation(name, compare);
        self
    }

    /// Opens `sqlite:data/library.db`, `sqlite::memory:` or a plain path.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn open(self, url: impl AsRef<OsStr>) -> Result<Db<S>> {
        self.check()?;
        let path = match Target::parse(url.as_ref())? {
            Target::Memory => return self.in_memory(),
            Target::File(path) => path,
        };
        let (first, settings) = Settings::open(
            &path,
            S::DEF,
            self.access(),
            self.busy_timeout,
            self.tracing,
            self.functions.clone(),
        )?;
        let connections = if settings.writes() {
            let writer = Pool::with(1, first);
            held::remember(&path, writer.holder());
            Connections::Writable { readers: Pool::new(self.readers), writer }
        } else {
            Connections::ReadOnly { readers: Pool::with(self.readers, first) }
        };
        let shared = Shared {
            target: Target::File(path),
            wait: self.busy_timeout,
            settings,
            connections,
            subscribers: Subscribers::default(),
            #[cfg(feature = "tokio")]
            places: super::run::Places::new(self.runs.unwrap_or_else(|| self.readers.saturating_add(1))),
        };
        Ok(Db::new(shared, self.context()))
    }

    /// An empty database in memory.
    ///
    /// # Errors
    /// As [`Db::in_memory`]; also with [`read_only`](Self::read_only), since nothing could ever be in it.
    pub fn in_memory(self) -> Result<Db<S>> {
        self.in_memory_from(None)
    }

    /// A database in memory that begins as a copy of another one and is its own from then on.
    ///
    /// # Errors
    /// As [`in_memory`](Self::in_memory); also where the other one cannot be read.
    pub fn in_memory_copy(self, of: &rusqlite::Connection) -> Result<Db<S>> {
        self.in_memory_from(Some(of))
    }

    fn in_memory_from(self, source: Option<&rusqlite::Connection>) -> Result<Db<S>> {
        self.check()?;
        if self.read_only {
            return Err(Error::misuse("a read-only database in memory would stay empty"));
        }
        let (only, settings) =
            Settings::open_in_memory(self.busy_timeout, self.tracing, self.functions.clone(), source)?;
        let shared = Shared {
            target: Target::Memory,
            wait: self.busy_timeout,
            settings,
            connections: Connections::Single(Pool::with(1, only)),
            subscribers: Subscribers::default(),
            #[cfg(feature = "tokio")]
            places: super::run::Places::new(self.runs.unwrap_or(1)),
        };
        Ok(Db::new(shared, self.context()))
    }

    fn context(&self) -> Context {
        let cursor_key = self.cursor_key.as_deref().map(CursorKey::new);
        Context { cursor_key, timeout: self.query_timeout, cancel: None }
    }

    fn check(&self) -> Result<()> {
        if self.cursor_key.as_ref().is_some_and(|secret| secret.len() < 16) {
            return Err(Error::misuse("`OpenOptions::cursor_key` must have at least 16 bytes"));
        }
        if self.readers == 0 {
            return Err(Error::misuse("`OpenOptions::readers` must be at least 1"));
        }
        #[cfg(feature = "tokio")]
        if self.runs == Some(0) {
            return Err(Error::misuse("`OpenOptions::runs` must be at least 1"));
        }
        Ok(())
    }

    fn access(&self) -> Access {
        match S::DEF.owner {
            _ if self.read_only => Access::Read,
            SchemaOwner::External => Access::Read,
            SchemaOwner::Application if self.create => Access::Create,
            SchemaOwner::Application | SchemaOwner::ExternalWritable => Access::Write,
        }
    }
}

impl<S> fmt::Debug for OpenOptions<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenOptions")
            .field("busy_timeout", &self.busy_timeout)
            .field("query_timeout", &self.query_timeout)
            .field("readers", &self.readers)
            .field("read_only", &self.read_only)
            .field("create", &self.create)
            .field("has_cursor_key", &self.cursor_key.is_some())
            .finish_non_exhaustive()
    }
}
