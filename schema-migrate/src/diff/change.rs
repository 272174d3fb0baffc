use std::fmt;

use schema_core::model::{
    CheckDef, ColumnDef, ForeignKeyDef, IndexDef, PrimaryKeyDef, TriggerDef, UniqueDef, ViewDef,
    VirtualTableDef,
};

use super::column::{describe, describe_default};

/// One difference between two schemas. Tables and columns go by their new names.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are the parts of what each variant names")]
pub enum Change {
    /// A table is new.
    CreateTable { table: String },
    /// A table is gone.
    DropTable { table: String },
    /// A table has another name.
    RenameTable { from: String, to: String },
    /// STRICT or WITHOUT ROWID is new or gone.
    TableOption { table: String, option: &'static str, on: bool },
    /// A column is new.
    AddColumn { table: String, column: Box<ColumnDef> },
    /// A column is gone.
    DropColumn { table: String, column: Box<ColumnDef> },
    /// A column has another name.
    RenameColumn { table: String, from: String, to: String },
    /// A column is another.
    AlterColumn { table: String, from: Box<ColumnDef>, to: Box<ColumnDef>, aspects: Vec<ColumnAspect> },
    /// A value of an enum is stored as another text.
    RenameVariant { table: String, column: String, from: String, to: String },
    /// The primary key is another.
    ChangePrimaryKey { table: String, from: Option<PrimaryKeyDef>, to: Option<PrimaryKeyDef> },
    /// A UNIQUE constraint is new.
    AddUnique { table: String, unique: UniqueDef },
    /// A UNIQUE constraint is gone.
    DropUnique { table: String, unique: UniqueDef },
    /// A CHECK is new.
    AddCheck { table: String, check: CheckDef },
    /// A CHECK is gone.
    DropCheck { table: String, check: CheckDef },
    /// A foreign key is new.
    AddForeignKey { table: String, key: ForeignKeyDef },
    /// A foreign key is gone.
    DropForeignKey { table: String, key: ForeignKeyDef },
    /// An index is new.
    AddIndex { table: String, index: IndexDef },
    /// An index is gone.
    DropIndex { table: String, index: IndexDef },
    /// An index is another.
    ChangeIndex { table: String, from: IndexDef, to: IndexDef },
    /// A trigger on a table or view is new.
    AddTrigger { table: String, trigger: TriggerDef },
    /// A trigger on a table or view is gone.
    DropTrigger { table: String, trigger: TriggerDef },
    /// A trigger on a table or view is another.
    ChangeTrigger { table: String, from: TriggerDef, to: TriggerDef },
    /// A view is new, with its triggers.
    CreateView { view: Box<ViewDef> },
    /// A view is gone, with its triggers.
    DropView { view: Box<ViewDef> },
    /// The text of a view is another.
    ChangeView { from: Box<ViewDef>, to: Box<ViewDef> },
    /// A virtual table is new.
    CreateVirtualTable { table: VirtualTableDef },
    /// A virtual table is gone.
    DropVirtualTable { table: VirtualTableDef },
    /// A virtual table has another module or other arguments.
    ChangeVirtualTable { from: VirtualTableDef, to: VirtualTableDef },
}

/// In what a column differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnAspect {
    /// The declared type.
    Type,
    /// Whether NULL is admitted.
    Nullability,
    /// The ON CONFLICT clause of NOT NULL.
    Conflict,
    /// The default.
    Default,
    /// The collating sequence.
    Collation,
    /// The expression of a generated column, its storage, or whether it is one.
    Generated,
}

impl Change {
    /// The table, view or virtual table that is changed, under its new name.
    pub fn table(&self) -> &str {
        match self {
            Self::RenameTable { to: table, .. }
            | Self::CreateTable { table }
            | Self::DropTable { table }
            | Self::TableOption { table, .. }
            | Self::AddColumn { table, .. }
            | Self::DropColumn { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::AlterColumn { table, .. }
            | Self::RenameVariant { table, .. }
            | Self::ChangePrimaryKey { table, .. }
            | Self::AddUnique { table, .. }
            | Self::DropUnique { table, .. }
            | Self::AddCheck { table, .. }
            | Self::DropCheck { table, .. }
            | Self::AddForeignKey { table, .. }
            | Self::DropForeignKey { table, .. }
            | Self::AddIndex { table, .. }
            | Self::DropIndex { table, .. }
            | Self::ChangeIndex { table, .. }
            | Self::AddTrigger { table, .. }
            | Self::DropTrigger { table, .. }
            | Self::ChangeTrigger { table, .. } => table,
            Self::CreateView { view } | Self::DropView { view } | Self::ChangeView { to: view, .. } => {
                &view.name
            }
            Self::CreateVirtualTable { table }
            | Self::DropVirtualTable { table }
            | Self::ChangeVirtualTable { to: table, .. } => &table.name,
        }
    }

    /// `+` for what is new, `-` for what is gone, `~` for what is another.
    pub fn sign(&self) -> char {
        match self.action().split(' ').next() {
            Some("create" | "add") => '+',
            Some("drop") => '-',
            _ => '~',
        }
    }

    /// What is done, in two or three words.
    pub fn action(&self) -> &'static str {
        match self {
            Self::CreateTable { .. } => "create table",
            Self::DropTable { .. } => "drop table",
            Self::RenameTable { .. } | Self::RenameColumn { .. } => "rename",
            Self::TableOption { .. } => "change table",
            Self::AddColumn { .. } => "add column",
            Self::DropColumn { .. } => "drop column",
            Self::AlterColumn { .. } => "change column",
            Self::RenameVariant { .. } => "rename value",
            Self::ChangePrimaryKey { .. } => "change primary key",
            Self::AddUnique { .. } => "add unique",
            Self::DropUnique { .. } => "drop unique",
            Self::AddCheck { .. } => "add check",
            Self::DropCheck { .. } => "drop check",
            Self::AddForeignKey { .. } => "add foreign key",
            Self::DropForeignKey { .. } => "drop foreign key",
            Self::AddIndex { .. } => "create index",
            Self::DropIndex { .. } => "drop index",
            Self::ChangeIndex { .. } => "change index",
            Self::AddTrigger { .. } => "create trigger",
            Self::DropTrigger { .. } => "drop trigger",
            Self::ChangeTrigger { .. } => "change trigger",
            Self::CreateView { .. } => "create view",
            Self::DropView { .. } => "drop view",
            Self::ChangeView { .. } => "change view",
            Self::CreateVirtualTable { .. } => "create virtual table",
            Self::DropVirtualTable { .. } => "drop virtual table",
            Self::ChangeVirtualTable { .. } => "change virtual table",
        }
    }

    /// What is changed: `users.email TEXT`, `users.name -> full_name`.
    pub fn subject(&self) -> String {
        match self {
            Self::CreateTable { table } | Self::DropTable { table } => table.clone(),
            Self::RenameTable { from, to } => format!("{from} -> {to}"),
            Self::TableOption { table, option, on } => {
                format!("{table} {}{option}", if *on { "" } else { "no " })
            }
            Self::AddColumn { table, column } | Self::DropColumn { table, column } => {
                format!("{table}.{} {}", column.name, describe(column)).trim_end().to_owned()
            }
            Self::RenameColumn { table, from, to } => format!("{table}.{from} -> {to}"),
            Self::AlterColumn { table, from, to, aspects } => {
                format!("{table}.{} {}", to.name, aspects_text(from, to, aspects))
            }
            Self::RenameVariant { table, column, from, to } => format!("{table}.{column} '{from}' -> '{to}'"),
            Self::ChangePrimaryKey { table, from, to } => {
                format!("{table} {} -> {}", key(from.as_ref()), key(to.as_ref()))
            }
            Self::AddUnique { table, unique } | Self::DropUnique { table, unique } => {
                let columns: Vec<&str> = unique.columns.iter().map(|column| column.name.as_ref()).collect();
                format!("{table} UNIQUE ({})", columns.join(", "))
            }
            Self::AddCheck { table, check } | Self::DropCheck { table, check } => {
                let expression = check.expression.on(schema_core::model::Engine::Sqlite).unwrap_or_default();
                format!("{table} {}CHECK ({expression})", named(check.name.as_deref()))
            }
            Self::AddForeignKey { table, key } | Self::DropForeignKey { table, key } => {
                format!("{table} ({}) -> {}", key.columns.join(", "), key.table)
            }
            Self::AddIndex { index, .. }
            | Self::DropIndex { index, .. }
            | Self::ChangeIndex { to: index, .. } => {
                format!("{}{}", index.name, if index.unique { " UNIQUE" } else { "" })
            }
            Self::AddTrigger { trigger, .. }
            | Self::DropTrigger { trigger, .. }
            | Self::ChangeTrigger { to: trigger, .. } => trigger.name.to_string(),
            Self::CreateView { .. }
            | Self::DropView { .. }
            | Self::ChangeView { .. }
            | Self::CreateVirtualTable { .. }
            | Self::DropVirtualTable { .. }
            | Self::ChangeVirtualTable { .. } => self.table().to_owned(),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {:<30} {}", self.sign(), self.subject(), self.action())
    }
}

fn named(name: Option<&str>) -> String {
    name.map(|name| format!("{name} ")).unwrap_or_default()
}

fn key(key: Option<&PrimaryKeyDef>) -> String {
    let Some(key) = key else { return "no key".to_owned() };
    let columns: Vec<&str> = key.columns.iter().map(|column| column.name.as_ref()).collect();
    format!("({}){}", columns.join(", "), if key.autoincrement { " AUTOINCREMENT" } else { "" })
}

fn aspects_text(from: &ColumnDef, to: &ColumnDef, aspects: &[ColumnAspect]) -> String {
    let texts: Vec<String> = aspects
        .iter()
        .map(|aspect| match aspect {
            ColumnAspect::Type => format!("{} -> {}", or_none(&from.sql_type), or_none(&to.sql_type)),
            ColumnAspect::Nullability if to.nullable => "NULL".to_owned(),
            ColumnAspect::Nullability => "NOT NULL".to_owned(),
            ColumnAspect::Conflict => "NOT NULL ON CONFLICT".to_owned(),
            ColumnAspect::Default => {
                format!("DEFAULT {} -> {}", describe_default(&from.default), describe_default(&to.default))
            }
            ColumnAspect::Collation => format!("COLLATE {}", to.collation.as_deref().unwrap_or("BINARY")),
            ColumnAspect::Generated if to.generated.is_none() => "no longer generated".to_owned(),
            ColumnAspect::Generated => "GENERATED".to_owned(),
        })
        .collect();
    texts.join(", ")
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "no type" } else { text }
}
