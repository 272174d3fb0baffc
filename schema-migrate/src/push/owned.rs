use std::collections::HashSet;

use schema_core::model::SchemaDef;

use super::ledger::Object;

/// What may have one name at a time: triggers have a space of names of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A table, a virtual table, a view or an index.
    Relation,
    Trigger,
}

impl Kind {
    /// Of the word that SQLite has for it.
    pub(super) fn of(word: &str) -> Self {
        if word == "trigger" { Self::Trigger } else { Self::Relation }
    }
}

/// Names of things in a schema.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(HashSet<(Kind, String)>);

impl Names {
    pub(super) fn of(schema: &SchemaDef) -> Self {
        let mut names = Self::default();
        names.add(schema);
        names
    }

    pub(super) fn add(&mut self, schema: &SchemaDef) {
        for table in schema.tables.iter() {
            self.put(Kind::Relation, &table.name);
            table.indexes.iter().for_each(|index| self.put(Kind::Relation, &index.name));
            table.triggers.iter().for_each(|trigger| self.put(Kind::Trigger, &trigger.name));
        }
        for view in schema.views.iter() {
            self.put(Kind::Relation, &view.name);
            view.triggers.iter().for_each(|trigger| self.put(Kind::Trigger, &trigger.name));
        }
        schema.virtual_tables.iter().for_each(|table| self.put(Kind::Relation, &table.name));
    }

    pub(super) fn add_pushed(&mut self, pushed: &[Object]) {
        pushed.iter().for_each(|object| self.put(Kind::of(&object.kind), &object.name));
    }

    fn put(&mut self, kind: Kind, name: &str) {
        self.0.insert((kind, name.to_ascii_lowercase()));
    }

    pub(super) fn has(&self, kind: Kind, name: &str) -> bool {
        self.0.contains(&(kind, name.to_ascii_lowercase()))
    }

    pub(super) fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(super) fn leave_out(&mut self, others: &Self) {
        self.0.retain(|name| !others.0.contains(name));
    }

    /// The schema without what has none of these names, and what that is, in words.
    pub(super) fn only(&self, mut schema: SchemaDef) -> (SchemaDef, Vec<String>) {
        let mut others = Vec::new();
        let mut is_ours = |kind: Kind, word: &str, name: &str| {
            let ours = self.has(kind, name);
            if !ours {
                others.push(format!("{word} {name}"));
            }
            ours
        };
        schema.tables.to_mut().retain(|table| is_ours(Kind::Relation, "table", &table.name));
        for table in schema.tables.to_mut() {
            let table = table.to_mut();
            table.indexes.to_mut().retain(|index| is_ours(Kind::Relation, "index", &index.name));
            table.triggers.to_mut().retain(|trigger| is_ours(Kind::Trigger, "trigger", &trigger.name));
        }
        schema.views.to_mut().retain(|view| is_ours(Kind::Relation, "view", &view.name));
        for view in schema.views.to_mut() {
            let triggers = &mut view.to_mut().triggers;
            triggers.to_mut().retain(|trigger| is_ours(Kind::Trigger, "trigger", &trigger.name));
        }
        schema.virtual_tables.to_mut().retain(|table| is_ours(Kind::Relation, "virtual table", &table.name));
        (schema, others)
    }
}
