//! Captured adverts of keepalived against what this program parses and emits.
