use std::ops::Range;

use schema_core::model::{ConflictClause, Deferrable, ForeignKeyAction};

use super::cursor::{Cursor, split_commas};
use crate::sql::Token;

/// A constraint of a column or a table.
#[derive(Clone, Debug)]
pub(crate) struct Constraint {
    /// The name behind CONSTRAINT.
    pub(crate) name: Option<String>,
    /// What it says.
    pub(crate) clause: Clause,
    /// Where it stands in the text, its name included.
    pub(crate) span: Range<usize>,
}

/// What a constraint says. The columns are empty where it stands on a column.
#[derive(Clone, Debug)]
pub(crate) enum Clause {
    /// NOT NULL.
    NotNull(Option<ConflictClause>),
    /// PRIMARY KEY.
    PrimaryKey { columns: Vec<KeyPart>, autoincrement: bool, conflict: Option<ConflictClause> },
    /// UNIQUE.
    Unique { columns: Vec<KeyPart>, conflict: Option<ConflictClause> },
    /// CHECK, without its parentheses.
    Check(String),
    /// FOREIGN KEY or REFERENCES.
    ForeignKey(ForeignKeyText),
    /// COLLATE.
    Collate(String),
    /// GENERATED ALWAYS AS, without its parentheses.
    Generated { expression: String, stored: bool },
    /// DEFAULT, NULL.
    Other,
}

/// A column of a key.
#[derive(Clone, Debug)]
pub(crate) struct KeyPart {
    pub(crate) name: String,
    pub(crate) collation: Option<String>,
    pub(crate) descending: bool,
}

/// A foreign key.
#[derive(Clone, Debug)]
pub(crate) struct ForeignKeyText {
    pub(crate) columns: Vec<String>,
    pub(crate) table: String,
    pub(crate) references: Vec<String>,
    pub(crate) on_delete: ForeignKeyAction,
    pub(crate) on_update: ForeignKeyAction,
    pub(crate) deferrable: Deferrable,
    /// Offset of the word REFERENCES.
    pub(crate) references_at: usize,
}

/// Reads the constraints of a column, or of the table, up to the end of the item.
pub(super) fn constraints(cursor: &mut Cursor<'_, '_>) -> Vec<Constraint> {
    let mut found: Vec<Constraint> = Vec::new();
    while cursor.peek().is_some() {
        let start = cursor.start();
        if let Some(deferrable) = deferrable(cursor) {
            if let Some(Constraint { clause: Clause::ForeignKey(key), span, .. }) = found.last_mut() {
                key.deferrable = deferrable;
                span.end = cursor.end();
            }
            continue;
        }
        let name = if cursor.words(&["CONSTRAINT"]) { cursor.name() } else { None };
        match clause(cursor) {
            Some(clause) => found.push(Constraint { name, clause, span: start..cursor.end() }),
            None => {
                // A word of the type, or what a later SQLite adds: not ours to understand.
                if cursor.next().is_none() {
                    break;
                }
            }
        }
    }
    found
}

fn clause(cursor: &mut Cursor<'_, '_>) -> Option<Clause> {
    if cursor.words(&["NOT", "NULL"]) {
        return Some(Clause::NotNull(conflict(cursor)));
    }
    if cursor.words(&["NULL"]) {
        conflict(cursor);
        return Some(Clause::Other);
    }
    if cursor.words(&["DEFAULT"]) {
        default(cursor);
        return Some(Clause::Other);
    }
    if cursor.words(&["PRIMARY", "KEY"]) {
        // A constraint of the table has the word inside its parentheses.
        let inside =
            cursor.clone().group().and_then(<[_]>::last).is_some_and(|last| last.is("AUTOINCREMENT"));
        let mut columns = key_parts(cursor);
        if columns.is_empty() {
            let descending = cursor.words(&["DESC"]);
            cursor.words(&["ASC"]);
            columns.push(KeyPart { name: String::new(), collation: None, descending });
        }
        let conflict = conflict(cursor);
        return Some(Clause::PrimaryKey {
            columns,
            autoincrement: cursor.words(&["AUTOINCREMENT"]) || inside,
            conflict,
        });
    }
    if cursor.words(&["UNIQUE"]) {
        return Some(Clause::Unique { columns: key_parts(cursor), conflict: conflict(cursor) });
    }
    if cursor.words(&["CHECK"]) {
        let expression = cursor.group_text()?;
        conflict(cursor);
        return Some(Clause::Check(expression));
    }
    if cursor.words(&["COLLATE"]) {
        return Some(Clause::Collate(cursor.name()?));
    }
    if cursor.words(&["GENERATED", "ALWAYS", "AS"]) || cursor.words(&["AS"]) {
        let expression = cursor.group_text()?;
        let stored = cursor.words(&["STORED"]);
        cursor.words(&["VIRTUAL"]);
        return Some(Clause::Generated { expression, stored });
    }
    if cursor.words(&["FOREIGN", "KEY"]) {
        let columns = names(cursor.group()?);
        return references(cursor, columns);
    }
    references(cursor, Vec::new())
}

fn references(cursor: &mut Cursor<'_, '_>, columns: Vec<String>) -> Option<Clause> {
    let references_at = cursor.start();
    if !cursor.words(&["REFERENCES"]) {
        return None;
    }
    let table = cursor.name()?;
    let mut key = ForeignKeyText {
        columns,
        table,
        references: cursor.group().map(names).unwrap_or_default(),
        on_delete: ForeignKeyAction::NoAction,
        on_update: ForeignKeyAction::NoAction,
        deferrable: Deferrable::Not,
        references_at,
    };
    loop {
        if cursor.words(&["ON", "DELETE"]) {
            key.on_delete = action(cursor);
        } else if cursor.words(&["ON", "UPDATE"]) {
            key.on_update = action(cursor);
        } else if cursor.words(&["ON", "INSERT"]) {
            action(cursor);
        } else if cursor.words(&["MATCH"]) {
            cursor.name();
        } else {
            return Some(Clause::ForeignKey(key));
        }
    }
}

fn action(cursor: &mut Cursor<'_, '_>) -> ForeignKeyAction {
    let spellings: [(&[&str], ForeignKeyAction); 5] = [
        (&["SET", "NULL"], ForeignKeyAction::SetNull),
        (&["SET", "DEFAULT"], ForeignKeyAction::SetDefault),
        (&["CASCADE"], ForeignKeyAction::Cascade),
        (&["RESTRICT"], ForeignKeyAction::Restrict),
        (&["NO", "ACTION"], ForeignKeyAction::NoAction),
    ];
    let found = spellings.iter().find(|(words, _)| cursor.words(words));
    found.map_or(ForeignKeyAction::NoAction, |(_, action)| *action)
}

fn deferrable(cursor: &mut Cursor<'_, '_>) -> Option<Deferrable> {
    let never = cursor.words(&["NOT", "DEFERRABLE"]);
    if !never && !cursor.words(&["DEFERRABLE"]) {
        return None;
    }
    let deferred = cursor.words(&["INITIALLY", "DEFERRED"]);
    cursor.words(&["INITIALLY", "IMMEDIATE"]);
    Some(match (never, deferred) {
        (true, _) => Deferrable::Not,
        (false, true) => Deferrable::InitiallyDeferred,
        (false, false) => Deferrable::InitiallyImmediate,
    })
}

fn conflict(cursor: &mut Cursor<'_, '_>) -> Option<ConflictClause> {
    let spellings = [
        ("ROLLBACK", Some(ConflictClause::Rollback)),
        // The default, spelt out.
        ("ABORT", None),
        ("FAIL", Some(ConflictClause::Fail)),
        ("IGNORE", Some(ConflictClause::Ignore)),
        ("REPLACE", Some(ConflictClause::Replace)),
    ];
    let found = spellings.iter().find(|(word, _)| cursor.words(&["ON", "CONFLICT", word]));
    found.and_then(|(_, clause)| *clause)
}

fn default(cursor: &mut Cursor<'_, '_>) {
    if cursor.group().is_some() {
        return;
    }
    while cursor.peek().is_some_and(|token| token.is_symbol("-") || token.is_symbol("+")) {
        cursor.next();
    }
    cursor.next();
}

fn key_parts(cursor: &mut Cursor<'_, '_>) -> Vec<KeyPart> {
    cursor
        .group()
        .map(|inner| split_commas(inner).into_iter().filter_map(key_part).collect())
        .unwrap_or_default()
}

fn key_part(tokens: &[Token<'_>]) -> Option<KeyPart> {
    let tokens = match tokens {
        [key @ .., last] if !key.is_empty() && last.is("AUTOINCREMENT") => key,
        all => all,
    };
    let name = tokens.iter().find(|token| token.may_be_name())?.name();
    let collate = tokens.iter().position(|token| token.is("COLLATE"));
    Some(KeyPart {
        name,
        collation: collate.and_then(|position| tokens.get(position + 1)).map(Token::name),
        descending: tokens.last().is_some_and(|token| token.is("DESC")),
    })
}

fn names(tokens: &[Token<'_>]) -> Vec<String> {
    split_commas(tokens).into_iter().filter_map(|piece| piece.first()).map(Token::name).collect()
}
