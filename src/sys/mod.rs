//! The kernel. All of `nix`, `libc` and `netlink_*` is here, and `unsafe` in the marked files alone.
