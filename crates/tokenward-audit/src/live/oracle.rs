//! Whether a token was accepted: told by what the server answers to tokens of which that is known.
//!
//! A status alone says little: some servers answer 200 to everybody, some send whoever they refuse to a login
//! page, some answer 403 both to a good token without rights and to a bad one.

use super::look::Look;

/// From here on, two answers are of one kind.
const ALIKE: f64 = 0.8;
/// Below, they are not.
const UNLIKE: f64 = 0.6;
/// By how much an answer must be nearer to one kind than to the other.
const NEARER: f64 = 0.2;

/// What became of a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Accepted,
    Refused,
    /// The server failed: a status from 500 on that is none of the known ones.
    Failed,
    /// Neither like an accepted one nor like a refused one.
    Unclear,
}

/// What the server answers to tokens of which we know what should become of them.
#[derive(Clone, Debug)]
pub(super) struct Oracle {
    good: Vec<Look>,
    bad: Vec<Look>,
    /// Whether no bad answer has the status of the good ones.
    by_status: bool,
    /// Whether the server took a text that is no token for one.
    pub(super) takes_anything: bool,
    /// Whether it answers without a token as it does with one.
    pub(super) is_open: bool,
}

/// Why nothing can be told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Blind {
    /// Equal requests got different answers.
    Unsteady,
    /// With and without a token the answer is the same, a good one.
    Open(u16),
    /// The valid token is refused as others are.
    Refused(u16),
    /// The server answers with a redirect, whatever the token.
    Elsewhere(u16),
    /// The server fails even with the valid token.
    Failing(u16),
}

impl Oracle {
    /// Learns from answers to the valid token, to none, and to text that is no token.
    pub(super) fn learn(good: Vec<Look>, none: &[Look], garbage: &[Look]) -> Result<Self, Blind> {
        let Some(first) = good.first().cloned() else { return Err(Blind::Unsteady) };
        if ![good.as_slice(), none, garbage].into_iter().all(is_steady) {
            return Err(Blind::Unsteady);
        }
        if first.status >= 500 {
            return Err(Blind::Failing(first.status));
        }
        let like = |looks: &[Look]| looks.iter().any(|look| look.likeness(&first) > UNLIKE);
        let (is_open, takes_anything) = (like(none), like(garbage));
        let mut bad = Vec::new();
        for (looks, is_like) in [(none, is_open), (garbage, takes_anything)] {
            if !is_like {
                bad.extend_from_slice(looks);
            }
        }
        if bad.is_empty() {
            return Err(match first.status {
                300..400 => Blind::Elsewhere(first.status),
                400.. => Blind::Refused(first.status),
                status => Blind::Open(status),
            });
        }
        let by_status = bad.iter().all(|look| look.status != first.status);
        Ok(Self { good, bad, by_status, takes_anything, is_open })
    }

    pub(super) fn judge(&self, look: &Look) -> Verdict {
        let best =
            |looks: &[Look]| looks.iter().map(|known| known.likeness(look)).fold(0.0, f64::max);
        let has_good_status = self.good.iter().any(|good| good.status == look.status);
        let has_bad_status = self.bad.iter().any(|bad| bad.status == look.status);
        if !has_good_status && !has_bad_status && look.status >= 500 {
            return Verdict::Failed;
        }
        if self.by_status {
            return match look.status {
                _ if has_good_status => Verdict::Accepted,
                _ if has_bad_status => Verdict::Refused,
                400.. => Verdict::Refused,
                _ => Verdict::Unclear,
            };
        }
        let (good, bad) = (best(&self.good), best(&self.bad));
        if good >= ALIKE && good - bad >= NEARER {
            Verdict::Accepted
        } else if bad - good >= NEARER || (!has_good_status && look.status >= 400) {
            Verdict::Refused
        } else {
            Verdict::Unclear
        }
    }
}

fn is_steady(looks: &[Look]) -> bool {
    let Some((first, others)) = looks.split_first() else { return false };
    others.iter().all(|other| other.likeness(first) >= ALIKE)
}

#[cfg(test)]
mod tests;
