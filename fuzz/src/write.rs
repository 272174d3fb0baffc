use schema_core::dialect::quote_identifier;

use crate::random::mix;
use crate::schema::{Column, Constraint, Index, Part, Rule, Schema, Table, Trigger, View};
use crate::template::{Id, Template};

/// Writes a schema as a script, in its style.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    schema: &'a Schema,
    count: u64,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(schema: &'a Schema) -> Self {
        Self { schema, count: 0 }
    }

    /// Every statement.
    pub(crate) fn statements(mut self) -> Vec<String> {
        let schema = self.schema;
        let mut found = Vec::new();
        for table in &schema.tables {
            found.push(self.table(table));
            found.extend(table.indexes.iter().map(|index| self.index(table, index)));
        }
        found.extend(schema.views.iter().map(|view| self.view(view)));
        let on_tables = schema.tables.iter().flat_map(|table| &table.triggers);
        let on_views = schema.views.iter().flat_map(|view| &view.triggers);
        found.extend(on_tables.chain(on_views).map(|trigger| self.trigger(trigger)));
        found
    }

    /// What the style says at this place: a number below `end`.
    fn choice(&mut self, end: u64) -> u64 {
        self.count += 1;
        if self.schema.style == 0 { 0 } else { mix(self.schema.style ^ mix(self.count)) % end }
    }

    fn quoted(&mut self, name: &str) -> String {
        let plain = name.chars().next().is_some_and(|first| first.is_ascii_alphabetic())
            && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
            && !KEYWORDS.iter().any(|word| name.eq_ignore_ascii_case(word));
        match self.choice(6) {
            1 if !name.contains('`') && !name.is_empty() => format!("`{name}`"),
            2 if !name.contains(']') && !name.is_empty() => format!("[{name}]"),
            3 if plain => name.to_ascii_uppercase(),
            4 if plain => name.to_owned(),
            _ => quote_identifier(name),
        }
    }

    /// A name where it is given to something: its case counts.
    fn given(&mut self, name: &str) -> String {
        match self.quoted(name) {
            shouted if shouted == name.to_ascii_uppercase() => quote_identifier(name),
            quoted => quoted,
        }
    }

    fn name(&mut self, id: Id) -> String {
        let name = self.schema.name(id).unwrap_or("(gone)").to_owned();
        self.quoted(&name)
    }

    fn template(&mut self, template: &Template) -> String {
        template.write(|id| self.name(id))
    }

    fn word(&mut self, word: &str) -> String {
        if self.choice(4) == 3 { word.to_ascii_lowercase() } else { word.to_owned() }
    }

    fn table(&mut self, table: &Table) -> String {
        let mut items: Vec<String> = table.columns.iter().map(|column| self.column(table, column)).collect();
        for constraint in &table.constraints {
            let column = constraint.column().filter(|_| constraint.inline);
            if column.is_none() {
                items.push(self.constraint(constraint, false));
            }
        }
        let comment = if table.comments { " /* , ) -- it's */" } else { "" };
        let items: Vec<String> = items.iter().map(|item| format!("{item}{comment}")).collect();
        let mut options = Vec::new();
        if table.strict {
            options.push(self.word("STRICT"));
        }
        if table.without_rowid {
            options.push(self.word("WITHOUT ROWID"));
        }
        if self.choice(2) == 1 {
            options.reverse();
        }
        let options = if options.is_empty() { String::new() } else { format!(" {}", options.join(", ")) };
        let (word, name) = (self.word("CREATE TABLE"), self.given(&table.name));
        format!("{word} {name} (\n  {}\n){options}", items.join(",\n  "))
    }

    fn column(&mut self, table: &Table, column: &Column) -> String {
        let mut text = self.given(&column.name);
        if !column.sql_type.is_empty() {
            text = format!("{text} {}", column.sql_type);
        }
        let mut clauses = Vec::new();
        if let Some(conflict) = column.not_null {
            let word = self.word("NOT NULL");
            clauses.push(format!("{word}{}", on_conflict(conflict)));
        }
        if let Some(default) = &column.default {
            let word = self.word("DEFAULT");
            clauses.push(format!("{word} {default}"));
        }
        if let Some(collation) = column.collation {
            let collation = self.word(collation);
            clauses.push(format!("COLLATE {collation}"));
        }
        if let Some(generated) = &column.generated {
            let start = if self.choice(2) == 1 { "AS" } else { "GENERATED ALWAYS AS" };
            let end = match (generated.stored, self.choice(2)) {
                (true, _) => " STORED",
                (false, 1) => "",
                (false, _) => " VIRTUAL",
            };
            clauses.push(format!("{start} ({}){end}", self.template(&generated.expression)));
        }
        for constraint in &table.constraints {
            if constraint.inline && constraint.column() == Some(column.id) {
                clauses.push(self.constraint(constraint, true));
            }
        }
        if self.choice(3) == 1 {
            clauses.reverse();
        }
        for clause in clauses {
            text = format!("{text} {clause}");
        }
        text
    }

    fn constraint(&mut self, constraint: &Constraint, inline: bool) -> String {
        let name = constraint.name.as_ref().map(|name| format!("CONSTRAINT {} ", self.given(name)));
        let text = match &constraint.rule {
            Rule::PrimaryKey { parts, autoincrement, conflict } if inline => {
                let descending = if parts.iter().any(|part| part.descending) { " DESC" } else { "" };
                let counted = if *autoincrement { " AUTOINCREMENT" } else { "" };
                format!("PRIMARY KEY{descending}{}{counted}", on_conflict(conflict))
            }
            Rule::PrimaryKey { parts, autoincrement, conflict } => {
                let counted = if *autoincrement { " AUTOINCREMENT" } else { "" };
                format!("PRIMARY KEY ({}{counted}){}", self.parts(parts), on_conflict(conflict))
            }
            Rule::Unique { conflict, .. } if inline => format!("UNIQUE{}", on_conflict(conflict)),
            Rule::Unique { parts, conflict } => {
                format!("UNIQUE ({}){}", self.parts(parts), on_conflict(conflict))
            }
            Rule::Check { expression, .. } => format!("CHECK ({})", self.template(expression)),
            Rule::ForeignKey { columns, table, references, actions } => {
                let start = if inline {
                    String::new()
                } else {
                    let columns: Vec<String> = columns.iter().map(|column| self.name(*column)).collect();
                    format!("FOREIGN KEY ({}) ", columns.join(", "))
                };
                let references: Vec<String> = references.iter().map(|column| self.name(*column)).collect();
                let references = match references.as_slice() {
                    [] => String::new(),
                    names => format!(" ({})", names.join(", ")),
                };
                format!("{start}REFERENCES {}{references}{actions}", self.name(*table))
            }
        };
        format!("{}{text}", name.unwrap_or_default())
    }

    fn parts(&mut self, parts: &[Part]) -> String {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| {
                let collation = part.collation.map(|name| format!(" COLLATE {name}")).unwrap_or_default();
                let order = if part.descending { " DESC" } else { "" };
                format!("{}{collation}{order}", self.name(part.column))
            })
            .collect();
        parts.join(", ")
    }

    fn index(&mut self, table: &Table, index: &Index) -> String {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let parts: Vec<String> = index.parts.iter().map(|part| self.template(part)).collect();
        let filter = index.filter.as_ref().map(|filter| format!(" WHERE {}", self.template(filter)));
        let (word, name, on) = (self.word("INDEX"), self.given(&index.name), self.name(table.id));
        format!("CREATE {unique}{word} {name} ON {on} ({}){}", parts.join(", "), filter.unwrap_or_default())
    }

    fn view(&mut self, view: &View) -> String {
        format!("CREATE VIEW {} AS {}", self.given(&view.name), self.template(&view.text))
    }

    fn trigger(&mut self, trigger: &Trigger) -> String {
        format!("CREATE TRIGGER {} {}", self.given(&trigger.name), self.template(&trigger.text))
    }
}

fn on_conflict(clause: &str) -> String {
    if clause.is_empty() { String::new() } else { format!(" ON CONFLICT {clause}") }
}

/// Words among the random names that have to be quoted.
pub(crate) const KEYWORDS: [&str; 22] = [
    "select",
    "order",
    "group",
    "table",
    "check",
    "primary",
    "unique",
    "default",
    "null",
    "new",
    "old",
    "true",
    "false",
    "index",
    "from",
    "where",
    "constraint",
    "references",
    "foreign",
    "add",
    "rowid",
    "key",
];
