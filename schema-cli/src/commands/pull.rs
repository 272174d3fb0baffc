use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

use schema_core::model::SchemaDef;
use schema_migrate::{
    Error,
    inspect::sqlite,
    pull::{Facts, PullOptions, Pulled, pull},
    run::open_read_only,
    stamp::{Compared, bookkeeping, without_bookkeeping},
};
use serde_json::json;

use super::{Context, side::WAIT, stamp::bookkeeping_as_json};
use crate::{
    arguments::PullArguments,
    output::{Outcome, aligned, objects, plural, shown},
    progress::Progress,
    registry::snake_case,
    settings::{self, file_of_url, resolve},
    source::{self, Action, Entry},
};

/// How long the stored values are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// Lines of a list before it is cut.
const LINES: usize = 60;

pub(super) fn run(context: &Context<'_>, arguments: &PullArguments) -> Result<Outcome, Error> {
    let screen = context.screen();
    let place = Place::of(context, arguments)?;
    let mut progress = Progress::new(screen);
    progress.start("reading the database", 0);
    let (live, facts, tools) = {
        let mut connection = open_read_only(&place.database, WAIT)?;
        let live = without_bookkeeping(sqlite::schema(&connection)?, &place.declared);
        let tools: Vec<_> = bookkeeping(&connection)?
            .into_iter()
            .filter(|found| live.table(found.tool.table).is_none())
            .collect();
        let facts = if arguments.sample { Some(Facts::read(&mut connection, &live, LOOK)?) } else { None };
        (live, facts, tools)
    };
    let options = PullOptions { schema: place.schema, root: place.root, facts, times: arguments.times };
    let pulled = pull(&live, &options)?;
    progress.finish();
    let entries = source::plan(&place.folder, &pulled.files, arguments.force)?;
    let stale = source::stale(&place.folder, &entries);
    if !arguments.dry_run {
        source::write(&place.folder, &entries)?;
        source::format(&place.folder.join(&options.root));
    }
    let compared = Compared::of(&live);
    screen.line(format!("Read      {}: {}", shown(&place.database), objects(compared)));
    for one in &tools {
        screen.line(format!("Left out  {}   the bookkeeping of {}", one.tool.table, one.tool.name));
    }
    show_files(context, arguments, &place.folder, &entries);
    show_fallbacks(context, &pulled);
    let next = next(context, &place.folder, &pulled, &place.standing);
    for (position, next) in next.iter().enumerate() {
        screen.line(format!("{} {next}", if position == 0 { "Next     " } else { "         " }));
    }
    let fallbacks: Vec<_> = pulled
        .fallbacks
        .iter()
        .map(|fallback| json!({ "object": fallback.object, "written_as": fallback.written_as, "why": fallback.why }))
        .collect();
    let files: Vec<_> = entries.iter().map(Entry::as_json).collect();
    let data = json!({
        "database": place.database.display().to_string(),
        "folder": place.folder.display().to_string(),
        "schema": options.schema,
        "tables": pulled.tables,
        "views": pulled.views,
        "files": files,
        "fallbacks": fallbacks,
        "other_tools": bookkeeping_as_json(&tools),
        "different": pulled.different,
        "dry_run": arguments.dry_run,
        "next": next,
    });
    let is_equal = pulled.different.is_empty();
    let different = pulled.different.iter().map(|change| format!("still different: {change}"));
    let warnings = pulled.notes.iter().cloned().chain(stale).chain(different).collect();
    let outcome = if is_equal { Outcome::done(data) } else { Outcome::finding(data) };
    Ok(outcome.warnings(warnings))
}

/// From where, and to where.
struct Place {
    database: PathBuf,
    folder: PathBuf,
    schema: String,
    root: String,
    standing: Standing,
    /// The models so far: a table that they declare is nobody else's.
    declared: SchemaDef,
}

/// What this program knows of the schema that the models become.
enum Standing {
    /// It is not registered. With the name that `--schema` will have where it is not the only one.
    New(Option<String>),
    /// It is, and takes `--schema` where it is not the default.
    Registered(Option<String>),
}

impl Standing {
    fn of(context: &Context<'_>, schema: &str) -> Self {
        let others = context.schemas();
        let name = snake_case(schema);
        let is_registered = others.iter().any(|other| other.name == name);
        // Without --schema the settings say which one a command takes, if they do.
        let usual = resolve(others, &settings::Place::default()).ok().map(|usual| usual.schema.name);
        let is_usual = usual.as_deref() == Some(name.as_str());
        let asked = Some(name).filter(|_| !others.is_empty() && !is_usual);
        if is_registered { Self::Registered(asked) } else { Self::New(asked) }
    }
}

impl Place {
    fn of(context: &Context<'_>, arguments: &PullArguments) -> Result<Self, Error> {
        let here = env::current_dir().map_err(|error| {
            Error::failed("the current folder cannot be read")
                .why(error.to_string())
                .state("nothing was written")
        })?;
        let place = arguments.place.place();
        let settings = context.settings(&arguments.place);
        let url = place.url.or_else(|| env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()));
        let database = match (&settings, url) {
            (Ok(settings), None) => settings.database()?.path.clone(),
            (_, Some(url)) => file_of_url(&url, &here)?,
            (Err(_), None) => {
                return Err(Error::usage("which database?")
                    .why("neither --url nor DATABASE_URL names one")
                    .state("nothing was written")
                    .next("db-pull --url sqlite:path/to/file.db"));
            }
        };
        let registered = settings.as_ref().ok();
        let base = registered.map_or(here.clone(), |settings| settings.root.clone());
        let folder = arguments.out.as_ref().map_or_else(|| folder_of_models(&base), |out| here.join(out));
        let schema = match (&arguments.name, registered) {
            (Some(name), _) => source::type_name(name)?,
            (None, Some(settings)) => settings.schema.declared.name.to_string(),
            (None, None) => "App".to_owned(),
        };
        let is_crate = folder.file_name().is_some_and(|name| name == "src");
        let root = if is_crate { "lib.rs" } else { "mod.rs" }.to_owned();
        let standing = Standing::of(context, &schema);
        let declared = registered.map_or(SchemaDef::EMPTY, |settings| settings.schema.declared.clone());
        Ok(Self { database, folder, schema, root, standing, declared })
    }
}

/// Where a project has its models.
pub(super) fn folder_of_models(root: &Path) -> PathBuf {
    let own = root.join("models/src");
    if own.is_dir() { own } else { root.join("src/models") }
}

fn show_files(context: &Context<'_>, arguments: &PullArguments, folder: &Path, entries: &[Entry]) {
    let screen = context.screen();
    let written = entries.iter().filter(|entry| entry.action != Action::Keep).count();
    let doing = if arguments.dry_run { "Would write" } else { "Wrote" };
    screen.line(format!("{doing:<9} {}   {}", shown(folder), plural(written, "file")));
    for (position, entry) in entries.iter().enumerate() {
        let line = format!("  {} {}", entry.sign(), entry.path.display());
        if position < LINES {
            screen.line(line);
        } else {
            screen.detail(line);
        }
    }
    if let Some(more) = entries.len().checked_sub(LINES).filter(|more| *more > 0) {
        screen.line(format!("  and {} (-v lists them)", plural(more, "more file")));
    }
}

fn show_fallbacks(context: &Context<'_>, pulled: &Pulled) {
    let screen = context.screen();
    if pulled.fallbacks.is_empty() {
        return;
    }
    screen.line(format!("As SQL    {}, because no attribute says", plural(pulled.fallbacks.len(), "object")));
    let rows = pulled.fallbacks.iter().take(LINES).map(|fallback| {
        vec![fallback.object.clone(), fallback.written_as.to_owned(), fallback.why.replace('\n', " ")]
    });
    for line in aligned(rows) {
        screen.line(line);
    }
    if let Some(more) = pulled.fallbacks.len().checked_sub(LINES).filter(|more| *more > 0) {
        screen.line(format!("  and {more} more (--json lists them)"));
    }
}

fn next(context: &Context<'_>, folder: &Path, pulled: &Pulled, standing: &Standing) -> Vec<String> {
    let mut next: Vec<String> =
        pulled.crates.iter().map(|name| format!("cargo add {name} (in the crate of the models)")).collect();
    let (is_new, name) = match standing {
        Standing::New(name) => (true, name),
        Standing::Registered(name) => (false, name),
    };
    if is_new {
        let module = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if module != "src" {
            next.push(format!(
                "write `pub mod {module};` into the crate, and register its schema (docs/adoption.md)"
            ));
        }
    }
    if !pulled.different.is_empty() {
        next.push("correct the models, or the database, where they still differ".to_owned());
    }
    let schema = name.as_ref().map(|name| format!(" --schema {name}")).unwrap_or_default();
    next.push(context.call(&format!("stamp --baseline{schema}")));
    next
}
