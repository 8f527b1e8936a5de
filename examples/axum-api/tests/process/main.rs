//! The example and the authority as processes of their own, with curl as the browser.

#[cfg(test)]
mod servers;
#[cfg(test)]
mod session;
