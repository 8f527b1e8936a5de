//! What the documentation prints works as printed.
//!
//! A block that follows `<!-- test: NAME -->` is taken out of its page and run. What is replaced are the
//! fixed ports and folders of the printed text, and nothing else.

mod audit;
mod aws;
mod browsers;
mod custody;
mod doctor;
mod dpop;
mod feed;
mod from;
mod languages;
mod limits;
mod moving;
pub(crate) mod mtls;
mod proxies;
mod redis;
pub(crate) mod remote;
mod revoke;
mod rewrap;
mod root;
mod services;
mod session_events;
mod status_list;
mod tls;
mod vault;
