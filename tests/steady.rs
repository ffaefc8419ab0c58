//! Nothing is allocated once the heap is sealed.
