//! The real binary beside keepalived in network namespaces.

fn main() {}
