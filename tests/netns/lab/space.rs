//! A network namespace: where threads run, where processes are started.

use std::fs::File;
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::panic::resume_unwind;
use std::process::{Command, Stdio};
use std::thread;

use nix::sched::{CloneFlags, setns, unshare};

/// It lives as long as this value, or a process in it.
#[derive(Debug)]
pub(crate) struct Space(File);

impl Space {
    /// The one this thread is in.
    pub(crate) fn here() -> Self {
        Self(File::open("/proc/thread-self/ns/net").expect("/proc is there"))
    }

    /// A new one; its loopback interface is up.
    pub(crate) fn new() -> Self {
        let space = in_thread(|| {
            unshare(CloneFlags::CLONE_NEWNET).expect("a case has the right to make namespaces");
            Self::here()
        });
        space.ip("link set lo up");
        space
    }

    /// A path that names it to `ip link ... netns PATH`.
    pub(crate) fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.0.as_raw_fd())
    }

    /// Run `job` inside.
    pub(crate) fn run<T: Send>(&self, job: impl FnOnce() -> T + Send) -> T {
        in_thread(|| {
            setns(&self.0, CloneFlags::CLONE_NEWNET).expect("the namespace can be entered");
            job()
        })
    }

    /// Run `ip` with these arguments.
    ///
    /// # Panics
    /// If it fails.
    #[track_caller]
    pub(crate) fn ip(&self, arguments: &str) {
        self.batch(&[arguments.to_owned()]);
    }

    /// Whether `ip` succeeds with these arguments.
    pub(crate) fn ip_may(&self, arguments: &str) -> bool {
        let mut ip = Command::new("ip");
        ip.args(arguments.split(' ')).stdout(Stdio::null()).stderr(Stdio::null());
        self.run(|| ip.status()).expect("iproute2 is installed").success()
    }

    /// Give `ip` a list of commands.
    ///
    /// # Panics
    /// If one fails.
    #[track_caller]
    pub(crate) fn batch(&self, commands: &[String]) {
        let text = commands.join("\n") + "\n";
        let output = self.run(|| {
            let mut ip = Command::new("ip");
            ip.args(["-batch", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
            let mut child = ip.spawn().expect("iproute2 is installed");
            let mut stdin = child.stdin.take().expect("it is piped");
            stdin.write_all(text.as_bytes()).expect("ip reads its commands");
            drop(stdin);
            child.wait_with_output().expect("ip ends")
        });
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "ip {commands:?}: {complaint}");
    }

    /// What `ip` prints.
    #[track_caller]
    pub(crate) fn ip_shows(&self, arguments: &str) -> String {
        let mut ip = Command::new("ip");
        ip.args(arguments.split(' ')).stderr(Stdio::null());
        let output = self.run(|| ip.output()).expect("iproute2 is installed");
        String::from_utf8(output.stdout).expect("ip prints text")
    }

    /// Write to a file below `/proc/sys`.
    #[track_caller]
    pub(crate) fn sysctl(&self, name: &str, value: &str) {
        let path = format!("/proc/sys/{name}");
        self.run(|| std::fs::write(&path, value)).expect(name);
    }
}

/// The namespace belongs to a thread: do `job` in one that ends with it.
fn in_thread<T: Send>(job: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(job).join()).unwrap_or_else(|panic| resume_unwind(panic))
}
