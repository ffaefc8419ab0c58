//! Transcripts: what a router is told, what it answers, when it wants to be called next.

mod announcing;
mod bench;
mod election;
mod exhaustive;
mod health;
mod reception;
mod reload;
