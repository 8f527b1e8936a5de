//! The libraries: which calls sign, verify and decode, and where their arguments are.
//!
//! Each language has a table of [`Shape`]s. A file's calls are held against it once, when the file is read;
//! rules ask [`Calls`] what they are.

use std::collections::BTreeMap;

use crate::language::Language;
use crate::model::{Id, Kind, Lookup, Model};

mod by_hand;
mod csharp;
mod dart;
mod go;
mod java;
mod php;
mod python;
mod resolve;
mod ruby;
mod rust;
mod script;
mod shape;
mod swift;
#[cfg(test)]
mod tests;

pub(crate) use resolve::{chain_claims, option, returned, says_yes};
use shape::{At, Count, Does, Off, Shape, VerifyAt};

/// A library, as far as it differs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Library {
    PyJwt,
    PythonJose,
    Authlib,
    Joserfc,
    SimpleJwt,
    JsonWebToken,
    Nest,
    Jose,
    JwtSimple,
    JwtDecode,
    FastJwt,
    NextAuth,
    ExpressJwt,
    KoaJwt,
    PassportJwt,
    GolangJwt,
    Jwx,
    Jjwt,
    JavaJwt,
    Nimbus,
    SpringJwt,
    IdentityModel,
    /// `SecurityTokenDescriptor` of `IdentityModel`, which ends tokens after an hour where nothing is said.
    TokenDescriptor,
    JoseJwt,
    FirebaseJwt,
    Lcobucci,
    RubyJwt,
    JsonWebTokenRs,
    JwtCompact,
    JwtSimpleRs,
    GoJose,
    Jose4j,
    JwtNet,
    Cristalhq,
    Josekit,
    JwtKit,
    JwtDecodeSwift,
    DartJsonWebToken,
    JwtDecoder,
    JoseDart,
}

/// A call that makes a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sign {
    pub(crate) call: Id,
    pub(crate) library: Library,
    /// The claims, as a map.
    pub(crate) payload: Lookup,
    pub(crate) key: Lookup,
    pub(crate) algorithm: Lookup,
    /// When it ends, where that is not one of the claims.
    pub(crate) expiry: Lookup,
    /// What signs it; absent where it certainly is not signed.
    pub(crate) signer: Lookup,
}

/// A call that checks a token, or makes something that does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verify {
    pub(crate) call: Id,
    pub(crate) library: Library,
    pub(crate) token: Lookup,
    pub(crate) key: Lookup,
    pub(crate) algorithms: Lookup,
    pub(crate) options: Lookup,
    /// Whether it is told not to check the signature.
    pub(crate) is_off: bool,
}

/// A call that reads a token without checking it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decode {
    pub(crate) call: Id,
    pub(crate) library: Library,
    /// The token, where it is an argument.
    pub(crate) token: Option<Id>,
    /// An argument that the claims are written to.
    pub(crate) into: Option<Id>,
    pub(crate) how: How,
    /// The flag that switches the check off, where that is all that does.
    pub(crate) switch: Option<Id>,
    /// Made for programs that hold their own token.
    pub(crate) for_clients: bool,
}

/// What reads without checking.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum How {
    /// A function that never verifies.
    Function,
    /// The program's own code, part by part.
    ByHand,
    /// An option of one that otherwise does.
    Option,
    /// An option that has done nothing since `PyJWT` 2.
    DeadOption,
}

/// What the calls of a file do with tokens.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    signs: BTreeMap<Id, Sign>,
    verifies: BTreeMap<Id, Verify>,
    decodes: BTreeMap<Id, Decode>,
    keys: Vec<Id>,
}

impl Calls {
    /// Holds all calls of a file against its language's table.
    pub(crate) fn read(m: &Model) -> Self {
        let mut calls = Self::default();
        let split = by_hand::Split::read(m);
        for call in m.calls() {
            if let Some(shape) = shape_of(m, call) {
                calls.add(m, call, shape);
            } else if let Some(decode) = split.decode(m, call) {
                calls.decodes.insert(decode.call, decode);
            }
        }
        calls
    }

    fn add(&mut self, m: &Model, call: Id, shape: &Shape) {
        let library = shape.library;
        let at = |at| resolve::at(m, call, at);
        match shape.does {
            Does::Sign(sign) => {
                let sign = Sign {
                    call,
                    library,
                    payload: at(sign.payload),
                    key: at(sign.key),
                    algorithm: at(sign.algorithm),
                    expiry: at(sign.expiry),
                    signer: at(sign.signer),
                };
                self.signs.insert(call, sign);
            }
            Does::Verify(verify) => self.add_verify(m, call, library, &verify),
            Does::Decode(decode) => {
                let decode = Decode {
                    call,
                    library,
                    token: at(decode.token).found(),
                    into: at(decode.into).found(),
                    how: How::Function,
                    switch: None,
                    for_clients: decode.for_clients,
                };
                self.decodes.insert(call, decode);
            }
            Does::Keys(keys) => self.keys.extend(keys.iter().filter_map(|key| at(*key).found())),
        }
    }

    fn add_verify(&mut self, m: &Model, call: Id, library: Library, verify: &VerifyAt) {
        let at = |at| resolve::at(m, call, at);
        let is_off = verify.off.iter().any(|off| resolve::is_off(m, call, *off));
        let token = at(verify.token);
        let options = without_callback(m, at(verify.options));
        if is_off {
            let is_dead = library == Library::PyJwt
                && m.keyword(call, "verify").found().is_some()
                && option(m, options, "verify_signature").found().is_none();
            let how = if is_dead { How::DeadOption } else { How::Option };
            let decode = Decode {
                call,
                library,
                token: token.found(),
                into: None,
                how,
                switch: resolve::switch(m, call, verify.off),
                for_clients: false,
            };
            self.decodes.insert(call, decode);
        }
        let verify = Verify {
            call,
            library,
            token,
            key: at(verify.key),
            algorithms: at(verify.algorithms),
            options,
            is_off,
        };
        self.verifies.insert(call, verify);
    }

    /// All calls that make tokens, in the order of the source.
    pub(crate) fn signs(&self) -> impl Iterator<Item = &Sign> {
        self.signs.values()
    }

    /// All calls that check tokens, also those that are told not to look at the signature.
    pub(crate) fn verifies(&self) -> impl Iterator<Item = &Verify> {
        self.verifies.values()
    }

    pub(crate) fn decodes(&self) -> impl Iterator<Item = &Decode> {
        self.decodes.values()
    }

    /// What keys are made of that sign, where a call of its own makes them.
    pub(crate) fn keys(&self) -> &[Id] {
        &self.keys
    }

    pub(crate) fn sign(&self, call: Id) -> Option<&Sign> {
        self.signs.get(&call)
    }

    pub(crate) fn verify(&self, call: Id) -> Option<&Verify> {
        self.verifies.get(&call)
    }

    pub(crate) fn decode(&self, call: Id) -> Option<&Decode> {
        self.decodes.get(&call)
    }
}

/// Whether a call makes a token.
pub(crate) fn makes_token(m: &Model, call: Id) -> bool {
    shape_of(m, call).is_some_and(|shape| matches!(shape.does, Does::Sign(_)))
}

fn shape_of(m: &Model, call: Id) -> Option<&'static Shape> {
    let path = m.callee_path(call).map(|path| canonical(m.language, path));
    let path = script::strategy_of(m, call).map(str::to_owned).or(path);
    let name = m.callee_name(call).unwrap_or_default();
    shapes(m.language)
        .iter()
        .find(|shape| fits(shape.call, path.as_deref(), name) && counts(m, call, shape))
}

const fn shapes(language: Language) -> &'static [Shape] {
    match language {
        Language::Python => python::SHAPES,
        Language::JavaScript | Language::TypeScript | Language::Tsx | Language::Markup => {
            script::SHAPES
        }
        Language::Go => go::SHAPES,
        Language::Java | Language::Kotlin => java::SHAPES,
        Language::Swift => swift::SHAPES,
        Language::Dart => dart::SHAPES,
        Language::CSharp => csharp::SHAPES,
        Language::Php => php::SHAPES,
        Language::Ruby => ruby::SHAPES,
        Language::Rust => rust::SHAPES,
    }
}

/// `verify(token, key, callback)` has no options.
fn without_callback(m: &Model, options: Lookup) -> Lookup {
    match options {
        Lookup::Found(id) if matches!(m.kind(id), Kind::Function(_)) => Lookup::Absent,
        other => other,
    }
}

/// The packages that golang-jwt came from, and those that came from there.
const GOLANG_JWT: [&str; 3] =
    ["github.com/golang-jwt/jwt", "github.com/dgrijalva/jwt-go", "github.com/form3tech-oss/jwt-go"];

/// The name below golang-jwt's package, or a package that it came from.
pub(crate) fn golang_jwt(path: &str) -> Option<&str> {
    GOLANG_JWT.iter().find_map(|package| path.strip_prefix(package)?.strip_prefix('.'))
}

/// A path as the tables have it. Where names need no import, those that nobody declared count as well.
pub(crate) fn canonical(language: Language, path: String) -> String {
    match language {
        Language::Go => match golang_jwt(&path) {
            Some(name) => format!("github.com/golang-jwt/jwt.{name}"),
            None => path,
        },
        Language::CSharp
        | Language::Java
        | Language::Kotlin
        | Language::Php
        | Language::Ruby
        | Language::Rust => path.strip_prefix('~').map(str::to_owned).unwrap_or(path),
        _ => path,
    }
}

/// Whether a path is of this form; `*` stands for anything.
pub(crate) fn fits(pattern: &str, path: Option<&str>, name: &str) -> bool {
    if let Some(method) = pattern.strip_prefix("?.") {
        let is_unknown = path.is_none_or(|path| {
            path.starts_with('~')
                || path.chars().next().is_some_and(char::is_lowercase) && !path.contains('(')
        });
        return method == name && is_unknown;
    }
    path.is_some_and(|path| glob(pattern, path))
}

fn glob(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

fn counts(m: &Model, call: Id, shape: &Shape) -> bool {
    let args = m.args(call);
    match shape.count {
        Count::Any => true,
        Count::Exactly(count) => args.len() == count && args.iter().all(|arg| arg.name.is_none()),
        Count::AtLeast(count) => args.len() >= count || args.iter().any(|arg| arg.name.is_some()),
    }
}
