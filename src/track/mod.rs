//! Things that raise or lower a priority.
