//! Two schemas, rows, and the walk from one to the other and back.

use std::collections::BTreeMap;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_core::rusqlite::types::Value;
use schema_migrate::diff::{Answers, Comparison, compare};
use schema_migrate::inspect::{scratch, sqlite};
use schema_migrate::plan::{self, EngineVersion, Expectation, Level, Plan, Step};
use schema_migrate::run::{Asked, ask};

/// The targets that every pair is planned for.
pub(crate) const TARGETS: [EngineVersion; 2] = [EngineVersion::new(3, 54), EngineVersion::new(3, 40)];

/// The old schema with rows in it, and the new one.
pub(crate) struct Pair<'a> {
    pub(crate) from: &'a str,
    pub(crate) rows: &'a str,
    pub(crate) to: &'a str,
    pub(crate) answers: Answers,
    /// Columns, as `table.column` of the new schema, whose values change on purpose.
    pub(crate) changed: &'a [&'a str],
    /// Whether the way back brings every value of the old schema's kept columns back.
    pub(crate) reversible: bool,
}

impl<'a> Pair<'a> {
    pub(crate) fn new(from: &'a str, rows: &'a str, to: &'a str) -> Self {
        Self { from, rows, to, answers: Answers::default(), changed: &[], reversible: true }
    }

    pub(crate) fn rename(mut self, flag: &str) -> Self {
        self.answers.rename(flag).unwrap();
        self
    }

    pub(crate) fn drop(mut self, flag: &str) -> Self {
        self.answers.drop(flag).unwrap();
        self
    }

    pub(crate) fn backfill(mut self, flag: &str) -> Self {
        self.answers.backfill(flag).unwrap();
        self
    }

    pub(crate) fn convert(mut self, flag: &str) -> Self {
        self.answers.convert(flag).unwrap();
        self
    }

    pub(crate) fn changed(mut self, columns: &'a [&'a str]) -> Self {
        self.changed = columns;
        self
    }

    /// Walks to the new schema and back for every target, and gives what the walks showed.
    pub(crate) fn walk(&self) -> Vec<Walk> {
        TARGETS.iter().map(|target| self.walk_for(*target)).collect()
    }

    pub(crate) fn comparison(&self) -> (SchemaDef, SchemaDef, Comparison) {
        let (from, to) = (schema_of(self.from), schema_of(self.to));
        let comparison = compare(&from, &to, &to, &self.answers).unwrap();
        (from, to, comparison)
    }

    pub(crate) fn plan(&self, target: EngineVersion) -> Plan {
        let (from, to, comparison) = self.comparison();
        assert!(comparison.questions.is_empty(), "open questions: {:?}", comparison.questions);
        plan::sqlite(&from, &to, &comparison, &self.answers, target).unwrap()
    }

    /// Asks what every target's plan expects of the rows, gives what they answer, and shows that the
    /// plan then fails exactly where they stand against it.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut all: Vec<Vec<String>> = Vec::new();
        for target in TARGETS {
            let plan = self.plan(target);
            assert_eq!(plan.blocked, [], "{target}");
            let database = open(self.from);
            database.execute_batch("PRAGMA foreign_keys=OFF").unwrap();
            database.execute_batch(self.rows).unwrap();
            let answers: Vec<Asked> =
                plan.expectations.iter().map(|expectation| ask(&database, expectation).unwrap()).collect();
            let refuses = answers.iter().any(Asked::refuses);
            let done = attempt(&database, &plan.up);
            assert_eq!(refuses, done.is_err(), "{target}: {done:?}\n{answers:#?}\n{}", text(&plan.up));
            let told =
                answers.iter().filter(|asked| asked.rows > 0 || asked.expectation.level == Level::Required);
            all.push(told.map(Asked::text).collect());
        }
        assert_eq!(all[0], all[1], "what is asked depends on the target");
        all.swap_remove(0)
    }

    fn walk_for(&self, target: EngineVersion) -> Walk {
        let (from, to, comparison) = self.comparison();
        let plan = self.plan(target);
        assert!(plan.blocked.is_empty(), "blocked: {:?}", plan.blocked);
        assert!(plan.minimum_engine <= target, "{} > {target}", plan.minimum_engine);
        let database = open(self.from);
        database.execute_batch(self.rows).unwrap();
        assert!(is_clean(&database).is_empty(), "the rows of the test break their own schema");
        let before = Contents::read(&database);
        assert_eq!(refusing(&database, &plan.expectations), Vec::<String>::new(), "{target}: before up");
        apply(&database, &plan.up, plan.foreign_keys_off);
        let live = sqlite::schema(&database).unwrap();
        let rest = compare(&live, &to, &to, &Answers::default()).unwrap();
        assert!(
            rest.is_empty(),
            "{target}: after up {:?} {:?}\n{}",
            rest.changes,
            rest.questions,
            text(&plan.up)
        );
        let after = Contents::read(&database);
        before.assert_survived(&after, &comparison, self.changed, &text(&plan.up));
        assert_no_temporary_names(&database);
        let upgraded = dump(&database);
        crate::stock::opens(target, &database);
        let stock = crate::stock::walked(target, self.from, self.rows, &plan.up, plan.foreign_keys_off);
        if let Some(stock) = stock {
            let rest = compare(&sqlite::schema(&stock).unwrap(), &to, &to, &Answers::default()).unwrap();
            assert!(rest.is_empty(), "by the stock program: {:?}\n{}", rest.changes, text(&plan.up));
            before.assert_survived(&Contents::read(&stock), &comparison, self.changed, &text(&plan.up));
        }
        // What the plan says it cannot do on a filled table it need not do here.
        let stuck = |why: &String| why.contains("nothing can stand in") || why.contains("must hold no NULL");
        if plan.irreversible.iter().any(stuck) {
            return Walk { target, plan, upgraded };
        }
        assert_eq!(
            refusing(&database, &plan.down_expectations),
            Vec::<String>::new(),
            "{target}: before down"
        );
        apply(&database, &plan.down, plan.foreign_keys_off);
        let live = sqlite::schema(&database).unwrap();
        let rest = compare(&live, &from, &from, &Answers::default()).unwrap();
        assert!(
            rest.is_empty(),
            "{target}: after down {:?} {:?}\n{}",
            rest.changes,
            rest.questions,
            text(&plan.down)
        );
        assert_no_temporary_names(&database);
        if self.reversible && self.changed.is_empty() && plan.losses.is_empty() {
            assert_eq!(before, Contents::read(&database), "{target}: the way back\n{}", text(&plan.down));
        }
        Walk { target, plan, upgraded }
    }
}

/// What a walk showed.
pub(crate) struct Walk {
    pub(crate) target: EngineVersion,
    pub(crate) plan: Plan,
    /// The database after the way up, as statements.
    pub(crate) upgraded: Upgraded,
}

/// A copy of the database after the way up.
pub(crate) struct Upgraded(Connection);

impl Upgraded {
    pub(crate) fn text(&self, sql: &str) -> Vec<String> {
        let mut statement = self.0.prepare(sql).unwrap();
        let width = statement.column_count();
        let rows = statement.query_map([], |row| {
            let cells: Vec<String> =
                (0..width).map(|column| show(&row.get::<_, Value>(column).unwrap())).collect();
            Ok(cells.join("|"))
        });
        rows.unwrap().map(Result::unwrap).collect()
    }

    pub(crate) fn run(&self, sql: &str) {
        self.0.execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    pub(crate) fn fails(&self, sql: &str) -> String {
        self.0.execute_batch(sql).expect_err(sql).to_string()
    }
}

pub(crate) fn schema_of(sql: &str) -> SchemaDef {
    sqlite::schema(&open(sql)).unwrap()
}

/// The same for a schema that calls functions of the application: any function and sequence will do.
pub(crate) fn schema_of_application(sql: &str) -> SchemaDef {
    let database = scratch().unwrap();
    for statement in schema_migrate::sql::statements(sql).unwrap() {
        schema_migrate::inspect::execute(&database, statement.text).unwrap();
    }
    sqlite::schema(&database).unwrap()
}

fn open(sql: &str) -> Connection {
    let database = scratch().unwrap();
    database.execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    database.pragma_update(None, "foreign_keys", true).unwrap();
    database
}

/// Runs steps as a runner does: foreign keys off before BEGIN where the plan says so, one
/// transaction, checks at its end, settings back.
pub(crate) fn apply(database: &Connection, steps: &[Step], foreign_keys_off: bool) {
    if foreign_keys_off {
        database.pragma_update(None, "foreign_keys", false).unwrap();
    }
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    for step in steps {
        database.execute_batch(&step.sql).unwrap_or_else(|error| panic!("{error}\n{}", text(steps)));
    }
    assert_eq!(is_clean(database), Vec::<String>::new(), "{}", text(steps));
    // Names what is broken, whatever the application registers.
    database
        .execute_batch("CREATE TABLE _p(x); ALTER TABLE _p RENAME COLUMN x TO y; DROP TABLE _p")
        .unwrap_or_else(|error| panic!("{error}\n{}", text(steps)));
    database.execute_batch("COMMIT").unwrap();
    database.pragma_update(None, "foreign_keys", true).unwrap();
    let legacy: i64 = database.query_row("PRAGMA legacy_alter_table", [], |row| row.get(0)).unwrap();
    assert_eq!(legacy, 0, "legacy_alter_table is left on");
}

/// What the rows of a database answer to the expectations that they do not meet.
pub(crate) fn refusing(database: &Connection, expectations: &[Expectation]) -> Vec<String> {
    let asked = expectations.iter().map(|expectation| ask(database, expectation).unwrap());
    asked.filter(Asked::refuses).map(|asked| asked.text()).collect()
}

/// Runs steps and gives what SQLite says, in one transaction that is rolled back where it refuses.
pub(crate) fn attempt(database: &Connection, steps: &[Step]) -> Result<(), String> {
    database.pragma_update(None, "foreign_keys", false).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    let done = steps.iter().try_for_each(|step| database.execute_batch(&step.sql));
    let orphans = is_clean(database);
    let done = done.map_err(|error| error.to_string()).and_then(|()| {
        if orphans.is_empty() { Ok(()) } else { Err(format!("orphans of {}", orphans.join(", "))) }
    });
    database.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).unwrap();
    database.execute_batch("PRAGMA legacy_alter_table=OFF").unwrap();
    done
}

pub(crate) fn text(steps: &[Step]) -> String {
    plan::script(steps)
}

fn is_clean(database: &Connection) -> Vec<String> {
    let mut found = Vec::new();
    for pragma in ["integrity_check", "foreign_key_check"] {
        let mut statement = database.prepare(&format!("PRAGMA {pragma}")).unwrap();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let first = show(&row.get(0).unwrap());
            if first != "'ok'" {
                found.push(first);
            }
        }
    }
    found
}

fn assert_no_temporary_names(database: &Connection) {
    let left: Option<String> = database
        .query_row(
            "SELECT group_concat(sql) FROM sqlite_schema WHERE sql LIKE '%\\_new\\_%' ESCAPE '\\' \
             OR name LIKE '%\\_renamed%' ESCAPE '\\'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left, None, "a temporary name is left");
}

fn dump(database: &Connection) -> Upgraded {
    let mut copy = Connection::open_in_memory().unwrap();
    schema_core::rusqlite::backup::Backup::new(database, &mut copy)
        .unwrap()
        .run_to_completion(1000, std::time::Duration::ZERO, None)
        .unwrap();
    copy.pragma_update(None, "foreign_keys", true).unwrap();
    Upgraded(copy)
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(value) => value.to_string(),
        Value::Real(value) => format!("{value:?}"),
        Value::Text(value) => format!("'{value}'"),
        Value::Blob(value) => format!("{value:?}"),
    }
}

/// Every cell of every table, by table, in the order of the rows.
#[derive(Debug, PartialEq)]
struct Contents(BTreeMap<String, Rows>);

#[derive(Debug, PartialEq)]
struct Rows {
    columns: Vec<String>,
    /// By rowid where there is one, so that rows are told apart by it.
    cells: Vec<Vec<String>>,
}

impl Contents {
    fn read(database: &Connection) -> Self {
        let schema = sqlite::schema(database).unwrap();
        let mut found = BTreeMap::new();
        for table in schema.tables.iter() {
            let columns: Vec<String> = table.columns.iter().map(|column| column.name.to_string()).collect();
            let mut wanted: Vec<String> =
                columns.iter().map(|name| schema_core::dialect::quote_identifier(name)).collect();
            let rowid = ["_rowid_", "oid", "rowid"].into_iter().find(|name| table.column(name).is_none());
            let mut names = columns.clone();
            if let Some(rowid) = rowid.filter(|_| !table.without_rowid) {
                wanted.push(rowid.to_owned());
                names.push("(rowid)".to_owned());
            }
            let name = schema_core::dialect::quote_identifier(&table.name);
            let sql = format!("SELECT {} FROM {name} ORDER BY 1, 2", wanted.join(", "));
            let sql = if wanted.len() < 2 { sql.replace(" ORDER BY 1, 2", " ORDER BY 1") } else { sql };
            let mut statement = database.prepare(&sql).unwrap();
            let rows = statement.query_map([], |row| {
                Ok((0..wanted.len()).map(|cell| show(&row.get::<_, Value>(cell).unwrap())).collect())
            });
            let cells = rows.unwrap().map(Result::unwrap).collect();
            found.insert(table.name.to_string(), Rows { columns: names, cells });
        }
        Self(found)
    }

    /// Every cell whose column is still there, under whatever name, is what it was.
    fn assert_survived(&self, after: &Self, comparison: &Comparison, changed: &[&str], script: &str) {
        for (table, old) in &self.0 {
            let table = renamed_table(comparison, table);
            let Some(new) = after.0.get(&table) else { continue };
            assert_eq!(old.cells.len(), new.cells.len(), "rows of {table}\n{script}");
            for (position, column) in old.columns.iter().enumerate() {
                let column = renamed_column(comparison, &table, column);
                let path = format!("{table}.{column}");
                let Some(place) = new.columns.iter().position(|name| *name == column) else { continue };
                if changed.contains(&path.as_str()) {
                    continue;
                }
                let mut before: Vec<&String> = old.cells.iter().map(|row| &row[position]).collect();
                let mut now: Vec<&String> = new.cells.iter().map(|row| &row[place]).collect();
                before.sort();
                now.sort();
                assert_eq!(before, now, "{path}\n{script}");
            }
        }
    }
}

fn renamed_table(comparison: &Comparison, name: &str) -> String {
    use schema_migrate::diff::Change;
    let renamed = comparison.changes.iter().find_map(|change| match change {
        Change::RenameTable { from, to } if from == name => Some(to.clone()),
        _ => None,
    });
    renamed.unwrap_or_else(|| name.to_owned())
}

fn renamed_column(comparison: &Comparison, table: &str, name: &str) -> String {
    use schema_migrate::diff::Change;
    let renamed = comparison.changes.iter().find_map(|change| match change {
        Change::RenameColumn { table: changed, from, to } if changed == table && from == name => {
            Some(to.clone())
        }
        _ => None,
    });
    renamed.unwrap_or_else(|| name.to_owned())
}
