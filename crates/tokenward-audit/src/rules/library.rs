//! The libraries: which calls sign, which verify, and where their arguments are.

use crate::model::{Id, Kind, Lookup, Model};

/// A library, as far as it differs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Library {
    PyJwt,
    PythonJose,
    Authlib,
    Joserfc,
    JsonWebToken,
    Nest,
    Jose,
    JwtSimple,
    ExpressJwt,
    KoaJwt,
    PassportJwt,
    GolangJwt,
}

/// A call that makes a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sign {
    pub(crate) library: Library,
    pub(crate) payload: Lookup,
    pub(crate) key: Lookup,
    pub(crate) algorithm: Lookup,
    /// A map of options, where the library takes one.
    pub(crate) options: Lookup,
}

/// A call that checks a token, or makes something that does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verify {
    pub(crate) library: Library,
    pub(crate) token: Lookup,
    pub(crate) key: Lookup,
    pub(crate) algorithms: Lookup,
    pub(crate) options: Lookup,
}

const GOLANG_JWT: [&str; 3] =
    ["github.com/golang-jwt/jwt", "github.com/dgrijalva/jwt-go", "github.com/form3tech-oss/jwt-go"];

/// The name below golang-jwt's package, or a package that it came from.
pub(crate) fn golang_jwt(path: &str) -> Option<&str> {
    GOLANG_JWT.iter().find_map(|package| path.strip_prefix(package)?.strip_prefix('.'))
}

/// Reads a call as one that makes a token.
pub(crate) fn sign(m: &Model, call: Id) -> Option<Sign> {
    let path = m.callee_path(call)?;
    if let Some(name) = golang_jwt(&path) {
        return (name == "NewWithClaims").then(|| Sign {
            library: Library::GolangJwt,
            payload: m.positional(call, 1),
            key: Lookup::Unknown,
            algorithm: m.positional(call, 0),
            options: Lookup::Absent,
        });
    }
    let python = |library| Sign {
        library,
        payload: m.argument(call, if library == Library::PyJwt { "payload" } else { "claims" }, 0),
        key: m.argument(call, "key", 1),
        algorithm: m.argument(call, "algorithm", 2),
        options: Lookup::Absent,
    };
    match path.as_str() {
        "jwt.encode" | "jwt.PyJWT().encode" | "jwt.api_jwt.encode" => Some(python(Library::PyJwt)),
        "jose.jwt.encode" => Some(python(Library::PythonJose)),
        "authlib.jose.jwt.encode" | "authlib.jose.JsonWebToken().encode" => {
            Some(with_header(m, call, Library::Authlib))
        }
        "joserfc.jwt.encode" => Some(with_header(m, call, Library::Joserfc)),
        "jsonwebtoken.sign" => {
            let options = m.positional(call, 2);
            Some(Sign {
                library: Library::JsonWebToken,
                payload: m.positional(call, 0),
                key: m.positional(call, 1),
                algorithm: option(m, options, "algorithm"),
                options,
            })
        }
        "@nestjs/jwt.JwtService().sign" | "@nestjs/jwt.JwtService().signAsync" => {
            let options = m.positional(call, 1);
            Some(Sign {
                library: Library::Nest,
                payload: m.positional(call, 0),
                key: option(m, options, "secret"),
                algorithm: option(m, options, "algorithm"),
                options,
            })
        }
        "jwt-simple.encode" => Some(Sign {
            library: Library::JwtSimple,
            payload: m.positional(call, 0),
            key: m.positional(call, 1),
            algorithm: m.positional(call, 2),
            options: Lookup::Absent,
        }),
        path if path.starts_with("jose.SignJWT()") && path.ends_with(").sign") => Some(Sign {
            library: Library::Jose,
            payload: root_of_chain(m, call)
                .filter(|root| m.callee_path(*root).as_deref() == Some("jose.SignJWT"))
                .map_or(Lookup::Unknown, |root| m.positional(root, 0)),
            key: m.positional(call, 0),
            algorithm: Lookup::Unknown,
            options: Lookup::Absent,
        }),
        _ => None,
    }
}

/// `encode(header, payload, key)`: the algorithm is in the header.
fn with_header(m: &Model, call: Id, library: Library) -> Sign {
    Sign {
        library,
        payload: m.positional(call, 1),
        key: m.argument(call, "key", 2),
        algorithm: option(m, m.argument(call, "header", 0), "alg"),
        options: Lookup::Absent,
    }
}

/// Reads a call as one that checks a token. That a flag switches the check off is not looked at here.
pub(crate) fn verify(m: &Model, call: Id) -> Option<Verify> {
    let path = m.callee_path(call)?;
    if let Some(name) = golang_jwt(&path) {
        let key = match name {
            "Parse" | "NewParser().Parse" | "Parser().Parse" => 1,
            "ParseWithClaims" | "NewParser().ParseWithClaims" | "Parser().ParseWithClaims" => 2,
            _ => return None,
        };
        return Some(Verify {
            library: Library::GolangJwt,
            token: m.positional(call, 0),
            key: m.positional(call, key),
            algorithms: Lookup::Unknown,
            options: Lookup::Unknown,
        });
    }
    python_verify(m, call, &path).or_else(|| script_verify(m, call, &path))
}

fn python_verify(m: &Model, call: Id, path: &str) -> Option<Verify> {
    let library = match path {
        "jwt.decode"
        | "jwt.decode_complete"
        | "jwt.PyJWT().decode"
        | "jwt.PyJWT().decode_complete"
        | "jwt.api_jwt.decode" => Library::PyJwt,
        "jose.jwt.decode" => Library::PythonJose,
        "authlib.jose.jwt.decode" | "authlib.jose.JsonWebToken().decode" => Library::Authlib,
        "joserfc.jwt.decode" => Library::Joserfc,
        _ => return None,
    };
    let token = m.positional(call, 0);
    let named = ["jwt", "token", "s", "value"].into_iter().map(|name| m.keyword(call, name));
    Some(Verify {
        library,
        token: named.into_iter().find(|one| one.found().is_some()).unwrap_or(token),
        key: m.argument(call, "key", 1),
        algorithms: match library {
            Library::Authlib => Lookup::Unknown,
            _ => m.argument(call, "algorithms", 2),
        },
        options: match library {
            Library::PyJwt | Library::PythonJose => m.argument(call, "options", 3),
            _ => Lookup::Absent,
        },
    })
}

fn script_verify(m: &Model, call: Id, path: &str) -> Option<Verify> {
    let (library, key_in_options) = match path {
        "jsonwebtoken.verify" => (Library::JsonWebToken, None),
        "jose.jwtVerify" | "jose.compactVerify" => (Library::Jose, None),
        "@nestjs/jwt.JwtService().verify" | "@nestjs/jwt.JwtService().verifyAsync" => {
            (Library::Nest, Some(("secret", 1)))
        }
        "express-jwt" | "express-jwt.expressjwt" => (Library::ExpressJwt, Some(("secret", 0))),
        "koa-jwt" => (Library::KoaJwt, Some(("secret", 0))),
        "passport-jwt.Strategy" => (Library::PassportJwt, Some(("secretOrKey", 0))),
        "jwt-simple.decode" => {
            return Some(Verify {
                library: Library::JwtSimple,
                token: m.positional(call, 0),
                key: m.positional(call, 1),
                algorithms: m.positional(call, 3),
                options: Lookup::Absent,
            });
        }
        _ => return None,
    };
    let options = match key_in_options {
        Some((_, position)) => m.positional(call, position),
        // `verify(token, key, callback)` has no options.
        None => match m.positional(call, 2) {
            Lookup::Found(id) if matches!(m.kind(id), Kind::Function(_)) => Lookup::Absent,
            other => other,
        },
    };
    let is_middleware =
        matches!(library, Library::ExpressJwt | Library::KoaJwt | Library::PassportJwt);
    Some(Verify {
        library,
        token: if is_middleware { Lookup::Absent } else { m.positional(call, 0) },
        key: match key_in_options {
            Some((name, _)) => option(m, options, name),
            None => m.positional(call, 1),
        },
        algorithms: option(m, options, "algorithms"),
        options,
    })
}

/// A member of options that may not have been given.
pub(crate) fn option(m: &Model, options: Lookup, name: &str) -> Lookup {
    match options {
        Lookup::Found(map) => m.option(map, name),
        other => other,
    }
}

/// The call that a chain of methods begins with: `new SignJWT(p)` of `new SignJWT(p).a().b()`; `None` where a
/// variable is in between, on which more may be called elsewhere.
pub(crate) fn root_of_chain(m: &Model, call: Id) -> Option<Id> {
    let mut at = call;
    for _ in 0..64 {
        let Kind::Call { callee, .. } = m.kind(at) else { return None };
        match m.kind(*callee) {
            Kind::Member(object, _) if matches!(m.kind(*object), Kind::Call { .. }) => at = *object,
            Kind::Name(_) | Kind::Member(..) => return Some(at),
            _ => return None,
        }
    }
    None
}

/// Whether `options={"verify_signature": False}`, or the library's other way to say so, is given.
pub(crate) fn signature_check_is_off(m: &Model, call: Id, verify: &Verify) -> bool {
    match verify.library {
        Library::PyJwt | Library::PythonJose => {
            m.said(option(m, verify.options, "verify_signature")) == Some(false)
                || m.said(m.keyword(call, "verify")) == Some(false)
        }
        Library::JwtSimple => m.positional(call, 2).found().is_some_and(|id| {
            matches!(m.kind(m.value(id)), Kind::Bool(true) | Kind::Text(_))
                || m.number(id).is_some_and(|number| number != 0.0)
        }),
        _ => false,
    }
}
