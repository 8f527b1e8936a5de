//! What the crate promises, through its public API: the ring, and the rules of rotation under an adversary.

#[cfg(test)]
mod another_place;
#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "seconds below ten, and a test may panic")]
mod exhaustive;
#[cfg(test)]
mod former;
#[cfg(test)]
mod importing;
#[cfg(test)]
mod leftovers;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod lost;
#[cfg(test)]
mod model;
#[cfg(test)]
mod ring;
#[cfg(test)]
mod statement;
#[cfg(test)]
mod support;
