//! The code of functions, for every connection of a handle.

use std::{
    any::Any,
    cmp::Ordering,
    error::Error as StdError,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use rusqlite::{
    Connection,
    functions::{Aggregate, Context, FunctionFlags, WindowAggregate},
    types::{Value as Sql, ValueRef},
};

use super::{AggregateFunction, Function, FunctionArguments};
use crate::{
    error::{Error, Result},
    value::{CellError, Row, SqlType, Value},
};

/// Puts one function on a connection.
type Register = dyn Fn(&Connection) -> rusqlite::Result<()> + Send + Sync;

/// What the code of a function may fail with.
type Failed = Box<dyn StdError + Send + Sync>;

/// What every connection of a handle is given.
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct Functions(Vec<(&'static str, Arc<Register>)>);

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// The same code, not only the same names.
impl PartialEq for Functions {
    fn eq(&self, other: &Self) -> bool {
        let same = |(left, right): (&(_, Arc<Register>), &(_, Arc<Register>))| Arc::ptr_eq(&left.1, &right.1);
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}
impl Eq for Functions {}

impl Functions {
    /// Puts all of them on a connection.
    ///
    /// # Errors
    /// SQLite refuses a name.
    pub fn register(&self, connection: &Connection) -> Result<()> {
        for (name, register) in &self.0 {
            register(connection)
                .map_err(|error| Error::from(error).context(format_args!("registering `{name}`")))?;
        }
        Ok(())
    }

    fn push(
        &mut self,
        name: &'static str,
        register: impl Fn(&Connection) -> rusqlite::Result<()> + Send + Sync + 'static,
    ) {
        self.0.push((name, Arc::new(register)));
    }

    pub(crate) fn function<A, R, F, E>(&mut self, function: Function<A, R>, code: F)
    where
        A: FunctionArguments,
        R: SqlType,
        F: Fn(A::Values) -> Result<R::Rust, E> + Send + Sync + 'static,
        E: Into<Failed>,
    {
        let (name, code) = (function.name, Arc::new(code));
        let mut flags = FunctionFlags::SQLITE_UTF8;
        flags.set(FunctionFlags::SQLITE_DETERMINISTIC, !function.is_changing);
        // Without it `trusted_schema = OFF` would refuse every statement on a table whose CHECK or index calls it.
        flags.set(FunctionFlags::SQLITE_INNOCUOUS, !function.is_direct);
        flags.set(FunctionFlags::SQLITE_DIRECTONLY, function.is_direct);
        self.push(name, move |connection| {
            let code = Arc::clone(&code);
            connection.create_scalar_function(name, i32::from(A::COUNT), flags, move |context| {
                answered(name, || {
                    let Some(values) = arguments::<A>(context)? else { return Ok(Sql::Null) };
                    given::<R>(&code(values).map_err(Into::into)?)
                })
            })
        });
    }

    pub(crate) fn aggregate<A, R, S>(
        &mut self,
        function: AggregateFunction<A, R>,
        begin: impl Fn() -> S + Send + Sync + 'static,
        step: impl Fn(&mut S, A::Values) + Send + Sync + 'static,
        finish: impl Fn(S) -> R::Rust + Send + Sync + 'static,
    ) where
        A: FunctionArguments,
        R: SqlType,
        S: Send + 'static,
    {
        let name = function.name;
        let code =
            Arc::new(Code { name, begin, step, finish, types: std::marker::PhantomData::<fn(A) -> (S, R)> });
        let flags = FunctionFlags::SQLITE_UTF8
            | FunctionFlags::SQLITE_DETERMINISTIC
            | FunctionFlags::SQLITE_INNOCUOUS;
        self.push(name, move |connection| {
            let shared = Shared(Arc::clone(&code));
            connection.create_aggregate_function(name, i32::from(A::COUNT), flags, shared)
        });
    }

    pub(crate) fn window_aggregate<A, R, S>(
        &mut self,
        function: AggregateFunction<A, R>,
        begin: impl Fn() -> S + Send + Sync + 'static,
        step: impl Fn(&mut S, A::Values) + Send + Sync + 'static,
        step_back: impl Fn(&mut S, A::Values) + Send + Sync + 'static,
        value: impl Fn(&S) -> R::Rust + Send + Sync + 'static,
    ) where
        A: FunctionArguments,
        R: SqlType,
        S: Send + 'static,
    {
        let name = function.name;
        let code = Arc::new(WindowCode {
            name,
            begin,
            step,
            step_back,
            value,
            types: std::marker::PhantomData::<fn(A) -> (S, R)>,
        });
        let flags = FunctionFlags::SQLITE_UTF8
            | FunctionFlags::SQLITE_DETERMINISTIC
            | FunctionFlags::SQLITE_INNOCUOUS;
        self.push(name, move |connection| {
            let shared = Shared(Arc::clone(&code));
            connection.create_window_function(name, i32::from(A::COUNT), flags, shared)
        });
    }

    pub(crate) fn collation(
        &mut self,
        name: &'static str,
        compare: impl Fn(&str, &str) -> Ordering + Send + Sync + 'static,
    ) {
        let compare = Arc::new(compare);
        self.push(name, move |connection| {
            let (compare, interrupt) = (Arc::clone(&compare), connection.get_interrupt_handle());
            connection.create_collation(name, move |left: &str, right: &str| {
                catch_unwind(AssertUnwindSafe(|| compare(left, right))).unwrap_or_else(|_| {
                    // SQLite has no way to fail here: what runs is ended, so that nothing is kept of a wrong order.
                    interrupt.interrupt();
                    left.cmp(right)
                })
            })
        });
    }
}

/// The code of an aggregate.
struct Code<B, P, F, T> {
    name: &'static str,
    begin: B,
    step: P,
    finish: F,
    types: std::marker::PhantomData<T>,
}

struct Shared<C>(Arc<C>);

impl<A, R, S, B, P, F> Aggregate<AssertUnwindSafe<S>, Sql> for Shared<Code<B, P, F, fn(A) -> (S, R)>>
where
    A: FunctionArguments,
    R: SqlType,
    S: Send + 'static,
    B: Fn() -> S,
    P: Fn(&mut S, A::Values),
    F: Fn(S) -> R::Rust,
{
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<AssertUnwindSafe<S>> {
        answered(self.0.name, || Ok(AssertUnwindSafe((self.0.begin)())))
    }

    fn step(&self, context: &mut Context<'_>, state: &mut AssertUnwindSafe<S>) -> rusqlite::Result<()> {
        answered(self.0.name, || {
            // As SQLite's own, it leaves out a row with a NULL.
            if let Some(values) = arguments::<A>(context)? {
                (self.0.step)(state, values);
            }
            Ok(())
        })
    }

    fn finalize(&self, _: &mut Context<'_>, state: Option<AssertUnwindSafe<S>>) -> rusqlite::Result<Sql> {
        answered(self.0.name, || {
            let state = state.map_or_else(|| (self.0.begin)(), |AssertUnwindSafe(state)| state);
            given::<R>(&(self.0.finish)(state))
        })
    }
}

/// The code of an aggregate that windows move along.
struct WindowCode<B, P, U, V, T> {
    name: &'static str,
    begin: B,
    step: P,
    step_back: U,
    value: V,
    types: std::marker::PhantomData<T>,
}

impl<A, R, S, B, P, U, V> Aggregate<AssertUnwindSafe<S>, Sql>
    for Shared<WindowCode<B, P, U, V, fn(A) -> (S, R)>>
where
    A: FunctionArguments,
    R: SqlType,
    S: Send + 'static,
    B: Fn() -> S,
    P: Fn(&mut S, A::Values),
    V: Fn(&S) -> R::Rust,
{
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<AssertUnwindSafe<S>> {
        answered(self.0.name, || Ok(AssertUnwindSafe((self.0.begin)())))
    }

    fn step(&self, context: &mut Context<'_>, state: &mut AssertUnwindSafe<S>) -> rusqlite::Result<()> {
        answered(self.0.name, || {
            if let Some(values) = arguments::<A>(context)? {
                (self.0.step)(state, values);
            }
            Ok(())
        })
    }

    fn finalize(&self, _: &mut Context<'_>, state: Option<AssertUnwindSafe<S>>) -> rusqlite::Result<Sql> {
        answered(self.0.name, || {
            let state = state.map_or_else(|| (self.0.begin)(), |AssertUnwindSafe(state)| state);
            given::<R>(&(self.0.value)(&state))
        })
    }
}

impl<A, R, S, B, P, U, V> WindowAggregate<AssertUnwindSafe<S>, Sql>
    for Shared<WindowCode<B, P, U, V, fn(A) -> (S, R)>>
where
    A: FunctionArguments,
    R: SqlType,
    S: Send + 'static,
    B: Fn() -> S,
    P: Fn(&mut S, A::Values),
    U: Fn(&mut S, A::Values),
    V: Fn(&S) -> R::Rust,
{
    fn value(&self, state: Option<&mut AssertUnwindSafe<S>>) -> rusqlite::Result<Sql> {
        answered(self.0.name, || match state {
            Some(state) => given::<R>(&(self.0.value)(state)),
            None => given::<R>(&(self.0.value)(&(self.0.begin)())),
        })
    }

    fn inverse(&self, context: &mut Context<'_>, state: &mut AssertUnwindSafe<S>) -> rusqlite::Result<()> {
        answered(self.0.name, || {
            if let Some(values) = arguments::<A>(context)? {
                (self.0.step_back)(state, values);
            }
            Ok(())
        })
    }
}

/// Runs code of the application: what it fails with and a panic in it are the statement's error.
fn answered<T>(name: &str, work: impl FnOnce() -> Result<T, Failed>) -> rusqlite::Result<T> {
    let why = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => format!("it panicked: {}", message(&*panic)),
    };
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR);
    Err(rusqlite::Error::SqliteFailure(code, Some(format!("the function `{name}` has failed: {why}"))))
}

/// What a panic said.
fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it said nothing")
}

/// The arguments of a call; `None` where one is NULL that the function does not take as an `Option`.
fn arguments<A: FunctionArguments>(context: &Context<'_>) -> Result<Option<A::Values>, Failed> {
    let mut values = Vec::with_capacity(context.len());
    for (at, nullable) in A::NULLABLE.iter().enumerate().take(context.len()) {
        let value = match context.get_raw(at) {
            ValueRef::Null if !nullable => return Ok(None),
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => Value::Integer(value),
            ValueRef::Real(value) => Value::Real(value),
            ValueRef::Text(bytes) => Value::Text(String::from_utf8(bytes.to_vec())?),
            ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        };
        values.push(value);
    }
    let fitting = A::read(Row::Values(&values));
    fitting.map(Some).map_err(|error: CellError| format!("argument {}: {error}", error.position() + 1).into())
}

fn given<R: SqlType>(value: &R::Rust) -> Result<Sql, Failed> {
    Ok(match R::to_value(value)? {
        Value::Null => Sql::Null,
        Value::Integer(value) => Sql::Integer(value),
        Value::Real(value) => Sql::Real(value),
        Value::Text(value) => Sql::Text(value),
        Value::Blob(value) => Sql::Blob(value),
    })
}
