//! What the crate promises, through its public API: the ring, and the rules of rotation under an adversary.

#[cfg(test)]
mod model;
#[cfg(test)]
mod ring;
#[cfg(test)]
mod support;
