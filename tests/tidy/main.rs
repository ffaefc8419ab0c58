//! The rules of the source tree: layers, length, gates, unsafe.
