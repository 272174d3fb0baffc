use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use schema_core::dialect::quote_identifier;
use schema_core::dialect::sqlite::{create_index, create_table, create_view, full_text_statements};
use schema_core::model::{Engine, SchemaDef, TableDef, TriggerDef, ViewDef, VirtualTableDef};
use schema_core::rusqlite::Connection;

use super::replay::broken;
use super::{Uncompiled, execute, scratch, sqlite, uncompiled};
use crate::sql::words;
use crate::{Error, Result};

/// Views a scratch database; each brings the tables that it reads with it.
const VIEWS_A_DATABASE: usize = 50;

/// The declared views as SQLite stores them: built beside everything that they name, tried, and
/// compared with the columns that their models read.
pub(super) fn build(declared: &SchemaDef) -> Result<Vec<Cow<'static, ViewDef>>> {
    let own: Vec<usize> = (0..declared.views.len())
        .filter(|position| declared.views[*position].sql.on(Engine::Sqlite).is_some())
        .collect();
    let objects = Objects::of(declared);
    let mut found: Vec<Cow<'static, ViewDef>> = Vec::with_capacity(own.len());
    for chunk in own.chunks(VIEWS_A_DATABASE) {
        let connection = objects.scratch(chunk)?;
        let inspected = sqlite::schema(&connection)?;
        let tried =
            inspected.views.iter().filter(|view| !objects.has_verbatim(&view.name)).cloned().collect();
        let tried = SchemaDef { views: tried, ..SchemaDef::EMPTY };
        if let Some(found) = uncompiled(&connection, &tried).into_iter().next() {
            return Err(objects.uncompiled(&found));
        }
        for position in chunk {
            let view = declared.views[*position].as_ref();
            let stored = inspected.views.iter().find(|stored| stored.name.eq_ignore_ascii_case(&view.name));
            compare_columns(&connection, view)?;
            found.extend(stored.map(|stored| {
                Cow::Owned(ViewDef {
                    model: view.model.clone(),
                    source: view.source.clone(),
                    doc: view.doc.clone(),
                    columns: view.columns.clone(),
                    ..stored.as_ref().clone()
                })
            }));
        }
    }
    found.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(found)
}

/// What a view can name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Object {
    Table(usize),
    View(usize),
    Virtual(usize),
}

/// Everything that was declared, by its name in lower case.
struct Objects<'a> {
    declared: &'a SchemaDef,
    names: HashMap<String, Object>,
    /// The words of each view and of its triggers.
    words: Vec<HashSet<String>>,
}

impl<'a> Objects<'a> {
    fn of(declared: &'a SchemaDef) -> Self {
        let mut names = HashMap::new();
        for (position, table) in declared.tables.iter().enumerate() {
            names.insert(table.name.to_ascii_lowercase(), Object::Table(position));
            for index in table.full_text.iter() {
                names.insert(index.name.to_ascii_lowercase(), Object::Table(position));
            }
        }
        for (position, view) in declared.views.iter().enumerate() {
            names.insert(view.name.to_ascii_lowercase(), Object::View(position));
        }
        for (position, table) in declared.virtual_tables.iter().enumerate() {
            names.insert(table.name.to_ascii_lowercase(), Object::Virtual(position));
        }
        Self { declared, names, words: declared.views.iter().map(|view| words_of(view)).collect() }
    }

    /// A scratch database with these views and all that they need, every view of it tried.
    fn scratch(&self, views: &[usize]) -> Result<Connection> {
        let needed = self.needed(views);
        let connection = scratch()?;
        let mut built = Vec::new();
        for object in needed {
            match object {
                Object::Table(position) => build_table(&connection, &self.declared.tables[position])?,
                Object::Virtual(position) => {
                    build_virtual(&connection, &self.declared.virtual_tables[position])?;
                }
                Object::View(position) => {
                    let view = self.declared.views[position].as_ref();
                    for statement in create_view(view) {
                        execute(&connection, &statement)
                            .map_err(|error| refused(view, error.reason().unwrap_or_default(), &statement))?;
                    }
                    if !is_view(&connection, &view.name) {
                        return Err(misnamed(view));
                    }
                    built.push(position);
                }
            }
        }
        let unreadable: Vec<usize> =
            built.iter().copied().filter(|position| self.reads(&connection, *position).is_err()).collect();
        if let Some(position) = unreadable.iter().find(|position| !self.is_verbatim(**position)) {
            return Err(self.culprit(&connection, *position));
        }
        if unreadable.is_empty()
            && let Some(message) = broken(&connection)?
            && let Some(error) = self.broken_trigger(&built, &message)
        {
            return Err(error);
        }
        Ok(connection)
    }

    /// Whether a view is declared as SQL alone. What was pulled from a database may be broken there,
    /// and is what it is.
    fn is_verbatim(&self, view: usize) -> bool {
        self.declared.views[view].model.is_empty() && self.declared.views[view].columns.is_empty()
    }

    /// Whether the view of this name is one.
    fn has_verbatim(&self, name: &str) -> bool {
        match self.names.get(&name.to_ascii_lowercase()) {
            Some(Object::View(position)) => self.is_verbatim(*position),
            _ => false,
        }
    }

    /// These views and what they name, what that names, and so on; views last.
    fn needed(&self, views: &[usize]) -> Vec<Object> {
        let mut open: Vec<Object> = views.iter().copied().map(Object::View).collect();
        let mut seen: HashSet<Object> = open.iter().copied().collect();
        let (mut below, mut found) = (Vec::new(), Vec::new());
        while let Some(object) = open.pop() {
            let Object::View(position) = object else {
                below.push(object);
                continue;
            };
            found.push(object);
            let named = self.words[position].iter().filter_map(|word| self.names.get(word)).copied();
            open.extend(named.filter(|object| seen.insert(*object)));
        }
        below.extend(found);
        below
    }

    fn reads(&self, connection: &Connection, view: usize) -> Result<()> {
        let name = quote_identifier(&self.declared.views[view].name);
        execute(connection, &format!("SELECT * FROM {name} LIMIT 0"))
    }

    /// The lowest view that cannot be read: those over it cannot be read either.
    fn culprit(&self, connection: &Connection, mut view: usize) -> Error {
        let mut seen = HashSet::from([view]);
        loop {
            let below = self.words[view].iter().filter_map(|word| match self.names.get(word) {
                Some(Object::View(position)) => Some(*position),
                _ => None,
            });
            let mut below: Vec<usize> = below.filter(|position| seen.insert(*position)).collect();
            below.sort_unstable();
            match below.into_iter().find(|position| self.reads(connection, *position).is_err()) {
                Some(lower) => view = lower,
                None => break,
            }
        }
        let why = self.reads(connection, view).err();
        let view = self.declared.views[view].as_ref();
        let why = why.as_ref().and_then(Error::reason).unwrap_or_default();
        refused(view, why, view.sql.on(Engine::Sqlite).unwrap_or_default())
    }

    fn uncompiled(&self, found: &Uncompiled) -> Error {
        let view = self.declared.views.iter().find(|view| view.name.eq_ignore_ascii_case(&found.on));
        match view {
            Some(view) => refused(view, &found.to_string(), view.sql.on(Engine::Sqlite).unwrap_or_default()),
            None => Error::failed(found.to_string()).state("nothing was changed"),
        }
    }

    fn broken_trigger(&self, views: &[usize], message: &str) -> Option<Error> {
        let blamed = views.iter().find_map(|position| {
            let view = self.declared.views[*position].as_ref();
            let of_view =
                |trigger: &&TriggerDef| message.starts_with(&format!("error in trigger {}", trigger.name));
            Some((*position, view, view.triggers.iter().find(of_view)?))
        });
        match blamed {
            Some((position, ..)) if self.is_verbatim(position) => None,
            Some((_, view, trigger)) => {
                Some(refused(view, message, trigger.sql.on(Engine::Sqlite).unwrap_or_default()))
            }
            None => {
                Some(Error::failed("a declared view does not work").why(message).state("nothing was changed"))
            }
        }
    }
}

fn words_of(view: &ViewDef) -> HashSet<String> {
    let triggers = view.triggers.iter().filter_map(|trigger| trigger.sql.on(Engine::Sqlite));
    view.sql.on(Engine::Sqlite).into_iter().chain(triggers).flat_map(words).collect()
}

/// The table alone: what its triggers name need not be here.
fn build_table(connection: &Connection, table: &TableDef) -> Result<()> {
    let indexes = table.indexes.iter().filter_map(|index| create_index(&table.name, index));
    let full_text = full_text_statements(table);
    let full_text = full_text.into_iter().filter(|statement| statement.starts_with("CREATE VIRTUAL"));
    [create_table(table)]
        .into_iter()
        .chain(indexes)
        .chain(full_text)
        .try_for_each(|sql| execute(connection, &sql))
}

fn build_virtual(connection: &Connection, table: &VirtualTableDef) -> Result<()> {
    execute(connection, &table.sql)
}

fn is_view(connection: &Connection, name: &str) -> bool {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'view' AND name = ?1 COLLATE NOCASE";
    connection.query_row(sql, [name], |_| Ok(())).is_ok()
}

/// Whether the view gives the columns that its model reads, and no other.
fn compare_columns(connection: &Connection, view: &ViewDef) -> Result<()> {
    if view.columns.is_empty() {
        return Ok(());
    }
    let given: Vec<String> = connection
        .prepare("SELECT name FROM pragma_table_xinfo(?1)")
        .and_then(|mut statement| statement.query_map([view.name.as_ref()], |row| row.get(0))?.collect())
        .map_err(|error| Error::sqlite(format!("read the columns of view {}", view.name), error))?;
    let declared: Vec<&str> = view.columns.iter().map(|column| column.name.as_ref()).collect();
    let missing: Vec<String> = declared
        .iter()
        .filter(|name| !given.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|name| format!("`{name}`"))
        .collect();
    let extra: Vec<String> = given
        .iter()
        .filter(|name| !declared.iter().any(|known| known.eq_ignore_ascii_case(name)))
        .map(|name| format!("`{name}`"))
        .collect();
    let what = match (missing.as_slice(), extra.as_slice()) {
        ([], []) => return Ok(()),
        ([], extra) => format!("{} gives {}, which its struct does not have", shown(view), extra.join(", ")),
        (missing, _) => format!("{} does not give {}", shown(view), missing.join(", ")),
    };
    let error = Error::failed(what)
        .why(format!("its SQL gives {}; its struct has {}", given.join(", "), declared.join(", ")))
        .state("nothing was changed")
        .next("name a field for every column of the SELECT, with AS where the names differ");
    Err(placed(error, view))
}

fn misnamed(view: &ViewDef) -> Error {
    let error = Error::failed(format!("the SQL of {} creates something else", shown(view)))
        .why(view.sql.on(Engine::Sqlite).unwrap_or_default())
        .state("nothing was changed")
        .next(format!("write the SELECT alone, or CREATE VIEW {}", quote_identifier(&view.name)));
    placed(error, view)
}

fn refused(view: &ViewDef, why: &str, sql: &str) -> Error {
    let error = Error::failed(format!("SQLite refuses the definition of {}", shown(view)))
        .why(format!("{why}\n{sql}"))
        .state("nothing was changed")
        .next("correct the view's SQL, or the table that it reads, and run the command again");
    placed(error, view)
}

fn shown(view: &ViewDef) -> String {
    match view.model.is_empty() {
        true => format!("view `{}`", view.name),
        false => format!("`{}` (view `{}`)", view.model, view.name),
    }
}

fn placed(error: Error, view: &ViewDef) -> Error {
    if view.source.is_empty() { error } else { error.place(view.source.to_string()) }
}
