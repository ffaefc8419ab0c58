//! Tests of what a configuration means.
