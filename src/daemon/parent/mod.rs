//! The parent: it watches the children, reads files, never a byte of the network.

mod respawn;
