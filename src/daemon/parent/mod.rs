//! The parent: starts and watches the children, reads files, never a byte of the network.

mod respawn;
