//! An application that carries the commands itself, without cargo: `embedded db status`.
//!
//! Six releases of its models are in here, so that its migrations can be tried out:
//! `APP_RELEASE=2 embedded db generate rename_name`. An application has one, made by the derives.

#[path = "releases/care.rs"]
mod care;
#[path = "releases/shop.rs"]
mod shop;

use std::{borrow::Cow, env, process::ExitCode};

use schema_cli::{Cli, SeedProgress};
use schema_core::{
    Schema, Tx,
    model::{
        ColumnDef, Deferrable, ForeignKeyAction, ForeignKeyDef, IndexDef, IndexPart, KeyColumn,
        PrimaryKeyDef, SchemaDef, TableDef,
    },
};

const fn column(name: &'static str, sql_type: &'static str, nullable: bool) -> ColumnDef {
    ColumnDef {
        name: Cow::Borrowed(name),
        field: Cow::Borrowed(name),
        sql_type: Cow::Borrowed(sql_type),
        nullable,
        ..ColumnDef::EMPTY
    }
}

const KEY: PrimaryKeyDef = PrimaryKeyDef {
    name: None,
    columns: Cow::Borrowed(&[KeyColumn::new("id")]),
    autoincrement: false,
    conflict: None,
    rowid_alias: true,
};

const fn users(columns: &'static [ColumnDef], indexes: &'static [IndexDef]) -> TableDef {
    TableDef {
        name: Cow::Borrowed("users"),
        model: Cow::Borrowed("User"),
        columns: Cow::Borrowed(columns),
        primary_key: Some(KEY),
        indexes: Cow::Borrowed(indexes),
        ..TableDef::EMPTY
    }
}

const ORDERS: TableDef = TableDef {
    name: Cow::Borrowed("orders"),
    model: Cow::Borrowed("Order"),
    columns: Cow::Borrowed(&[
        column("id", "INTEGER", false),
        column("user_id", "INTEGER", false),
        column("total_cents", "INTEGER", false),
    ]),
    primary_key: Some(KEY),
    foreign_keys: Cow::Borrowed(&[ForeignKeyDef {
        columns: Cow::Borrowed(&[Cow::Borrowed("user_id")]),
        table: Cow::Borrowed("users"),
        references: Cow::Borrowed(&[Cow::Borrowed("id")]),
        name: None,
        on_delete: ForeignKeyAction::NoAction,
        on_update: ForeignKeyAction::NoAction,
        deferrable: Deferrable::Not,
    }]),
    ..TableDef::EMPTY
};

const ID: ColumnDef = column("id", "INTEGER", false);

const NAME: ColumnDef = column("name", "TEXT", false);
const AGE: ColumnDef = column("age", "INTEGER", true);

const EMAIL_KEY: &[IndexPart] = &[IndexPart::column("email")];
const EMAIL_INDEX: &[IndexDef] = &[IndexDef {
    name: Cow::Borrowed("users_email_key"),
    parts: Cow::Borrowed(EMAIL_KEY),
    unique: true,
    filter: None,
    sql: None,
}];

const FIRST: &[ColumnDef] = &[ID, NAME, AGE];
/// `name` is called `full_name` now, and there are addresses.
const SECOND: &[ColumnDef] = &[ID, column("full_name", "TEXT", false), AGE, column("email", "TEXT", true)];
/// `age` is gone.
const THIRD: &[ColumnDef] = &[ID, NAME];
/// `country` needs a value for the rows that are there.
const FOURTH: &[ColumnDef] = &[ID, NAME, AGE, column("country", "TEXT", false)];
/// `age` is stored as text.
const FIFTH: &[ColumnDef] = &[ID, NAME, column("age", "TEXT", true)];
/// No two users have the same `age`.
const AGE_KEY: &[IndexPart] = &[IndexPart::column("age")];
const AGE_INDEX: &[IndexDef] = &[IndexDef {
    name: Cow::Borrowed("users_age_key"),
    parts: Cow::Borrowed(AGE_KEY),
    unique: true,
    filter: None,
    sql: None,
}];

macro_rules! release {
    ($name:ident, $called:literal, $tables:expr) => {
        #[derive(Debug)]
        struct $name;
        impl Schema for $name {
            const DEF: &'static SchemaDef = &SchemaDef {
                name: Cow::Borrowed($called),
                tables: {
                    const TABLES: &[Cow<'static, TableDef>] = $tables;
                    Cow::Borrowed(TABLES)
                },
                ..SchemaDef::EMPTY
            };
        }
    };
}

release!(First, "App", &[Cow::Borrowed(&users(FIRST, &[])), Cow::Borrowed(&ORDERS)]);
release!(Second, "App", &[Cow::Borrowed(&users(SECOND, EMAIL_INDEX)), Cow::Borrowed(&ORDERS)]);
release!(Third, "App", &[Cow::Borrowed(&users(THIRD, &[])), Cow::Borrowed(&ORDERS)]);
release!(Fourth, "App", &[Cow::Borrowed(&users(FOURTH, &[])), Cow::Borrowed(&ORDERS)]);
release!(Fifth, "App", &[Cow::Borrowed(&users(FIFTH, &[])), Cow::Borrowed(&ORDERS)]);
release!(Sixth, "App", &[Cow::Borrowed(&users(FIRST, AGE_INDEX)), Cow::Borrowed(&ORDERS)]);
release!(Archive, "Archive", &[Cow::Borrowed(&users(FIRST, &[]))]);

/// Rows for development. It may run again: rows that are there stay as they are.
fn seed(tx: &Tx<'_, First>, progress: &mut SeedProgress<'_>) -> schema_core::Result<()> {
    for (done, (id, name)) in (1..).zip([(1, "Ada"), (2, "Grace"), (3, "Barbara")]) {
        tx.sqlite_raw(|sqlite| {
            sqlite.execute(
                "INSERT INTO users (id, name) VALUES (?1, ?2) ON CONFLICT (id) DO NOTHING",
                (id, name),
            )
        })?;
        progress.at("users", done, 3);
    }
    tx.sqlite_raw(|sqlite| {
        sqlite.execute("INSERT INTO orders VALUES (1, 2, 499) ON CONFLICT (id) DO NOTHING", [])
    })?;
    // So that a failure can be tried out.
    if let Ok(sql) = env::var("SEED_RUNS") {
        tx.sqlite_raw(|sqlite| sqlite.execute_batch(&sql))?;
    }
    if let Ok(sql) = env::var("SEED_TRIES") {
        drop(tx.sqlite_raw(|sqlite| sqlite.execute_batch(&sql)));
    }
    match env::var("SEED_FAILS") {
        Ok(why) if why == "panic" => panic!("no rows today"),
        Ok(why) => Err(schema_core::Error::other(why)),
        Err(_) => Ok(()),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    if arguments.first().is_none_or(|first| first != "db") {
        println!("This is where the application would run. Its database: embedded db status");
        return ExitCode::SUCCESS;
    }
    let cli = Cli::new();
    let cli = match env::var("APP_RELEASE").as_deref() {
        Ok("2") => cli.schema::<Second>(),
        Ok("3") => cli.schema::<Third>(),
        Ok("4") => cli.schema::<Fourth>(),
        Ok("5") => cli.schema::<Fifth>(),
        Ok("6") => cli.schema::<Sixth>(),
        // Another application, in three releases.
        Ok("shop-1") => cli.schema::<shop::first::Shop>(),
        Ok("shop-2") => cli.schema::<shop::second::Shop>(),
        Ok("shop-3") => cli.schema::<shop::third::Shop>(),
        // One whose rows grow old.
        Ok("care") => cli.schema::<care::App>(),
        // An application with two databases.
        Ok("two") => cli.schema::<First>().schema::<Archive>(),
        _ => cli
            .schema::<First>()
            .seed::<First>(seed)
            .query("orders of a user", || "SELECT * FROM orders WHERE user_id = ? ORDER BY id")
            .query("a user", || "SELECT * FROM users WHERE id = ?"),
    };
    cli.called_as("embedded db ").run_with(arguments)
}
