use schema_core::dialect::quote_identifier;
use schema_core::model::{ForeignKeyAction, ForeignKeyDef, SchemaDef, TableDef};
use schema_core::rusqlite::{self, Connection};

use super::column::Aged;
use super::instant::sql;
use super::{Effect, EffectKind};
use crate::run::rowid_name;
use crate::{Error, Result};

/// The keys of the rows that go, in temporary tables of one connection: those that are old, and those that go with them.
pub(super) struct Going<'s> {
    connection: &'s Connection,
    schema: &'s SchemaDef,
    sets: Vec<Set<'s>>,
}

/// The rows of one table that go.
struct Set<'s> {
    table: &'s TableDef,
    /// The temporary table.
    name: String,
    /// The SQL of what names a row.
    key: Vec<String>,
}

/// Rows that are in the way.
pub(super) struct Blocked {
    pub(super) child: String,
    pub(super) parent: String,
    pub(super) rows: u64,
}

impl Set<'_> {
    /// `k0, k1`
    fn own(&self) -> String {
        (0..self.key.len()).map(|at| format!("k{at}")).collect::<Vec<_>>().join(", ")
    }

    /// The key of the table's rows under an alias.
    fn key(&self, alias: &str) -> String {
        self.key.iter().map(|name| format!("{alias}.{name}")).collect::<Vec<_>>().join(", ")
    }

    /// Whether a row under the alias is one of them.
    fn holds(&self, alias: &str) -> String {
        format!("({}) IN (SELECT {} FROM temp.{})", self.key(alias), self.own(), self.name)
    }
}

impl<'s> Going<'s> {
    pub(super) fn new(connection: &'s Connection, schema: &'s SchemaDef) -> Self {
        Self { connection, schema, sets: Vec::new() }
    }

    /// Picks the rows that are older than this. Gives their number.
    pub(super) fn pick(&mut self, aged: &Aged, cutoff: i64) -> Result<u64> {
        let at = self.set(&aged.table)?;
        let set = &self.sets[at];
        let old = sql(&format!("t.{}", quote_identifier(&aged.column)), aged.storage);
        let sql = format!(
            "INSERT INTO temp.{name} ({own}, seed) SELECT {key}, 1 FROM main.{table} t WHERE {old} < ?1 \
             ON CONFLICT DO UPDATE SET seed = 1",
            name = set.name,
            own = set.own(),
            key = set.key("t"),
            table = quote_identifier(&set.table.name),
        );
        self.connection.execute(&sql, [cutoff]).map_err(|error| failed(&aged.table, error))?;
        self.number(&format!("SELECT count(*) FROM temp.{} WHERE seed", set.name))
    }

    /// Adds everything that goes with them.
    pub(super) fn follow(&mut self) -> Result<()> {
        let mut is_new = true;
        while is_new {
            is_new = false;
            let mut at = 0;
            while at < self.sets.len() {
                for (child, key) in self.children(self.sets[at].table) {
                    if key.on_delete == ForeignKeyAction::Cascade {
                        is_new |= self.add(at, child, key)?;
                    }
                }
                at += 1;
            }
        }
        Ok(())
    }

    fn add(&mut self, parent: usize, child: &'s TableDef, key: &ForeignKeyDef) -> Result<bool> {
        let at = self.set(&child.name)?;
        let set = &self.sets[at];
        let sql = format!(
            "INSERT OR IGNORE INTO temp.{} ({}, seed) SELECT {}, 0 {}",
            set.name,
            set.own(),
            set.key("c"),
            self.referring(parent, child, key)
        );
        let added = self.connection.execute(&sql, []).map_err(|error| failed(&child.name, error))?;
        Ok(added > 0)
    }

    /// Rows of the child `c` whose parent goes: the part of a SELECT from FROM on.
    fn referring(&self, parent: usize, child: &TableDef, key: &ForeignKeyDef) -> String {
        let set = &self.sets[parent];
        let referenced: Vec<String> = if key.references.is_empty() {
            let primary = set.table.primary_key.iter().flat_map(|key| key.columns.iter());
            primary.map(|column| quote_identifier(&column.name)).collect()
        } else {
            key.references.iter().map(|name| quote_identifier(name)).collect()
        };
        let pairs: Vec<String> = referenced
            .iter()
            .zip(key.columns.iter())
            .map(|(parent, child)| format!("p.{parent} = c.{}", quote_identifier(child)))
            .collect();
        let own: Vec<String> =
            set.key.iter().enumerate().map(|(at, name)| format!("p.{name} = g.k{at}")).collect();
        format!(
            "FROM temp.{} g CROSS JOIN main.{} p ON {} CROSS JOIN main.{} c ON {}",
            set.name,
            quote_identifier(&set.table.name),
            own.join(" AND "),
            quote_identifier(&child.name),
            pairs.join(" AND "),
        )
    }

    /// The foreign keys that refer to a table.
    fn children(&self, parent: &TableDef) -> Vec<(&'s TableDef, &'s ForeignKeyDef)> {
        let tables = self.schema.tables.iter().map(AsRef::as_ref);
        let keys = tables.flat_map(|child: &TableDef| child.foreign_keys.iter().map(move |key| (child, key)));
        keys.filter(|(_, key)| key.table.eq_ignore_ascii_case(&parent.name)).collect()
    }

    /// What becomes of rows besides those that are picked, and what is in the way of that.
    pub(super) fn effects(&self) -> Result<(Vec<Effect>, Vec<Blocked>)> {
        let (mut effects, mut blocked) = (Vec::new(), Vec::new());
        for (at, set) in self.sets.iter().enumerate() {
            let followed = self.number(&format!("SELECT count(*) FROM temp.{} WHERE NOT seed", set.name))?;
            if followed > 0 {
                effects.push(Effect {
                    table: set.table.name.to_string(),
                    parent: self.cause(set.table),
                    rows: followed,
                    kind: EffectKind::Deleted,
                });
            }
            for (child, key) in self.children(set.table) {
                let staying = self
                    .sets
                    .iter()
                    .find(|set| set.table.name.eq_ignore_ascii_case(&child.name))
                    .map(|set| format!(" WHERE NOT {}", set.holds("c")))
                    .unwrap_or_default();
                let rows =
                    || self.number(&format!("SELECT count(*) {}{staying}", self.referring(at, child, key)));
                let (table, parent) = (child.name.to_string(), set.table.name.to_string());
                match key.on_delete {
                    ForeignKeyAction::Cascade => {}
                    ForeignKeyAction::SetNull | ForeignKeyAction::SetDefault => {
                        let rows = rows()?;
                        if rows > 0 {
                            effects.push(Effect { table, parent, rows, kind: EffectKind::Unlinked });
                        }
                    }
                    ForeignKeyAction::NoAction | ForeignKeyAction::Restrict => {
                        let rows = rows()?;
                        if rows > 0 {
                            blocked.push(Blocked { child: table, parent, rows });
                        }
                    }
                }
            }
        }
        Ok((effects, blocked))
    }

    /// The tables whose rows go, also those with others.
    pub(super) fn tables(&self) -> impl Iterator<Item = &'s TableDef> {
        self.sets.iter().map(|set| set.table)
    }

    /// The first table that rows of this one refer to so that they go with it.
    fn cause(&self, child: &TableDef) -> String {
        let keys = child.foreign_keys.iter().filter(|key| key.on_delete == ForeignKeyAction::Cascade);
        let mut parents =
            keys.filter(|key| self.tables().any(|table| key.table.eq_ignore_ascii_case(&table.name)));
        parents.next().map(|key| key.table.to_string()).unwrap_or_default()
    }

    /// How many rows of a table were picked, and the DELETE of those between two numbers of the list that are still
    /// older than `?3`.
    pub(super) fn batches(&self, aged: &Aged) -> Result<(i64, String)> {
        let set = self.sets.iter().find(|set| set.table.name.eq_ignore_ascii_case(&aged.table));
        let Some(set) = set else { return Ok((0, String::new())) };
        let last = format!("SELECT coalesce(max(rowid), 0) FROM temp.{}", set.name);
        let last: i64 = self
            .connection
            .query_row(&last, [], |row| row.get(0))
            .map_err(|error| failed(&aged.table, error))?;
        let table = quote_identifier(&set.table.name);
        let old = sql(&format!("t.{}", quote_identifier(&aged.column)), aged.storage);
        let picked = set.holds("t");
        // What somebody has changed since is looked at again.
        let picked = picked.strip_suffix(')').unwrap_or(&picked);
        let delete = format!(
            "DELETE FROM main.{table} AS t WHERE {picked} WHERE rowid > ?1 AND rowid <= ?2 AND seed) AND {old} < ?3"
        );
        Ok((last, delete))
    }

    /// The number of the table's set, which is made where there is none.
    fn set(&mut self, table: &str) -> Result<usize> {
        let known = self.sets.iter().position(|set| set.table.name.eq_ignore_ascii_case(table));
        if let Some(known) = known {
            return Ok(known);
        }
        let told = |error| failed(table, error);
        let table = self.schema.table(table).ok_or_else(|| Error::failed(format!("{table} is gone")))?;
        let rowid = if table.without_rowid {
            None
        } else {
            rowid_name(self.connection, &table.name).map_err(told)?
        };
        let key: Vec<String> = match rowid {
            Some(rowid) => vec![rowid.to_owned()],
            None => {
                let primary = table.primary_key.iter().flat_map(|key| key.columns.iter());
                primary.map(|column| quote_identifier(&column.name)).collect()
            }
        };
        if key.is_empty() {
            return Err(Error::failed(format!("nothing names a row of {}", table.name))
                .why("its columns hide the rowid, and it has no primary key")
                .state("nothing was changed"));
        }
        let set = Set { table, name: format!("_schema_going_{}", self.sets.len()), key };
        let own = set.own();
        self.connection
            .execute_batch(&format!("CREATE TEMP TABLE {} ({own}, seed, UNIQUE ({own}))", set.name))
            .map_err(told)?;
        self.sets.push(set);
        Ok(self.sets.len() - 1)
    }

    fn number(&self, sql: &str) -> Result<u64> {
        let counted: rusqlite::Result<i64> = self.connection.query_row(sql, [], |row| row.get(0));
        let counted = counted
            .map_err(|error| Error::sqlite("count what would go", error).state("nothing was changed"))?;
        Ok(u64::try_from(counted).unwrap_or(0))
    }
}

fn failed(table: &str, error: rusqlite::Error) -> Error {
    Error::sqlite(format!("look for old rows of {table}"), error).state("nothing was changed")
}
