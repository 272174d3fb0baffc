//! An application upgraded over three releases of its models and back, with every cell compared at each.

use std::fs;

use schema_core::rusqlite::types::Value;

use crate::project::Project;

/// The rows of the first release: void invoices, customers without an address, quotes and a blob of a note.
const ROWS: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
    INSERT INTO customers SELECT i * 2, 'Customer ''' || i || '''', iif(i % 4, i || '@example.org', NULL) FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO invoices SELECT i, (i % 300 + 1) * 2, i * 11,
        CASE i % 3 WHEN 0 THEN 'void' WHEN 1 THEN 'open' ELSE 'paid' END, iif(i % 5, 'no ' || i, NULL) FROM n;";

/// What the second release stores beside.
const PAYMENTS: &str = "INSERT INTO payments SELECT id, id, cents FROM invoices WHERE status = 'paid'";

/// A table's columns as a query says them, and every cell.
type Cells = Vec<Vec<Value>>;

fn cells(project: &Project, sql: &str) -> Cells {
    let database = project.open("shop.db");
    let mut statement = database.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect()).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// Checks what no release may lose: soundness, and that the tables have these columns and no others.
fn assert_sound(project: &Project, release: &str, tables: &[(&str, &[&str])]) {
    let one = |sql: &str| cells(project, sql)[0][0].clone();
    assert_eq!(one("PRAGMA integrity_check"), Value::Text("ok".to_owned()));
    assert_eq!(one("SELECT count(*) FROM pragma_foreign_key_check"), Value::Integer(0));
    for (table, columns) in tables {
        let found = cells(project, &format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"));
        let expected: Cells = columns.iter().map(|name| vec![Value::Text((*name).to_owned())]).collect();
        assert_eq!(found, expected, "{release}: {table}");
    }
}

const FIRST: &[(&str, &[&str])] = &[
    ("customers", &["id", "name", "email"]),
    ("invoices", &["id", "customer_id", "cents", "status", "note"]),
    ("payments", &[]),
];
const SECOND: &[(&str, &[&str])] = &[
    ("customers", &["id", "full_name", "email"]),
    ("invoices", &["id", "customer_id", "cents", "status", "note"]),
    ("payments", &["id", "invoice_id", "cents"]),
];
const THIRD: &[(&str, &[&str])] = &[
    ("customers", &["id", "full_name", "email"]),
    ("invoices", &["id", "customer_id", "cents", "status", "note", "currency"]),
    ("payments", &["id", "invoice_id", "cents"]),
];

/// The shop at its first release, filled.
fn shop() -> Project {
    let project = Project::new();
    project.write(
        "schema.toml",
        "[shop]\nurl = \"sqlite:shop.db\"\nmigrations = \"migrations\"\nbackups = { primary = \"backups\" }\n\
         target = \"3.40\"\n",
    );
    project.done("shop-1", &["generate", "initial"]);
    project.done("shop-1", &["migrate"]);
    project.open("shop.db").execute_batch(ROWS).unwrap();
    project
}

/// The revision whose file has this name.
fn revision(project: &Project, name: &str) -> String {
    let files = fs::read_dir(project.path("migrations")).unwrap();
    let mut names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let file = names.find(|file| file.ends_with(&format!("_{name}.sql"))).unwrap();
    file.trim_end_matches(".sql").to_owned()
}

#[test]
fn an_application_is_upgraded_over_three_releases_and_back_without_losing_a_cell() {
    let project = shop();
    assert_sound(&project, "first", FIRST);
    let customers = cells(&project, "SELECT id, name, email FROM customers ORDER BY id");
    let invoices = cells(&project, "SELECT rowid, * FROM invoices ORDER BY id");
    assert_eq!((customers.len(), invoices.len()), (300, 3000));
    let with_address: Cells = customers
        .iter()
        .map(|row| {
            let address = match &row[2] {
                Value::Null => Value::Text("unknown".to_owned()),
                address => address.clone(),
            };
            vec![row[0].clone(), row[1].clone(), address]
        })
        .collect();

    // The second release: a rename, a rebuild with a backfill, a new table with a foreign key.
    let backfill = "customers.email='unknown'";
    assert_eq!(project.run("shop-2", &["generate", "payments"]).code, Some(4));
    project.done("shop-2", &["generate", "payments", "--backfill", backfill]);
    project.done("shop-2", &["migrate"]);
    assert_sound(&project, "second", SECOND);
    let said_second = "SELECT id, full_name, email FROM customers ORDER BY id";
    assert_eq!(cells(&project, said_second), with_address);
    assert_eq!(cells(&project, "SELECT rowid, * FROM invoices ORDER BY id"), invoices);
    project.open("shop.db").execute_batch(PAYMENTS).unwrap();
    let payments = cells(&project, "SELECT * FROM payments ORDER BY id");
    assert_eq!(payments.len(), 1000);

    // The third: an enum loses a variant that rows hold, a narrower check, a new column.
    let convert = "invoices.status=iif(status = 'void', 'paid', status)";
    project.done("shop-3", &["generate", "currency", "--convert", convert]);
    project.done("shop-3", &["migrate"]);
    assert_sound(&project, "third", THIRD);
    let in_third: Cells = invoices
        .iter()
        .map(|row| {
            let mut row = row.clone();
            if row[4] == Value::Text("void".to_owned()) {
                row[4] = Value::Text("paid".to_owned());
            }
            row.push(Value::Text("EUR".to_owned()));
            row
        })
        .collect();
    assert_eq!(cells(&project, "SELECT rowid, * FROM invoices ORDER BY id"), in_third);
    assert_eq!(cells(&project, said_second), with_address);
    assert_eq!(cells(&project, "SELECT * FROM payments ORDER BY id"), payments);
    let refused = project.open("shop.db").execute("UPDATE invoices SET status = 'void'", []);
    assert!(refused.is_err());

    // Back to the second by the backup that was taken before the third, and up again.
    project.done("shop-3", &["restore", "1", "--yes"]);
    assert_sound(&project, "restored", SECOND);
    assert_eq!(cells(&project, "SELECT rowid, * FROM invoices ORDER BY id"), invoices);
    assert_eq!(cells(&project, "SELECT * FROM payments ORDER BY id"), payments);
    assert_eq!(project.run("shop-3", &["status"]).code, Some(3));
    project.done("shop-3", &["migrate"]);
    assert_eq!(cells(&project, "SELECT rowid, * FROM invoices ORDER BY id"), in_third);

    // Back by the way down: what the third made of void stays, its column goes.
    let lost = project.run("shop-3", &["rollback"]);
    assert_eq!(lost.code, Some(4), "{}", lost.stderr);
    assert!(lost.stderr.contains("--allow-data-loss invoices.currency"), "{}", lost.stderr);
    let second = revision(&project, "payments");
    project.done("shop-3", &["rollback", "--to", &second, "--allow-data-loss", "invoices.currency"]);
    assert_sound(&project, "second again", SECOND);
    let without_currency: Cells = in_third.iter().map(|row| row[..6].to_vec()).collect();
    assert_eq!(cells(&project, "SELECT rowid, * FROM invoices ORDER BY id"), without_currency);
    assert_eq!(cells(&project, said_second), with_address);
    assert_eq!(cells(&project, "SELECT * FROM payments ORDER BY id"), payments);
    project.open("shop.db").execute_batch("UPDATE invoices SET status = 'void' WHERE id = 3").unwrap();
    project.open("shop.db").execute_batch("UPDATE invoices SET status = 'paid' WHERE id = 3").unwrap();

    // To the first: the payments go, and whoever takes them back has said so.
    let lost = project.run("shop-2", &["rollback"]);
    assert_eq!(lost.code, Some(4), "{}", lost.stderr);
    assert!(lost.stderr.contains("table payments is lost (1,000 rows)"), "{}", lost.stderr);
    project.done("shop-2", &["rollback", "--allow-data-loss", "payments"]);
    assert_sound(&project, "first again", FIRST);
    assert_eq!(cells(&project, "SELECT id, name, email FROM customers ORDER BY id"), with_address);
    assert_eq!(cells(&project, "SELECT rowid, * FROM invoices ORDER BY id"), without_currency);
    assert_eq!(project.run("shop-1", &["status"]).code, Some(3), "two revisions wait again");
}
