//! `detailed-refusal`: whoever tries tokens is told what is wrong with each.

use super::Context;
use super::guards::conditions;
use super::names::has;
use crate::finding::{Confidence, Severity};
use crate::language::Language;
use crate::model::{Binding, Id, Kind, Model};

mod events;

/// Calls that answer a request.
const ANSWERS: [&str; 39] = [
    "respond",
    "respondText",
    "unauthorized",
    "forbidden",
    "Abort",
    "sendError",
    "body",
    "entity",
    "ResponseStatusException",
    "Unauthorized",
    "BadRequest",
    "WriteAsync",
    "Json",
    "StatusCode",
    "Problem",
    "json_encode",
    "response",
    "withJson",
    "write",
    "render",
    "halt",
    "error!",
    "die",
    "UnauthorizedHttpException",
    "json",
    "send",
    "end",
    "jsonify",
    "HTTPException",
    "Response",
    "JSONResponse",
    "JsonResponse",
    "abort",
    "make_response",
    "HttpResponse",
    "AuthenticationFailed",
    "Error",
    "JSON",
    "AbortWithStatusJSON",
];

pub(super) fn check(context: &mut Context<'_>) {
    let m = context.model;
    for id in m.ids() {
        match m.kind(id) {
            Kind::Try { body, handlers } if m.below(*body).any(|one| is_told_of(context, one)) => {
                let mut is_taken = false;
                for handler in handlers {
                    let head = head(context, *body, handler.body);
                    if let Some(error) = &handler.error
                        && !is_taken
                        && !is_about_claims_alone(head)
                        && !is_worded(context, head)
                    {
                        told(context, handler.body, error);
                    }
                    is_taken |= takes_bad_tokens(head);
                }
            }
            // `jwt.verify(token, key, (err, claims) => …)`
            Kind::Call { args, .. } if context.library.verify(id).is_some() => {
                for arg in args {
                    let Kind::Function(scope) = m.kind(arg.value) else { continue };
                    let Some(error) = m.scope(*scope).and_then(|scope| scope.params.first()) else {
                        continue;
                    };
                    if error.name.starts_with('e') {
                        told(context, arg.value, &error.name.clone());
                    }
                }
            }
            _ => {}
        }
    }
    match m.language {
        Language::Go => go(context),
        Language::CSharp => events::check(context),
        _ => {}
    }
}

/// Whether what goes wrong in a call goes wrong with the token.
fn is_told_of(context: &Context<'_>, call: Id) -> bool {
    let m = context.model;
    // What goes wrong is handed to the last argument: `jwt.verify(token, key, (error, claims) => …)`.
    let takes_answer = m.language.is_script()
        && m.args(call).iter().skip(2).any(|arg| matches!(m.kind(arg.value), Kind::Function(_)));
    // What only parses a token throws as well, on the JVM.
    // What verifies nothing can only say that the text is no token.
    context.library.verify(call).is_some_and(|verify| !verify.is_off) && !takes_answer
        || m.language.is_jvm() && context.library.decode(call).is_some()
}

/// Errors about the claims of a token whose signature was right: its bearer can read them anyhow, and RFC 6750 § 3.1
/// has them told.
const ABOUT_CLAIMS: [&str; 12] = [
    "Expired",
    "MissingRequiredClaim",
    "MissingClaim",
    "IncorrectClaim",
    "InvalidAudience",
    "InvalidIssuer",
    "ImmatureSignature",
    "InvalidIssuedAt",
    "NotBefore",
    "BeforeValid",
    "InvalidAud",
    "InvalidClaim",
];

fn is_about_claims(text: &str) -> bool {
    ABOUT_CLAIMS.iter().any(|name| text.contains(name))
}

/// What a handler takes, as it is written: `except jwt.ExpiredSignatureError as error`.
fn head<'m>(context: &Context<'m>, tried: Id, handler: Id) -> &'m str {
    let m = context.model;
    // In some languages the handler begins with its head, in others after it.
    let start = m.node(handler).span.start;
    let own = context.source(handler).find(['{', '\n']).unwrap_or_default();
    let until = context.text.get(m.node(tried).span.start..start.saturating_add(own));
    let until = until.unwrap_or_default();
    let head = ["except", "catch", "rescue"].iter().filter_map(|word| until.rfind(word)).max();
    head.and_then(|at| until.get(at..)).unwrap_or_default()
}

/// Whether a handler is for errors about claims alone.
fn is_about_claims_alone(head: &str) -> bool {
    let mut types = head
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        // `JWT::ExpiredSignature`: a module has no small letters.
        .filter(|word| word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase))
        .peekable();
    types.peek().is_some() && types.all(is_about_claims)
}

/// Whether a handler takes all that a library says of a bad token; what comes after it gets other errors.
fn takes_bad_tokens(head: &str) -> bool {
    ["InvalidTokenError", "PyJWTError", "JWTError", "JoseError", "JsonWebTokenError"]
        .iter()
        .any(|name| head.contains(name))
}

/// Whether the errors of a handler have the same few words whatever is wrong: simplejwt answers with them itself.
fn is_worded(context: &Context<'_>, head: &str) -> bool {
    head.contains("TokenError") && context.says("rest_framework_simplejwt")
}

/// Looks for answers that hold the error's own words.
fn told(context: &mut Context<'_>, body: Id, error: &str) {
    let m = context.model;
    if m.language == Language::Php {
        events::printed(context, body, error);
    }
    for call in m.below(body) {
        if is_answer(m, call)
            && let Some(arg) = m.args(call).iter().find(|arg| shows(m, arg.value, error))
        {
            let at = arg.value;
            // `if (error.name === 'TokenExpiredError')`, `if (error instanceof ShopError)`
            let is_sorted =
                conditions(m, context.text, at).into_iter().any(|(condition, holds)| {
                    holds && (is_about_claims(condition) || is_of_another_kind(condition))
                });
            if !is_foreseen(context, at) && !is_sorted {
                report(context, at, refuses(context, body));
            }
        }
    }
}

/// Whether a condition asks for a kind of error that no library of tokens throws.
fn is_of_another_kind(condition: &str) -> bool {
    let kind = condition.split("instanceof").nth(1).unwrap_or_default().to_lowercase();
    let name = kind.trim().trim_end_matches(|c: char| !c.is_alphanumeric());
    name.ends_with("error") && name != "error" && !has(name, &["token", "jwt", "jo", "jws", "auth"])
}

/// What answers somebody who is known already: the provider, whose logout OpenID Connect Back-Channel Logout 1.0
/// § 2.8 has answered with a description, and a user behind a login.
fn is_foreseen(context: &Context<'_>, at: Id) -> bool {
    let m = context.model;
    let Some(whole) = m.function_node(at) else { return false };
    let text = context.source(whole).to_lowercase();
    let is_logout = ["backchannel", "back_channel", "logout_token", "logouttoken"]
        .iter()
        .any(|word| text.contains(word));
    is_logout || is_behind_login(context, whole) || is_given_user(context, whole)
}

/// `FastAPI`: `user = Depends(get_current_user)`, `_ = Depends(require_admin)`.
fn is_given_user(context: &Context<'_>, function: Id) -> bool {
    let head = context.source(function).split("):").next().unwrap_or_default();
    let mut given = head.split("Depends(").skip(1);
    given.any(|given| {
        let name = given.split(')').next().unwrap_or_default().to_lowercase();
        has(&name, &["current", "require", "admin", "principal"])
    })
}

/// `@login_required`, in the lines above a function or at its top.
fn is_behind_login(context: &Context<'_>, function: Id) -> bool {
    let start = context.model.node(function).span.start;
    let above = context.text.get(..start).unwrap_or_default().trim_end().lines().rev();
    let own = context.source(function).lines();
    above
        .take_while(|line| line.trim_start().starts_with('@'))
        .chain(own.take_while(|line| line.trim_start().starts_with('@')))
        .any(|line| {
            let line = line.to_lowercase();
            ["login_required", "require_auth", "requires_auth", "authentication_required"]
                .iter()
                .any(|mark| line.contains(mark))
        })
}

/// Whether an answer is one to somebody without a right: of others it is open what they are for.
fn refuses(context: &Context<'_>, answer: Id) -> bool {
    const REFUSALS: [&str; 7] = [
        "401",
        "403",
        "unauthorized",
        "forbidden",
        "unauthenticated",
        "authenticationfailed",
        "halt",
    ];
    has(&context.source(answer).to_lowercase(), &REFUSALS)
}

fn report(context: &mut Context<'_>, at: Id, refuses: bool) {
    let m = context.model;
    let confidence = if refuses { Confidence::High } else { Confidence::Low };
    context.report(
        at,
        (Severity::Medium, confidence),
        "the answer to a bad token says what is wrong with it: that helps whoever is trying",
        fix(m.language),
    );
}

/// The answer that is the same for all, in the language at hand. What went wrong goes to the log.
const fn fix(language: Language) -> &'static str {
    match language {
        Language::Python => {
            "log the error, and answer the same to all: raise HTTPException(401, \"invalid_token\")"
        }
        Language::Go => {
            "log the error, and answer the same to all: http.Error(w, \"invalid_token\", http.StatusUnauthorized)"
        }
        Language::Java => "log the error, and answer the same to all: response.sendError(401)",
        Language::Kotlin => {
            "log the error, and answer the same to all: call.respond(HttpStatusCode.Unauthorized, \"invalid_token\")"
        }
        Language::CSharp => "log the error, and answer the same to all: Results.Unauthorized()",
        Language::Php => {
            "log the error, and answer the same to all: http_response_code(401); echo '{\"error\":\"invalid_token\"}';"
        }
        Language::Ruby => {
            "log the error, and answer the same to all: render json: { error: 'invalid_token' }, status: :unauthorized"
        }
        Language::Swift => "log the error, and answer the same to all: throw Abort(.unauthorized)",
        Language::Rust => "log the error, and answer the same to all: StatusCode::UNAUTHORIZED",
        Language::Dart => {
            "log the error, and answer the same to all: Response.unauthorized('invalid_token')"
        }
        _ => {
            "log the error, and answer the same to all: res.status(401).json({ error: 'invalid_token' })"
        }
    }
}

fn is_answer(m: &Model, call: Id) -> bool {
    let answers = m.callee_name(call).is_some_and(|name| ANSWERS.contains(&name));
    // `new Error(…)` and `JSON.stringify` answer nobody.
    answers && !matches!(m.callee_path(call).as_deref(), Some("~Error")) && !is_logger(m, call)
}

fn is_logger(m: &Model, call: Id) -> bool {
    let Kind::Call { callee, .. } = m.kind(call) else { return false };
    let Kind::Member(object, _) = m.kind(*callee) else { return false };
    m.last_name(*object).is_some_and(|name| {
        let name = name.to_lowercase();
        name.contains("log") || matches!(name.as_str(), "console" | "stderr" | "stdout")
    })
}

/// `err.message`, `str(e)`, `f"… {e}"`, `err.Error()`, or the error itself as a member of the answer.
fn shows(m: &Model, value: Id, error: &str) -> bool {
    m.below(value).any(|id| {
        if !matches!(m.kind(id), Kind::Name(name) if name == error) {
            return false;
        }
        let Some(parent) = m.node(id).parent else { return true };
        match m.kind(parent) {
            Kind::Member(_, name) => {
                matches!(
                    name.as_str(),
                    "message"
                        | "stack"
                        | "Error"
                        | "args"
                        | "toString"
                        | "getMessage"
                        | "Message"
                        | "ToString"
                        | "to_s"
                        | "full_message"
                        | "getLocalizedMessage"
                        | "localizedMessage"
                        | "localizedDescription"
                )
            }
            Kind::Call { .. } => matches!(
                m.callee_name(parent),
                Some("str" | "repr" | "String" | "json" | "send" | "JSON")
            ),
            Kind::Template(_) | Kind::Map(_) => true,
            _ => id == value,
        }
    })
}

/// `token, err := jwt.Parse(…)`, and `err.Error()` in an answer after it, before `err` is another error.
fn go(context: &mut Context<'_>) {
    let m = context.model;
    for call in m.calls().filter(|call| is_answer(m, *call)) {
        let function = m.function_of(call);
        let shown =
            m.args(call).iter().find(|arg| m.below(arg.value).any(|id| is_error_text(m, id)));
        let Some(at) = shown.map(|arg| arg.value) else { continue };
        let last = m
            .ids()
            .take_while(|id| *id < call)
            .filter(|id| m.function_of(*id) == function)
            .filter(|id| matches!(m.kind(*id), Kind::Assign(_, value) if binds_error(m, *value)))
            .last();
        if let Some(last) = last
            && let Kind::Assign(_, value) = m.kind(last)
            && context.library.verify(*value).is_some()
        {
            report(context, at, refuses(context, call));
        }
    }
}

fn is_error_text(m: &Model, id: Id) -> bool {
    m.callee_name(id) == Some("Error")
        && matches!(m.kind(id), Kind::Call { callee, .. }
            if matches!(m.kind(*callee), Kind::Member(object, _)
                if matches!(m.kind(*object), Kind::Name(name) if name == "err")))
}

/// Whether an assignment's value also gave `err` its value.
fn binds_error(m: &Model, value: Id) -> bool {
    let scope = m.node(value).scope;
    m.declared("err", scope).is_some_and(|(_, bindings)| {
        bindings.iter().any(|binding| match binding {
            Binding::Part(of, _) | Binding::Value(of) => *of == value,
            _ => false,
        })
    })
}
