use std::{collections::BTreeMap, fmt};

use schema_migrate::clean::Rule;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::duration::read_age;

/// Reads `{ sessions = "90d", events = { older_than = "30d", by = "at" } }`.
pub(super) fn read_rules<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Rule>, D::Error> {
    let rules = BTreeMap::<String, Entry>::deserialize(from)?;
    rules
        .into_iter()
        .map(|(table, Entry(whole))| {
            let older_than = read_age(&whole.older_than).map_err(de::Error::custom)?;
            Ok(Rule { table, older_than, by: whole.by, deleted: whole.deleted })
        })
        .collect()
}

/// What is said of one table: an age, or more than that.
struct Entry(Whole);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    older_than: String,
    by: Option<String>,
    #[serde(default)]
    deleted: bool,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an age such as \"90d\", or { older_than = \"90d\", by = \"column\" }")
    }

    fn visit_str<E: de::Error>(self, age: &str) -> Result<Entry, E> {
        Ok(Entry(Whole { older_than: age.to_owned(), by: None, deleted: false }))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
        Whole::deserialize(MapAccessDeserializer::new(map)).map(Entry)
    }
}
