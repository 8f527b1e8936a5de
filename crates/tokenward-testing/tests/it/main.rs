//! The forgetful disk, under programs that everybody has.

#[cfg(test)]
mod forgetful;
