//! The derives of schema-core.
