use crate::template::{Id, Template};

/// A schema that can be changed piece by piece, unlike its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// The tables, in the order in which they are created.
    pub tables: Vec<Table>,
    /// The views, those that others name first.
    pub views: Vec<View>,
    /// How names are quoted and words are written, which says nothing.
    pub style: u64,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the fields are the parts of CREATE TABLE")]
pub struct Table {
    pub id: Id,
    pub name: String,
    pub columns: Vec<Column>,
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    pub triggers: Vec<Trigger>,
    pub strict: bool,
    pub without_rowid: bool,
    /// Whether there are comments between the words.
    pub comments: bool,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq)]
#[allow(missing_docs, reason = "the fields are the clauses of a column")]
pub struct Column {
    pub id: Id,
    pub name: String,
    pub sql_type: String,
    /// NOT NULL, with its conflict clause.
    pub not_null: Option<&'static str>,
    pub default: Option<String>,
    pub collation: Option<&'static str>,
    pub generated: Option<Generated>,
}

/// What computes a column.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are the parts of GENERATED ALWAYS AS")]
pub struct Generated {
    pub expression: Template,
    pub stored: bool,
}

/// A key or CHECK.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// The name behind CONSTRAINT.
    pub name: Option<String>,
    /// Written on its column, where it has one.
    pub inline: bool,
    /// What it says.
    pub rule: Rule,
}

/// What a constraint says.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are the parts of each clause")]
pub enum Rule {
    PrimaryKey {
        parts: Vec<Part>,
        autoincrement: bool,
        conflict: &'static str,
    },
    Unique {
        parts: Vec<Part>,
        conflict: &'static str,
    },
    /// The expression, and the column on which it may be written.
    Check {
        expression: Template,
        column: Option<Id>,
    },
    ForeignKey {
        columns: Vec<Id>,
        table: Id,
        references: Vec<Id>,
        actions: String,
    },
}

/// A column of a key.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are the parts of an indexed column")]
pub struct Part {
    pub column: Id,
    pub collation: Option<&'static str>,
    pub descending: bool,
}

/// An index.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are the parts of CREATE INDEX")]
pub struct Index {
    pub name: String,
    pub unique: bool,
    pub parts: Vec<Template>,
    pub filter: Option<Template>,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// From the word behind its name on; the first table named is its own.
    pub text: Template,
}

/// A view.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// What other views name it by.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The SELECT.
    pub text: Template,
    /// The triggers on it.
    pub triggers: Vec<Trigger>,
}

impl Schema {
    /// The table with this number.
    pub fn table(&self, id: Id) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    /// What a table, view or column is called.
    pub fn name(&self, id: Id) -> Option<&str> {
        let tables = self.tables.iter().flat_map(|table| {
            std::iter::once((table.id, table.name.as_str()))
                .chain(table.columns.iter().map(|column| (column.id, column.name.as_str())))
        });
        let views = self.views.iter().map(|view| (view.id, view.name.as_str()));
        tables.chain(views).find(|(known, _)| *known == id).map(|(_, name)| name)
    }

    /// A number that nothing has.
    pub fn free_id(&self) -> Id {
        let columns = self.tables.iter().flat_map(|table| &table.columns).map(|column| column.id);
        let views = self.views.iter().map(|view| view.id);
        let tables = self.tables.iter().map(|table| table.id);
        columns.chain(views).chain(tables).max().unwrap_or(0) + 1
    }

    /// Takes away a table, view or column with everything that names it.
    pub fn remove(&mut self, id: Id) {
        let mut gone = vec![id];
        while let Some(id) = gone.pop() {
            if let Some(table) = self.table(id) {
                gone.extend(table.columns.iter().map(|column| column.id));
            }
            self.tables.retain(|table| table.id != id);
            for table in &mut self.tables {
                let computed = |column: &Column| {
                    column.generated.as_ref().is_some_and(|generated| generated.expression.names(id))
                };
                gone.extend(table.columns.iter().filter(|column| computed(column)).map(|column| column.id));
                table.columns.retain(|column| column.id != id);
                table.constraints.retain(|constraint| !constraint.names(id));
                table.indexes.retain(|index| {
                    !index.parts.iter().chain(&index.filter).any(|template| template.names(id))
                });
                table.triggers.retain(|trigger| !trigger.text.names(id));
            }
            gone.extend(self.views.iter().filter(|view| view.text.names(id)).map(|view| view.id));
            self.views.retain(|view| view.id != id);
            for view in &mut self.views {
                view.triggers.retain(|trigger| !trigger.text.names(id));
            }
            let empty: Vec<Id> =
                self.tables.iter().filter(|table| table.is_hollow()).map(|table| table.id).collect();
            gone.extend(empty);
        }
    }
}

impl Table {
    /// The column with this number.
    pub fn column(&self, id: Id) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// Whether there is no column left that stores anything.
    pub fn is_hollow(&self) -> bool {
        self.columns.iter().all(|column| column.generated.is_some())
    }

    /// The parts of the primary key.
    pub fn primary_key(&self) -> Option<&[Part]> {
        self.constraints.iter().find_map(|constraint| match &constraint.rule {
            Rule::PrimaryKey { parts, .. } => Some(parts.as_slice()),
            _ => None,
        })
    }
}

impl Constraint {
    /// Whether the table or column stands in it.
    pub fn names(&self, id: Id) -> bool {
        match &self.rule {
            Rule::PrimaryKey { parts, .. } | Rule::Unique { parts, .. } => {
                parts.iter().any(|part| part.column == id)
            }
            Rule::Check { expression, .. } => expression.names(id),
            Rule::ForeignKey { columns, table, references, .. } => {
                *table == id || columns.contains(&id) || references.contains(&id)
            }
        }
    }

    /// The column on which it can be written.
    pub fn column(&self) -> Option<Id> {
        match &self.rule {
            Rule::PrimaryKey { parts, .. } | Rule::Unique { parts, .. } => match parts.as_slice() {
                [part] if part.collation.is_none() => Some(part.column),
                _ => None,
            },
            Rule::Check { column, .. } => *column,
            Rule::ForeignKey { columns, .. } => match columns.as_slice() {
                [column] => Some(*column),
                _ => None,
            },
        }
    }
}
