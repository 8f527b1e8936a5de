//! How a library's calls look: what a table of a language is made of.

use super::Library;

/// Where something stands in a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    /// The call has no such thing.
    Nowhere,
    /// It is said out of sight of the call.
    Elsewhere,
    /// The argument at this position, from 0.
    Arg(usize),
    /// The argument of one of these keywords, or at this position.
    Named(&'static [&'static str], usize),
    /// The argument of this keyword.
    Keyword(&'static str),
    /// The member of one of these names of a map of options; in languages where a last map is keywords, that too.
    In(&'static Self, &'static [&'static str]),
    /// The argument at this position of the call that something is: `Validation::new(HERE)`.
    ArgOf(&'static Self, usize),
    /// The argument at this position of a call of one of these names in the same chain:
    /// `builder().signWith(HERE).compact()`.
    Step(&'static [&'static str], usize),
    /// The same, in the chain that something is.
    StepOf(&'static Self, &'static [&'static str], usize),
    /// The argument at this position of the call that the chain begins with.
    Root(usize),
    /// The same, where a variable that is given once may stand between.
    Base(usize),
}

/// What switches the check of the signature off.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Off {
    /// Something that is certainly this.
    Is(At, bool),
    /// Something that counts as true.
    Truthy(At),
    /// One of the arguments is a call of this name, whose first argument is false.
    Said(&'static str),
    /// A method of this name is called on something, anywhere in the file.
    Called(At, &'static str),
}

/// How many arguments a call has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    Any,
    Exactly(usize),
    /// So many, or one with a keyword.
    AtLeast(usize),
}

/// A call that makes a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignAt {
    /// The claims, as a map.
    pub(crate) payload: At,
    pub(crate) key: At,
    pub(crate) algorithm: At,
    /// When it ends, where that is not one of the claims.
    pub(crate) expiry: At,
    /// What signs it; a token without is unsigned.
    pub(crate) signer: At,
}

/// A call that checks a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VerifyAt {
    pub(crate) token: At,
    pub(crate) key: At,
    pub(crate) algorithms: At,
    pub(crate) options: At,
    pub(crate) off: &'static [Off],
}

/// A call that reads a token and does not check it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DecodeAt {
    pub(crate) token: At,
    /// What the claims are written to.
    pub(crate) into: At,
    /// Made for programs that hold their own token.
    pub(crate) for_clients: bool,
}

/// What a call does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Does {
    Sign(SignAt),
    Verify(VerifyAt),
    Decode(DecodeAt),
    /// It makes a key that signs, of these.
    Keys(&'static [At]),
}

/// One call of a library, or several that are alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// Its path; `*` stands for anything. One that begins with `?.` is a method of what we do not know.
    pub(crate) call: &'static str,
    pub(crate) library: Library,
    pub(crate) count: Count,
    pub(crate) does: Does,
}

/// Makes a token: claims first, then key, then algorithm.
pub(super) const SIGN: SignAt = SignAt {
    payload: At::Arg(0),
    key: At::Arg(1),
    algorithm: At::Arg(2),
    expiry: At::Nowhere,
    signer: At::Elsewhere,
};

/// Makes a token, step by step.
pub(super) const BUILD: SignAt = SignAt {
    payload: At::Nowhere,
    key: At::Nowhere,
    algorithm: At::Elsewhere,
    expiry: At::Elsewhere,
    signer: At::Elsewhere,
};

/// Checks a token: first the token, then the key.
pub(super) const VERIFY: VerifyAt = VerifyAt {
    token: At::Arg(0),
    key: At::Arg(1),
    algorithms: At::Elsewhere,
    options: At::Nowhere,
    off: &[],
};

/// Checks a token by what was said before.
pub(super) const CHECK: VerifyAt = VerifyAt { key: At::Nowhere, ..VERIFY };

impl Shape {
    pub(super) const fn new(library: Library, call: &'static str, does: Does) -> Self {
        Self { call, library, count: Count::Any, does }
    }

    pub(super) const fn signs(library: Library, call: &'static str, at: SignAt) -> Self {
        Self::new(library, call, Does::Sign(at))
    }

    pub(super) const fn verifies(library: Library, call: &'static str, at: VerifyAt) -> Self {
        Self::new(library, call, Does::Verify(at))
    }

    /// Reads the token that is its first argument.
    pub(super) const fn decodes(library: Library, call: &'static str) -> Self {
        let at = DecodeAt { token: At::Arg(0), into: At::Nowhere, for_clients: false };
        Self::new(library, call, Does::Decode(at))
    }

    /// The same, for the holder of a token.
    pub(super) const fn shows(library: Library, call: &'static str) -> Self {
        let at = DecodeAt { token: At::Arg(0), into: At::Nowhere, for_clients: true };
        Self::new(library, call, Does::Decode(at))
    }

    /// The same, and writes the claims to an argument.
    pub(super) const fn decodes_into(library: Library, call: &'static str, into: At) -> Self {
        let at = DecodeAt { token: At::Arg(0), into, for_clients: false };
        Self::new(library, call, Does::Decode(at))
    }

    /// Reads the token that is there, and writes the claims to an argument.
    pub(super) const fn decodes_of(
        library: Library,
        call: &'static str,
        token: At,
        into: At,
    ) -> Self {
        Self::new(library, call, Does::Decode(DecodeAt { token, into, for_clients: false }))
    }

    pub(super) const fn keys(library: Library, call: &'static str, keys: &'static [At]) -> Self {
        Self::new(library, call, Does::Keys(keys))
    }

    pub(super) const fn count(self, count: Count) -> Self {
        Self { count, ..self }
    }
}
