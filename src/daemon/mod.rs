//! Glue: readiness becomes input, action becomes call.

mod parent;
