//! Routers on a seeded link in virtual time: what must hold whatever happens.
