//! Three tables, and rows of them by chance.

use std::fmt::Write;

use schema_core::{
    Db, Result, Row, Schema as _, Table,
    dialect::sqlite::create_statements,
    expr::{Nullable, Required},
    value::Value,
};

use super::{Scope, Tree};
use crate::random::Random;

/// A thing of a group.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Item {
    /// Its key.
    #[column(primary_key)]
    pub id: i64,
    /// Its group, which may not be there.
    pub group_id: Option<i64>,
    /// A number.
    pub amount: i64,
    /// A price.
    pub price: Option<f64>,
    /// A text.
    pub name: String,
    /// A text that may be missing.
    pub note: Option<String>,
    /// Whether it is.
    pub flag: bool,
}

/// A group.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Group {
    /// Its key.
    #[column(primary_key)]
    pub id: i64,
    /// A text.
    pub title: String,
    /// A number that may be missing.
    pub place: Option<i64>,
    /// A part.
    pub ratio: f64,
}

/// A mark on an item.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Mark {
    /// Its key.
    #[column(primary_key)]
    pub id: i64,
    /// The item, which may not be there.
    pub item_id: Option<i64>,
    /// A text that may be missing.
    pub label: Option<String>,
    /// A number.
    pub weight: i64,
    /// Whether it is, if somebody knows.
    pub known: Option<bool>,
}

/// What every query of the campaign gives: a value of each kind, any of which may be missing.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct Line {
    /// A number.
    pub number: Option<i64>,
    /// A number with a fraction.
    pub real: Option<f64>,
    /// A text.
    pub text: Option<String>,
    /// Whether it is.
    pub truth: Option<bool>,
}

schema_core::schema! {
    /// What the queries are about.
    pub Lab { Item, Group, Mark }
}

/// The rows of the three tables, each with its cells in the order of the columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Data {
    /// Of `items`, `groups` and `marks`.
    pub tables: [Vec<Vec<Value>>; 3],
}

/// A table of which queries are made.
pub(super) trait Sampled: Table {
    /// Its number in [`Data`].
    const NUMBER: usize;
    /// Puts its columns into a scope.
    fn required(columns: Self::Columns<Required>, level: usize, table: usize, scope: &mut Scope);
    /// The same for the far side of a LEFT JOIN.
    fn nullable(columns: Self::Columns<Nullable>, level: usize, table: usize, scope: &mut Scope);
}

/// Puts columns into the pools of a scope.
macro_rules! sampled {
    ($model:ident $number:literal: $($pool:ident $field:ident $at:literal),+) => {
        impl Sampled for $model {
            const NUMBER: usize = $number;
            fn required(c: Self::Columns<Required>, level: usize, table: usize, scope: &mut Scope) {
                $(scope.$pool.push((c.$field.nullable(), Tree::Column { level, table, column: $at }));)+
            }
            fn nullable(c: Self::Columns<Nullable>, level: usize, table: usize, scope: &mut Scope) {
                $(scope.$pool.push((c.$field.nullable(), Tree::Column { level, table, column: $at }));)+
            }
        }
    };
}
sampled!(Item 0: ints id 0, ints group_id 1, ints amount 2, reals price 3, texts name 4, texts note 5, flags flag 6);
sampled!(Group 1: ints id 0, texts title 1, ints place 2, reals ratio 3);
sampled!(Mark 2: ints id 0, ints item_id 1, texts label 2, ints weight 3, flags known 4);

/// Puts the columns of a [`Line`] into a scope.
macro_rules! line {
    ($columns:expr, $level:expr, $table:expr, $scope:expr) => {{
        let (c, level, table) = ($columns, $level, $table);
        $scope.ints.push((c.number.nullable(), Tree::Column { level, table, column: 0 }));
        $scope.reals.push((c.real.nullable(), Tree::Column { level, table, column: 1 }));
        $scope.texts.push((c.text.nullable(), Tree::Column { level, table, column: 2 }));
        $scope.flags.push((c.truth.nullable(), Tree::Column { level, table, column: 3 }));
    }};
}
pub(super) use line;

/// Texts that are alike, hold what patterns are made of, and look like numbers.
pub(super) const TEXTS: [&str; 14] =
    ["", "a", "A", "ab", "Ab ", " b", "a%b", "a_b", "12", "7x", "-3", "ä", "it's", "b\\a"];

impl Data {
    /// Some rows by chance, with NULLs and with keys that lead nowhere.
    pub fn new(random: &mut Random) -> Self {
        let integer = |random: &mut Random, least: i64, count: usize| {
            Value::Integer(least + i64::try_from(random.below(count)).unwrap_or(0))
        };
        let text = |random: &mut Random| Value::Text((*random.pick(&TEXTS)).to_owned());
        let quarter = |random: &mut Random| {
            let quarters = i32::try_from(random.below(49)).unwrap_or(0) - 24;
            Value::Real(f64::from(quarters) / 4.0)
        };
        let truth = |random: &mut Random| Value::Integer(i64::from(random.percent(50)));
        let or_null =
            |random: &mut Random, value: Value| if random.percent(30) { Value::Null } else { value };
        let mut data = Self::default();
        for id in 1..=random.below(13) {
            let id = Value::Integer(i64::try_from(id).unwrap_or(0));
            let (group, amount) = (integer(random, 1, 6), integer(random, -5, 12));
            let (price, name, note) = (quarter(random), text(random), text(random));
            let flag = truth(random);
            let (group, price, note) =
                (or_null(random, group), or_null(random, price), or_null(random, note));
            data.tables[0].push(vec![id, group, amount, price, name, note, flag]);
        }
        for id in 1..=random.below(6) {
            let id = Value::Integer(i64::try_from(id).unwrap_or(0));
            let (title, place, ratio) = (text(random), integer(random, 0, 4), quarter(random));
            let place = or_null(random, place);
            data.tables[1].push(vec![id, title, place, ratio]);
        }
        for id in 1..=random.below(12) {
            let id = Value::Integer(i64::try_from(id).unwrap_or(0));
            let (item, label, weight) = (integer(random, 1, 12), text(random), integer(random, -3, 8));
            let known = truth(random);
            let (item, label, known) =
                (or_null(random, item), or_null(random, label), or_null(random, known));
            data.tables[2].push(vec![id, item, label, weight, known]);
        }
        data
    }

    /// A database with these rows.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn open(&self) -> Result<Db<Lab>> {
        let db = Db::<Lab>::in_memory()?;
        let script = self.script();
        db.sqlite_raw(|connection| connection.execute_batch(&script))?;
        Ok(db)
    }

    /// The same as SQL.
    pub fn script(&self) -> String {
        let mut script = String::new();
        for (table, rows) in Lab::DEF.tables.iter().zip(&self.tables) {
            script.push_str(&create_statements(table).join(";\n"));
            script.push_str(";\n");
            for row in rows {
                let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
                let _ = writeln!(script, "INSERT INTO \"{}\" VALUES ({});", table.name, cells.join(", "));
            }
        }
        script
    }
}
