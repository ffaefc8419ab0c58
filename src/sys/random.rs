//! Randomness from the kernel: the seed of everything that is chosen by chance.

use std::fs::File;
use std::io::{self, Read as _};

/// Eight random bytes.
///
/// They are good enough to spread timers and to choose query ids; nothing secret hangs on them.
///
/// # Errors
/// There is no `/dev/urandom`.
pub fn seed() -> io::Result<u64> {
    let mut bytes = [0; 8];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(u64::from_ne_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_seeds_differ() {
        assert_ne!(seed().unwrap(), seed().unwrap());
    }
}
