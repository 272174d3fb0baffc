//! A query as data of its own, which nothing of the framework takes part in.

use schema_core::value::Value;

/// An expression.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    /// A column of a table of the query at this depth, from 0.
    Column {
        level: usize,
        table: usize,
        column: usize,
    },
    Constant(Value),
    Not(Box<Tree>),
    Negate(Box<Tree>),
    IsNull(Box<Tree>, bool),
    Binary(Operator, Box<Tree>, Box<Tree>),
    /// A comparison of texts without regard of case.
    NoCase(Operator, Box<Tree>, Box<Tree>),
    Between(Box<[Tree; 3]>),
    InList(Box<Tree>, Vec<Tree>, bool),
    Call(Function, Vec<Tree>),
    Case(Vec<(Tree, Tree)>, Option<Box<Tree>>),
    Scalar(Box<Plan>),
    Exists(Box<Plan>),
    InQuery(Vec<Tree>, Box<Plan>, bool),
    Aggregate(Box<Aggregate>),
    Window(Box<Window>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Concat,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Distinct,
    NotDistinct,
    And,
    Or,
    Like,
    Glob,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Coalesce,
    NullIf,
    Abs,
    Round,
    Lower,
    Upper,
    Trim,
    TrimStart,
    TrimEnd,
    Length,
    Substr,
    Replace,
    Position,
    Contains,
    StartsWith,
    EndsWith,
    /// LIKE with `!` as its escape character.
    LikeEscaped,
    ToInteger,
    ToReal,
    ToText,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Summary {
    Count,
    Sum,
    Total,
    Average,
    Least,
    Greatest,
    Concat,
}

/// An aggregate over the rows of a group, or of a frame.
#[derive(Clone, Debug)]
pub(super) struct Aggregate {
    pub(super) summary: Summary,
    pub(super) distinct: bool,
    /// None counts rows.
    pub(super) argument: Option<Tree>,
    pub(super) separator: &'static str,
    pub(super) order: Vec<Term>,
    pub(super) filter: Option<Tree>,
}

/// A function over a window.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub(super) what: Over,
    pub(super) partition: Vec<Tree>,
    pub(super) order: Vec<Term>,
    pub(super) frame: Extent,
}

#[derive(Clone, Debug)]
pub(super) enum Over {
    Aggregate(Aggregate),
    RowNumber,
    Rank,
    DenseRank,
    Ntile(u32),
    /// The value so many rows behind; before where it is negative.
    Neighbour(Tree, i64),
    First(Tree),
    Last(Tree),
    Nth(Tree, usize),
}

/// Which rows of the partition a function sees.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extent {
    /// Up to the current row's equals; all where there is no order.
    Default,
    /// Rows from so many before to so many behind the current one; none is the end.
    Rows(Option<i64>, Option<i64>),
    /// The same in groups of equal rows.
    Groups(Option<i64>, Option<i64>),
}

/// What rows are ordered by.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) tree: Tree,
    pub(super) descending: bool,
    /// Whether NULLs come first, where it was said.
    pub(super) nulls_first: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joined {
    Inner,
    Left,
}

#[derive(Clone, Debug)]
pub(super) enum Rows {
    /// One of the tables.
    Table(usize),
    /// A query in its place.
    Derived(Box<Plan>),
}

#[derive(Clone, Debug)]
pub(super) struct From {
    pub(super) rows: Rows,
    pub(super) join: Joined,
    pub(super) on: Option<Tree>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SetOperation {
    Union,
    UnionAll,
    Intersect,
    Except,
}

/// A query.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) from: Vec<From>,
    pub(super) filters: Vec<Tree>,
    /// What rows are grouped by; nothing in it makes one group of all.
    pub(super) group: Option<Vec<Tree>>,
    pub(super) having: Vec<Tree>,
    pub(super) select: Vec<Tree>,
    pub(super) distinct: bool,
    pub(super) order: Vec<Term>,
    /// Columns of the result, and whether they descend, behind the terms.
    pub(super) order_by_result: Vec<(usize, bool)>,
    pub(super) limit: Option<usize>,
    pub(super) offset: usize,
    /// Queries whose rows are joined to those of this one, which has no order then but by its result.
    pub(super) others: Vec<(SetOperation, Plan)>,
}

impl Plan {
    pub(super) fn of_table(number: usize) -> Self {
        Self {
            from: vec![From { rows: Rows::Table(number), join: Joined::Inner, on: None }],
            ..Self::default()
        }
    }

    pub(super) fn derived(plan: Plan) -> Self {
        let rows = Rows::Derived(Box::new(plan));
        Self { from: vec![From { rows, join: Joined::Inner, on: None }], ..Self::default() }
    }
}
