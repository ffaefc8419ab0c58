//! Routers on a seeded link in virtual time, and what must hold whatever happens.
