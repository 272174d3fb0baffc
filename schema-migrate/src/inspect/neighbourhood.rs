use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use schema_core::model::{Engine, SchemaDef, TableDef, TriggerDef, ViewDef};

/// Up to this many tables a schema is tried out whole: SQLite's cost of one database grows with the
/// square of its tables.
const WHOLE: usize = 200;

/// The part of a schema that a change of some of its objects can touch.
#[derive(Debug)]
pub(crate) struct Neighbourhood {
    /// The objects that change, whatever names one of them, and what all these name themselves.
    pub(crate) schema: SchemaDef,
    /// Tables that are there only because something names them, in lower case. They have no triggers here.
    context: HashSet<String>,
}

impl Neighbourhood {
    /// The surroundings of the objects with these names. A small schema is taken whole.
    pub(crate) fn of<'a>(schema: &SchemaDef, names: impl IntoIterator<Item = &'a str>) -> Self {
        if schema.tables.len() <= WHOLE {
            return Self { schema: schema.clone(), context: HashSet::new() };
        }
        let names: HashSet<String> = names.into_iter().map(str::to_ascii_lowercase).collect();
        let objects = Objects::of(schema);
        let (near, context) = objects.around(&names);
        let mut tables: Vec<Cow<'static, TableDef>> = Vec::new();
        let mut views: Vec<Cow<'static, ViewDef>> = Vec::new();
        for (position, object) in objects.all.iter().enumerate() {
            match object {
                Object::Table(table) if near[position] => tables.push((*table).clone()),
                Object::Table(table) if context[position] => {
                    tables.push(Cow::Owned(TableDef {
                        triggers: Cow::Borrowed(&[]),
                        ..table.as_ref().clone()
                    }));
                }
                Object::View(view) if near[position] || context[position] => views.push((*view).clone()),
                _ => {}
            }
        }
        let context =
            objects.all.iter().enumerate().filter(|(position, _)| context[*position] && !near[*position]);
        Self {
            context: context.map(|(_, object)| object.name().to_ascii_lowercase()).collect(),
            schema: SchemaDef { tables: tables.into(), views: views.into(), ..schema.clone() },
        }
    }

    /// The whole schema, with this part of it as it has become.
    pub(crate) fn replaced(&self, whole: &SchemaDef, part: SchemaDef) -> SchemaDef {
        if self.context.is_empty() && self.schema.tables.len() == whole.tables.len() {
            return part;
        }
        let was: HashSet<String> = self
            .schema
            .tables
            .iter()
            .map(|table| table.name.to_ascii_lowercase())
            .filter(|name| !self.context.contains(name))
            .collect();
        let had: HashSet<&str> = self.schema.views.iter().map(|view| view.name.as_ref()).collect();
        let is_context = |name: &str| self.context.contains(&name.to_ascii_lowercase());
        let kept = whole.tables.iter().filter(|table| !was.contains(&table.name.to_ascii_lowercase()));
        let mut tables: Vec<Cow<'static, TableDef>> =
            kept.chain(part.tables.iter().filter(|table| !is_context(&table.name))).cloned().collect();
        tables.sort_by(|left, right| left.name.cmp(&right.name));
        let kept = whole.views.iter().filter(|view| !had.contains(view.name.as_ref()));
        let views: Vec<Cow<'static, ViewDef>> = kept.chain(part.views.iter()).cloned().collect();
        SchemaDef { tables: tables.into(), views: views.into(), ..whole.clone() }
    }
}

/// A table or a view.
#[derive(Clone, Copy)]
enum Object<'a> {
    Table(&'a Cow<'static, TableDef>),
    View(&'a Cow<'static, ViewDef>),
}

impl<'a> Object<'a> {
    fn name(&self) -> &'a str {
        match self {
            Self::Table(table) => &table.name,
            Self::View(view) => &view.name,
        }
    }

    /// Its own text.
    fn text(&self) -> &'a str {
        match self {
            Self::Table(table) => table.sql.as_deref().unwrap_or_default(),
            Self::View(view) => view.sql.on(Engine::Sqlite).unwrap_or_default(),
        }
    }

    fn triggers(&self) -> &'a [TriggerDef] {
        match self {
            Self::Table(table) => &table.triggers,
            Self::View(view) => &view.triggers,
        }
    }
}

/// Every table and view, found by the words of a text.
struct Objects<'a> {
    all: Vec<Object<'a>>,
    /// Names that are one word, in lower case.
    words: HashMap<String, usize>,
    /// Other names, as they stand between quotes.
    odd: Vec<(String, usize)>,
}

impl<'a> Objects<'a> {
    fn of(schema: &'a SchemaDef) -> Self {
        let tables = schema.tables.iter().map(Object::Table);
        let mut objects = Self {
            all: tables.chain(schema.views.iter().map(Object::View)).collect(),
            words: HashMap::new(),
            odd: Vec::new(),
        };
        for (position, object) in objects.all.iter().enumerate() {
            let name = object.name().to_ascii_lowercase();
            if name.chars().all(is_of_word) {
                objects.words.insert(name, position);
            } else {
                for quote in ['"', '\'', '`'] {
                    let doubled: String = [quote, quote].iter().collect();
                    objects.odd.push((name.replace(quote, &doubled), position));
                }
            }
        }
        objects
    }

    /// What a text may name. Too much is near enough: a word may be a column's name.
    fn mentioned(&self, text: &str) -> Vec<usize> {
        let text = text.to_ascii_lowercase();
        let words = text.split(|character| !is_of_word(character));
        let mut found: Vec<usize> = words.filter_map(|word| self.words.get(word)).copied().collect();
        found.extend(self.odd.iter().filter(|(name, _)| text.contains(name.as_str())).map(|(_, at)| at));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Which objects are near the named ones, and which are needed to build those.
    fn around(&self, names: &HashSet<String>) -> (Vec<bool>, Vec<bool>) {
        let own: Vec<Vec<usize>> = self.all.iter().map(|object| self.mentioned(object.text())).collect();
        let by_triggers: Vec<Vec<usize>> = self
            .all
            .iter()
            .map(|object| {
                let texts = object.triggers().iter().filter_map(|trigger| trigger.sql.on(Engine::Sqlite));
                texts.flat_map(|text| self.mentioned(text)).collect()
            })
            .collect();
        let named: Vec<bool> =
            self.all.iter().map(|object| names.contains(&object.name().to_ascii_lowercase())).collect();
        // A view hands on what it reads to the views over it; a table that refers to another does not.
        let mut reached = named.clone();
        loop {
            let found: Vec<usize> = (0..self.all.len())
                .filter(|at| matches!(self.all[*at], Object::View(_)) && !reached[*at])
                .filter(|at| own[*at].iter().any(|other| reached[*other]))
                .collect();
            if found.is_empty() {
                break;
            }
            found.into_iter().for_each(|at| reached[at] = true);
        }
        let near: Vec<bool> = (0..self.all.len())
            .map(|at| reached[at] || own[at].iter().chain(&by_triggers[at]).any(|other| reached[*other]))
            .collect();
        let mut context = vec![false; self.all.len()];
        let mut open: Vec<usize> = (0..self.all.len())
            .filter(|at| near[*at])
            .flat_map(|at| own[at].iter().chain(&by_triggers[at]).copied())
            .collect();
        while let Some(at) = open.pop() {
            if !near[at] && !context[at] {
                context[at] = true;
                if matches!(self.all[at], Object::View(_)) {
                    open.extend(own[at].iter().copied());
                }
            }
        }
        (near, context)
    }
}

fn is_of_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_' || character == '$' || !character.is_ascii()
}
