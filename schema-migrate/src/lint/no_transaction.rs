use super::{Lint, Severity};

pub(super) const NO_TRANSACTION: Lint = Lint {
    code: "L009",
    severity: Severity::Warning,
    what: "a file asks for `transaction: off`",
    why: "each statement is committed by itself: where one fails or is stopped, those before it stay, and a \
          person has to settle it with `db-migrate --resolve`",
    instead: "a migration in a transaction for everything but VACUUM and the pragmas that need none; a backup \
              before it",
};

/// What is said of a file that asks for no transaction, as a header would tell it.
pub(crate) fn no_transaction() -> (String, String) {
    let code = NO_TRANSACTION.code.to_owned();
    let text = "its statements run outside of a transaction: stopped half-way, what has run stays";
    (code, format!("{} {text}", NO_TRANSACTION.code))
}
