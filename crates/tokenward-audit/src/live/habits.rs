//! How a deployment answers, whatever the token: headers, cookies, refusals, the ways a token may come.

pub(super) mod answers;
pub(super) mod carriage;
pub(super) mod refusals;
pub(super) mod sessions;
mod spellings;
