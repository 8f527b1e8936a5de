//! An hour of fuzzing, split over the targets.

use crate::fuzz;
use crate::run::Failure;

const SECONDS: u64 = 60 * 60;

pub(super) fn prove() -> Result<(), Failure> {
    fuzz::split(SECONDS)
}
