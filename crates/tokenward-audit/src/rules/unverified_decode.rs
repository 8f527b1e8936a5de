//! `unverified-decode`: claims are read from a token that nobody verified.
//!
//! The call alone says little: most of the time the token is verified elsewhere, only its issuer is looked at,
//! or a client reads its own token. [`ladder`] decides.

use super::library::{self, Decode, How, Library};
use super::{Change, Condition, Context, mend, settings};
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Id, Key, Kind, Lookup, Model};

use verified::Namesakes;

pub(crate) mod across;
mod callers;
mod decides;
mod ladder;
mod origin;
mod program;
mod reads;
mod settled;
mod verified;

/// What a file holds, beside the name of a library, that takes a token apart by hand.
pub(super) const WORDS: &[&str] = &["split('.')[1]", "split(\".\")[1]"];

pub(super) fn check(context: &mut Context<'_>) {
    for decode in context.library.decodes() {
        if !is_validator(context.model, decode.call) {
            report(context, decode);
        }
    }
    match context.model.language {
        Language::CSharp => validators(context),
        Language::Go => unchecked(context),
        _ => {}
    }
}

/// go-oidc's `InsecureSkipSignatureCheck: true`
fn unchecked(context: &mut Context<'_>) {
    let m = context.model;
    for (name, value) in settings::all(m) {
        if name == "InsecureSkipSignatureCheck" && m.bool(value) == Some(true) {
            let changes = mend::flip(context, value);
            context.report_mended(
                value,
                (Severity::Critical, Confidence::High),
                "this verifier looks at no signature: anybody can write a token that it takes",
                "leave it out: the provider's keys are at hand",
                changes,
            );
        }
    }
}

/// `SignatureValidator = (token, parameters) => new JsonWebToken(token)`: it validates nothing.
fn validators(context: &mut Context<'_>) {
    let m = context.model;
    for (name, value) in settings::all(m) {
        if name != "SignatureValidator" {
            continue;
        }
        let answer = library::returned(m, value);
        let reads = |id: &Id| context.library.decode(m.value(*id)).is_some();
        if let Some(answer) = answer.into_iter().find(reads) {
            context.report(
                answer,
                (Severity::Critical, Confidence::High),
                "this `SignatureValidator` only parses the token: every signature is right",
                "leave it out, and give IssuerSigningKeys and ValidAlgorithms",
            );
        }
    }
}

/// Whether a call stands in such a function, which is told of as a whole.
fn is_validator(m: &Model, call: Id) -> bool {
    m.language == Language::CSharp
        && m.ancestors(call).any(|id| match m.kind(id) {
            Kind::Assign(target, _) => m.last_name(*target) == Some("SignatureValidator"),
            Kind::Map(entries) => entries.iter().any(|entry| {
                matches!(&entry.key, Key::Named(name) if name == "SignatureValidator")
                    && m.below(entry.value).any(|one| one == call)
            }),
            _ => false,
        })
}

fn report(context: &mut Context<'_>, decode: &Decode) {
    let Some(mut verdict) = ladder::judge(context, decode) else { return };
    // What plays a gateway's part on a developer's machine has no key to verify with.
    let is_emulated = context.says("emulat");
    // Who hands tokens on may leave it to the other party to verify them, and go by its answer.
    let is_handed_on =
        || context.says_any(&["bearer ${", "\"bearer {", "'bearer {", "bearer \" +", "bearer ' +"]);
    // A method of that name verifies, but whether it is the one that is called is out of sight.
    if is_emulated || is_handed_on() || verified::elsewhere(context, decode, Namesakes::Any) {
        verdict.confidence = Confidence::Low;
    }
    let name = context.model.callee_name(decode.call).unwrap_or("this call").to_owned();
    let how = match decode.how {
        How::Function => format!("`{name}` does not verify the token"),
        How::ByHand => "the token is taken apart and not verified".to_owned(),
        How::Option => format!("`{name}` is told not to verify the signature"),
        How::DeadOption => {
            format!("`verify=False` makes `{name}` skip the check in PyJWT 1, and fail in PyJWT 2")
        }
    };
    let fix = format!("verify it: {}", fix(decode.library, context.model.language));
    let changes = switched_on(context, decode);
    context.report_mended(
        decode.call,
        (verdict.severity, verdict.confidence),
        format!("{how}, {}", verdict.because),
        fix,
        changes,
    );
    let unless = across::handed_to(context, decode);
    context.on(Condition { unless, where_none_verifies: verdict.where_none_verifies });
}

/// The flag turned over, where key and algorithms are there already: all that was missing is the check. Any other
/// decode that does not verify has to be replaced by somebody who knows where the key is.
fn switched_on(context: &Context<'_>, decode: &Decode) -> Vec<Change> {
    let m = context.model;
    let Some(verify) = context.library.verify(decode.call) else { return Vec::new() };
    let is_given = |one: Lookup| {
        one.found().is_some_and(|id| !m.is_null(id) && !m.text(id).is_some_and(str::is_empty))
    };
    match decode.switch {
        Some(switch)
            if decode.how == How::Option && is_given(verify.key) && is_given(verify.algorithms) =>
        {
            mend::flip(context, switch)
        }
        _ => Vec::new(),
    }
}

/// What to write instead, in the library at hand.
const fn fix(library: Library, language: Language) -> &'static str {
    match library {
        Library::JsonWebToken => {
            "jwt.verify(token, publicKey, { algorithms: ['RS256'], issuer, audience })"
        }
        Library::Nest => {
            "await this.jwtService.verifyAsync(token, { algorithms: ['RS256'], issuer, audience })"
        }
        Library::PythonJose => {
            "jwt.decode(token, key, algorithms=[\"RS256\"], issuer=…, audience=…)"
        }
        Library::Jwx => {
            "jwt.Parse(token, jwt.WithKeySet(keys), jwt.WithIssuer(…), jwt.WithAudience(…))"
        }
        Library::GolangJwt => {
            "jwt.ParseWithClaims(token, claims, keyFunc, jwt.WithValidMethods([]string{\"RS256\"}), \
             jwt.WithExpirationRequired())"
        }
        Library::GoJose => {
            "token.Claims(publicKey, &claims), then claims.Validate(jwt.Expected{…})"
        }
        Library::Cristalhq => "jwt.Parse(token, verifier)",
        Library::Jose4j => {
            "new JwtConsumerBuilder().setVerificationKey(publicKey).setExpectedAudience(…).build()"
        }
        Library::JwtNet => {
            "JwtBuilder.Create().WithAlgorithm(…).MustVerifySignature().Decode(token)"
        }
        Library::JavaJwt => {
            "JWT.require(Algorithm.RSA256(publicKey)).withIssuer(issuer).withAudience(audience).build().verify(token)"
        }
        Library::Nimbus => {
            "a DefaultJWTProcessor with new JWSVerificationKeySelector<>(JWSAlgorithm.RS256, keys), and process(token, null)"
        }
        Library::IdentityModel | Library::TokenDescriptor => {
            "await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters { ValidIssuer = …, \
             ValidAudience = …, IssuerSigningKeys = … }), and look at IsValid"
        }
        Library::JoseJwt => "JWT.Decode(token, publicKey, JwsAlgorithm.RS256)",
        Library::FirebaseJwt => "JWT::decode($token, new Key($publicKey, 'RS256'))",
        Library::Lcobucci => {
            "$config->validator()->assert($token, new SignedWith(…), new StrictValidAt(…), new IssuedBy(…))"
        }
        Library::RubyJwt => {
            "JWT.decode(token, public_key, true, algorithm: 'RS256', iss: issuer, verify_iss: true)"
        }
        Library::JwtKit => "try await keys.verify(token, as: SessionPayload.self)",
        Library::JwtDecodeSwift => {
            "leave it to the server: JWTDecode reads a token, and verifies none"
        }
        Library::DartJsonWebToken => {
            "JWT.verify(token, publicKey, issuer: issuer, audience: audience)"
        }
        Library::JwtDecoder => {
            "leave it to the server: jwt_decoder reads a token, and verifies none"
        }
        Library::JoseDart => {
            "await JsonWebToken.decodeAndVerify(token, keyStore, allowedArguments: ['ES256'])"
        }
        Library::JsonWebTokenRs | Library::JwtCompact | Library::JwtSimpleRs => {
            "jsonwebtoken::decode::<Claims>(token, &key, &Validation::new(Algorithm::RS256)), with set_issuer and set_audience"
        }
        _ => fix_in(language),
    }
}

/// The same, in the library that most of a language's programs use.
const fn fix_in(language: Language) -> &'static str {
    match language {
        Language::Python => {
            "jwt.decode(token, key, algorithms=[\"RS256\"], issuer=…, audience=…, \
                 options={\"require\": [\"exp\", \"iss\", \"aud\"]})"
        }
        Language::Java | Language::Kotlin => {
            "Jwts.parser().verifyWith(publicKey).requireIssuer(issuer).build().parseSignedClaims(token)"
        }
        _ => "await jwtVerify(token, keys, { algorithms: ['RS256'], issuer, audience }) of `jose`",
    }
}
