//! The layers as a service uses them, through the public API.

#[cfg(test)]
mod certificates;
#[cfg(test)]
mod dpop;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod handlers;
#[cfg(test)]
mod layer;
#[cfg(test)]
mod records;
#[cfg(test)]
mod step_up;
