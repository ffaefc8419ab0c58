//! The real binary in network namespaces.

fn main() {}
