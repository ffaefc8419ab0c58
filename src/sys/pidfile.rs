//! A file that tells the process id, to one process at a time.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use nix::libc;

use super::files;
use super::process::{self, Pid};

/// A pid file that this process has made.
#[derive(Debug)]
pub struct PidFile {
    path: Box<str>,
    file: Flock<File>,
}

/// Why there is no pid file.
#[derive(Debug)]
pub enum Refusal {
    /// The process of this id has it, and lives.
    Running(i32),
    /// It cannot be made.
    Failed(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl PidFile {
    /// Write the id of this process to `path`, and keep it locked. A file that a dead process left
    /// is taken over.
    ///
    /// The owner lives if it holds the lock, or if it is a process of this program's or
    /// keepalived's name: keepalived does not lock, and after a crash the number may be anybody's.
    ///
    /// # Errors
    /// [`Refusal::Running`] with its owner, which is 0 if the file does not tell; or what the
    /// kernel says.
    pub fn create(path: &str) -> Result<Self, Refusal> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o644)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
            .open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
        }
        let (mut file, locked) = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(file) => (file, true),
            Err((file, Errno::EWOULDBLOCK)) => return Err(Refusal::Running(owner(&file))),
            Err((_, error)) => return Err(io::Error::from(error).into()),
        };
        let pid = owner(&file);
        if locked && pid != process::id().as_raw() && is_ours(pid) {
            return Err(Refusal::Running(pid));
        }
        write_id(&mut file)?;
        Ok(Self { path: path.into(), file })
    }

    /// Write the id of this process, which is another after
    /// [`daemonise`](super::process::daemonise); the lock goes along.
    ///
    /// # Errors
    /// What the kernel says.
    pub fn renew(&mut self) -> io::Result<()> {
        write_id(&mut self.file)
    }

    /// Remove it, unless another file has its name meanwhile.
    pub fn remove(self) {
        let same = |one: &fs::Metadata, two: &fs::Metadata| {
            one.ino() == two.ino() && one.dev() == two.dev()
        };
        if let (Ok(own), Ok(there)) = (self.file.metadata(), fs::symlink_metadata(&*self.path))
            && same(&own, &there)
        {
            // It may be in a directory that this process cannot write to: then it stays,
            // with the number of a dead process.
            fs::remove_file(&*self.path).ok();
        }
    }

    /// Leave it to the parent, in the child of a fork: neither unlock nor remove it.
    ///
    /// As long as the child lives, nobody else can take it.
    pub fn abandon(self) {
        core::mem::forget(self);
    }
}

/// The id in the file, 0 if there is none.
fn write_id(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    // One write, so that nobody reads half a number.
    file.write_all(format!("{}\n", process::id()).as_bytes())
}

fn owner(mut file: &File) -> i32 {
    let mut text = String::new();
    if file.rewind().is_err() || file.take(32).read_to_string(&mut text).is_err() {
        return 0;
    }
    text.trim().parse().ok().filter(|&pid| pid > 0).unwrap_or(0)
}

fn is_ours(pid: i32) -> bool {
    if pid == 0 || !process::is_alive(Pid::from_raw(pid)) {
        return false;
    }
    match files::read(&format!("/proc/{pid}/comm")) {
        Ok(name) => name.bytes.starts_with(b"holdfast") || name.bytes.starts_with(b"keepalived"),
        // Without /proc its number is all there is.
        Err(_) => !Path::new("/proc/self").exists(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::lab::in_child;
    use crate::sys::process::{Exit, Fork, fork};

    fn path(name: &str) -> String {
        format!("/tmp/holdfast-{name}-{}.pid", std::process::id())
    }

    fn running(result: Result<PidFile, Refusal>) -> i32 {
        match result {
            Err(Refusal::Running(pid)) => pid,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn one_process_has_it_until_it_removes_it() {
        let path = path("one");
        let file = PidFile::create(&path).unwrap();
        let own = process::id().as_raw();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{own}\n"));
        assert_eq!(running(PidFile::create(&path)), own);
        let theirs = in_child(|| i32::from(running(PidFile::create(&path)) == own));
        assert_eq!(theirs, Exit::Code(1));
        file.remove();
        assert!(!fs::exists(&path).unwrap());
        PidFile::create(&path).unwrap().remove();
    }

    #[test]
    fn a_file_of_a_dead_process_is_taken_over() {
        let path = path("dead");
        // Longer than what replaces it, and the first not a number at all.
        for left in
            ["not a number at all\n", "2147483646 is too long for this\n", "2147483646\n", ""]
        {
            fs::write(&path, left).unwrap();
            let file = PidFile::create(&path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", process::id()));
            file.remove();
        }
    }

    #[test]
    fn a_number_of_another_program_is_nobody() {
        let path = path("recycled");
        // The first process of the machine is neither ours nor keepalived's.
        fs::write(&path, "1\n").unwrap();
        PidFile::create(&path).unwrap().remove();
    }

    #[test]
    fn a_keepalived_that_runs_is_an_owner_although_it_does_not_lock() {
        let path = path("keepalived");
        let (ours, theirs) = crate::sys::channel::Channel::pair().unwrap();
        let Fork::Parent(pid) = fork().unwrap() else {
            drop(ours);
            process::set_name(c"keepalived").unwrap();
            theirs.send(b"named", None).unwrap();
            while theirs.recv(&mut [0; 8]).is_ok_and(|message| message.is_none()) {}
            process::exit_now(0);
        };
        while ours.recv(&mut [0; 8]).unwrap().is_none() {}
        fs::write(&path, format!("{pid}\n")).unwrap();
        assert_eq!(running(PidFile::create(&path)), pid.as_raw());
        drop((ours, theirs));
        nix::sys::wait::waitpid(pid, None).unwrap();
        PidFile::create(&path).unwrap().remove();
    }

    #[test]
    fn a_file_that_was_replaced_is_left_alone() {
        let path = path("replaced");
        let file = PidFile::create(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "7\n").unwrap();
        file.remove();
        assert_eq!(fs::read_to_string(&path).unwrap(), "7\n");
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_child_leaves_it_to_its_parent() {
        let path = path("child");
        let file = PidFile::create(&path).unwrap();
        let Fork::Parent(pid) = fork().unwrap() else {
            file.abandon();
            process::exit_now(0);
        };
        nix::sys::wait::waitpid(pid, None).unwrap();
        running(PidFile::create(&path));
        file.remove();
    }

    #[test]
    fn a_link_or_a_directory_is_no_pid_file() {
        let path = path("link");
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        assert!(matches!(PidFile::create(&path), Err(Refusal::Failed(_))));
        fs::remove_file(&path).unwrap();
        for path in ["/", "/dev/null", "/nowhere/x.pid"] {
            assert!(matches!(PidFile::create(path), Err(Refusal::Failed(_))), "{path}");
        }
    }
}
