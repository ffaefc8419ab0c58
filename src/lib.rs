//! The list of modules.

pub mod deadline;
pub mod machine;
pub mod prng;
pub mod table;

pub mod wire;

pub mod track;
pub mod vrrp;

pub mod config;
pub mod sys;

pub mod cli;
pub mod daemon;
