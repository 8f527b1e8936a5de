//! Every command, started, asked and ended for real.

#![cfg(test)]

mod audit;
mod audit_front;
mod audit_git;
mod dev;
mod doctor;
mod gate;
mod given_away;
mod headers;
mod live;
mod pinned;
mod production;
mod root;
mod support;
mod token;
