//! Time that crosses to the kernel stays whole beyond 2038 on every processor.
//!
//! musl has 64 bits everywhere, crate `libc` only if it is told so (`cross/build.sh`). Were one
//! side of another opinion, the structures would not fit: a moment would lose its upper half.

#![allow(clippy::disallowed_methods)] // the clock itself is tested

use std::fs::{self, File, FileTimes};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use holdfast::sys::clock;
use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, getsockopt, setsockopt, socket, sockopt,
};
use nix::sys::time::{TimeSpec, TimeVal, TimeValLike as _};
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};

/// In March 2040.
const LATER: u64 = 0x8400_0000;

#[test]
fn seconds_have_64_bits() {
    assert_eq!(size_of::<libc::time_t>(), 8);
    assert!(size_of::<TimeSpec>() >= 12);
}

#[test]
fn a_timer_beyond_2038_is_kept_whole() {
    let timer = TimerFd::new(ClockId::CLOCK_REALTIME, TimerFlags::TFD_NONBLOCK).unwrap();
    let at = TimeSpec::from_duration(Duration::from_secs(LATER));
    timer.set(Expiration::OneShot(at), TimerSetTimeFlags::TFD_TIMER_ABSTIME).unwrap();
    let Some(Expiration::OneShot(left)) = timer.get().unwrap() else { panic!("is not armed") };
    // The seconds a kernel of today counts from now on; it adds what it has counted since 1970.
    let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let sum = Duration::from(left) + passed;
    assert!(sum.as_secs().abs_diff(LATER) < 10, "{sum:?}");
}

#[test]
fn a_timer_of_a_hundred_years_is_kept_whole() {
    let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_NONBLOCK).unwrap();
    let century = Duration::new(100 * 31_556_952, 500_000_000);
    timer
        .set(Expiration::OneShot(TimeSpec::from_duration(century)), TimerSetTimeFlags::empty())
        .unwrap();
    let Some(Expiration::OneShot(left)) = timer.get().unwrap() else { panic!("is not armed") };
    assert!(century - Duration::from(left) < Duration::from_secs(10), "{left:?}");
}

#[test]
fn a_file_of_2040_says_so() {
    let path = std::env::temp_dir().join(format!("holdfast-time-{}", std::process::id()));
    let file = File::create(&path).unwrap();
    let then = UNIX_EPOCH + Duration::from_secs(LATER);
    file.set_times(FileTimes::new().set_modified(then)).unwrap();
    let found =
        [file.metadata(), fs::metadata(&path)].map(|about| about.unwrap().modified().unwrap());
    let length = file.metadata().unwrap().len();
    fs::remove_file(&path).unwrap();
    assert_eq!((found, length), ([then; 2], 0));
}

#[test]
fn a_limit_of_waiting_is_kept_whole() {
    let socket =
        socket(AddressFamily::Unix, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None).unwrap();
    let limit = TimeVal::milliseconds(3_500);
    setsockopt(&socket, sockopt::ReceiveTimeout, &limit).unwrap();
    let found = getsockopt(&socket, sockopt::ReceiveTimeout).unwrap();
    assert!((found - limit).num_milliseconds().abs() < 50, "{found}");
}

/// `cross/test.sh` runs this one where the kernel's clock has gone on for 68 years, too.
#[test]
fn the_clock_agrees_with_what_the_kernel_writes() {
    let shown = fs::read_to_string("/proc/uptime").unwrap();
    let seconds: i64 = shown.split('.').next().unwrap().parse().unwrap();
    let counted = clock::since_boot().total_micros() / 1_000_000;
    assert!((counted - seconds).abs() < 10, "{counted} s, and the kernel says {seconds} s");
}
