//! Typed queries by chance over rows by chance, compared with an evaluation that knows neither the framework nor
//! SQLite.

mod asked;
mod cells;
mod condition;
mod evaluate;
mod expression;
mod semantics;
mod shapes;
mod tables;
mod tree;
mod trial;
mod window;

use expression::Scope;
use tree::Tree;

pub use tables::{Data, Group, Item, Lab, Line, Mark};
pub use trial::{QueryCampaign, QueryFailure};
