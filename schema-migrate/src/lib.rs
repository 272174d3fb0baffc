//! Inspects databases, compares schemas, writes migrations and runs them.
