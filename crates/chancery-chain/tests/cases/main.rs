//! Generated certificates against every rule: each case of a past vulnerability has its name here.

mod constraints;
mod cost;
mod make;
mod order;
mod paths;
mod policies;
mod revocation;
mod rounds;
mod transparency;
mod verdict;
