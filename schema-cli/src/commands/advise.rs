use std::{fs, time::Duration};

use schema_core::model::SchemaDef;
use schema_migrate::{
    Error,
    advise::{
        Advice, Help, Lacking, Request, Scan, Statement, StatementKind, Statistics, advise, read_statements,
    },
    lint::find,
    run::open_read_only,
};
use serde_json::{Value, json};

use super::{Context, development::rows_text};
use crate::{
    arguments::AdviseArguments,
    output::{Outcome, Screen, count, plural, shown},
    present::{findings_as_json, show_findings},
    progress::Progress,
    settings::Settings,
};

/// How long others may hold the database before it cannot be read.
const WAIT: Duration = Duration::from_secs(5);

pub(super) fn run(context: &Context<'_>, arguments: &AdviseArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let database = &settings.database()?.path;
    let statements = statements(&settings, arguments)?;
    let screen = context.screen();
    let mut progress = Progress::new(screen);
    progress.start("reading plans", 0);
    let connection = open_read_only(database, WAIT)?;
    let declared = settings.schema.declared;
    let request =
        Request { declared, allow: &settings.file.allow, big: arguments.rows, statements: &statements };
    let found = advise(&connection, &request)?;
    progress.finish();
    let rows: u64 = found.rows.iter().map(|(_, rows)| rows).sum();
    screen.line(format!(
        "Read       {}   {}, {}; {}",
        shown(database),
        plural(found.rows.len(), "table"),
        rows_text(rows),
        plural(found.plans.len(), "plan")
    ));
    show(screen, &found, declared);
    let findings = found.findings();
    let data = as_json(&found, declared, &shown(database));
    if findings == 0 {
        screen.result("Done       nothing to advise");
        return Ok(Outcome::done(data));
    }
    screen.result(format!("Found      {}; nothing was changed", plural(findings, "place")));
    Ok(Outcome::finding(data))
}

/// What the program has registered, and what a person gives.
fn statements(settings: &Settings, arguments: &AdviseArguments) -> Result<Vec<Statement>, Error> {
    let mut found = Vec::new();
    for query in &settings.schema.queries {
        let sql = (query.sql)().map_err(|error| {
            Error::failed(format!("the query `{}` cannot be written", query.name))
                .why(error.to_string())
                .state("nothing was changed")
                .next("correct it where the program registers it")
        })?;
        found.push(Statement { kind: StatementKind::Query, name: query.name.clone(), sql });
    }
    for (number, sql) in arguments.sql.iter().enumerate() {
        let name =
            if arguments.sql.len() == 1 { "--sql".to_owned() } else { format!("--sql {}", number + 1) };
        found.extend(read_statements(sql, |_| name.clone())?);
    }
    for file in &arguments.sql_file {
        let text = fs::read_to_string(file).map_err(|error| {
            Error::usage(format!("{} cannot be read", file.display()))
                .why(error.to_string())
                .state("nothing was changed")
        })?;
        found.extend(read_statements(&text, |line| format!("{}:{line}", file.display()))?);
    }
    Ok(found)
}

fn show(screen: &Screen, found: &Advice, declared: &SchemaDef) {
    for finding in &found.indexes.shown {
        screen.result(format!("Index      {finding}"));
        if let Some(lint) = find(finding.code()) {
            screen.line(format!("             {}", lint.instead));
        }
    }
    show_findings(screen, &found.indexes);
    for table in &found.statistics {
        screen.result(format!("Statistics {}", lacking(table)));
    }
    if !found.statistics.is_empty() {
        screen.line("             ANALYZE counts them: run it on a connection that writes");
    }
    for unplanned in &found.unplanned {
        screen.result(format!("No plan    {}: {}", unplanned.statement, unplanned.why));
    }
    for scan in &found.scans {
        show_scan(screen, scan, declared);
    }
    for (statement, plan) in &found.plans {
        screen.detail(format!("Plan       {statement}"));
        plan.to_string().lines().for_each(|line| screen.detail(format!("             {line}")));
    }
}

fn show_scan(screen: &Screen, scan: &Scan, declared: &SchemaDef) {
    let Scan { statement, table, rows, .. } = scan;
    let read = format!("Scan       {statement} reads all {} of {table}", rows_text(*rows));
    if matches!(scan.help, Help::Whole) {
        // Whoever wants every row reads every row.
        screen.detail(format!("{read}, and compares nothing"));
        return;
    }
    screen.result(read);
    let listed = |what: &str, of: &[String]| {
        if !of.is_empty() {
            screen.line(format!("             {what}  {}", of.join(", ")));
        }
    };
    listed("compares", &texts(&scan.compared));
    listed("first by", &texts(&scan.ordered));
    match &scan.help {
        Help::Indexes(indexes, plan) => {
            for index in indexes {
                screen.line(format!(
                    "             add       {}",
                    match index.attribute(declared) {
                        Some((attribute, model)) => format!("{attribute} to {model}"),
                        None => index.create(),
                    }
                ));
            }
            let used = |line: &&str| indexes.iter().any(|index| line.contains(&format!("`{}`", index.name)));
            let plan = plan.to_string();
            for line in plan.lines().filter(used) {
                let is_enough = indexes.iter().all(|index| scan.reads_only_wanted(index));
                let line = match (scan.ordered.is_empty(), is_enough) {
                    (true, _) => line.trim_start_matches([' ', '-']),
                    (false, true) => "reads no more rows than are wanted, in its order",
                    (false, false) => "reads in its order, until enough rows fit",
                };
                screen.line(format!("             then      {line}"));
            }
        }
        Help::None | Help::Whole => {
            screen.line("             add       nothing: SQLite would use no index on these");
        }
    }
}

fn lacking(table: &Statistics) -> String {
    let Statistics { table, rows, lacking } = table;
    match lacking {
        Lacking::Table => format!("{table} has {} and was never counted", rows_text(*rows)),
        Lacking::Indexes(names) => format!("{table} was counted before it had {}", names.join(", ")),
        Lacking::Rows(expected) => {
            format!("{table} has {}, and had {} when it was counted", rows_text(*rows), count(*expected))
        }
    }
}

fn texts<T: ToString>(of: &[T]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

fn as_json(found: &Advice, declared: &SchemaDef, database: &str) -> Value {
    let lines = |plan: &dyn ToString| plan.to_string().lines().map(str::to_owned).collect::<Vec<_>>();
    let scans = found.scans.iter().map(|scan| {
        let (help, indexes, then) = match &scan.help {
            Help::Indexes(indexes, plan) => ("index", indexes.as_slice(), lines(plan)),
            Help::None => ("none", [].as_slice(), Vec::new()),
            Help::Whole => ("whole", [].as_slice(), Vec::new()),
        };
        let indexes: Vec<Value> = indexes
            .iter()
            .map(|index| {
                let attribute = index.attribute(declared);
                json!({
                    "name": index.name,
                    "sql": index.create(),
                    "attribute": attribute.as_ref().map(|(attribute, _)| attribute),
                    "model": attribute.as_ref().map(|(_, model)| model),
                })
            })
            .collect();
        json!({
            "kind": scan.statement.kind.as_str(),
            "name": scan.statement.name,
            "table": scan.table,
            "rows": scan.rows,
            "compares": texts(&scan.compared),
            "first_by": texts(&scan.ordered),
            "help": help,
            "indexes": indexes,
            "plan": lines(&scan.plan),
            "then": then,
        })
    });
    json!({
        "database": database,
        "findings": found.findings(),
        "tables": found.rows.iter().map(|(table, rows)| json!({ "table": table, "rows": rows })).collect::<Vec<_>>(),
        "indexes": findings_as_json(&found.indexes),
        "statistics": found.statistics.iter().map(|table| json!({
            "table": table.table,
            "rows": table.rows,
            "text": lacking(table),
        })).collect::<Vec<_>>(),
        "scans": scans.collect::<Vec<_>>(),
        "unplanned": found.unplanned.iter().map(|unplanned| json!({
            "kind": unplanned.statement.kind.as_str(),
            "name": unplanned.statement.name,
            "why": unplanned.why,
        })).collect::<Vec<_>>(),
        "plans": found.plans.iter().map(|(statement, plan)| json!({
            "kind": statement.kind.as_str(),
            "name": statement.name,
            "plan": lines(plan),
        })).collect::<Vec<_>>(),
    })
}
