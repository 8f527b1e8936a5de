//! The forgetful disk, under programs that everybody has.

#[cfg(test)]
mod custody;
#[cfg(test)]
mod forgetful;
