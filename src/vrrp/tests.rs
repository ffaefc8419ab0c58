//! Transcripts: what a router is told, what it answers, when it wants to be called next.

mod bench;
mod exhaustive;

use bench::*;

use super::*;

#[test]
fn a_backup_takes_over_after_the_master_down_interval() {
    let mut bench = Bench::new(params(100));
    bench
        .step(0, Input::Start(ONE), &[report(Role::Init, Role::Backup, Cause::Started)], 3609.375)
        .step(1000, heard(200), &[], 4609.375)
        .step(4609, Input::Tick, &[], 4609.375)
        .step(4609.375, Input::Tick, &master(100, silence(3609.375)), 5609.375)
        .step(5609.375, Input::Tick, &[send(100)], 6609.375);
}

#[test]
fn a_backup_takes_over_after_the_skew_when_the_master_resigns() {
    let mut bench = Bench::new(params(100));
    bench.up(0).step(1000, heard(200), &[], 4609.375).step(2000, heard(0), &[], 2609.375).step(
        2609.375,
        Input::Tick,
        &master(100, Cause::Resigned { from: PEER }),
        3609.375,
    );
}
