//! Routes, also rules, in a build without them.

use crate::config::value::{ROUTES, Refused};

/// Routes in braces.
pub type Routes = Refused<ROUTES>;

/// Rules in braces.
pub type Rules = Refused<ROUTES>;
