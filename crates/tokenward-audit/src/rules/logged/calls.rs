//! Which calls write to a log, or to where a service's output is kept like one.

use crate::language::Language;
use crate::model::{Id, Kind, Model};
use crate::rules::names::words;

/// A call that writes what it is given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    pub(super) call: Id,
    /// Whether it writes to where a command answers as well.
    pub(super) is_print: bool,
    /// Whether it writes only where somebody looks for a mistake, as a rule.
    pub(super) is_debug: bool,
}

/// What methods of loggers are called, but for endings such as `f` and `ln`.
const LEVELS: [&str; 19] = [
    "log",
    "info",
    "warn",
    "warning",
    "error",
    "exception",
    "critical",
    "fatal",
    "panic",
    "print",
    "notice",
    "http",
    "success",
    "debug",
    "trace",
    "verbose",
    "silly",
    "infocontext",
    "debugcontext",
];
const DEBUG: [&str; 4] = ["debug", "trace", "verbose", "silly"];
/// What loggers are called, by the last word.
const LOGGERS: [&str; 11] = [
    "log", "logger", "logging", "logs", "winston", "pino", "logrus", "slog", "klog", "glog",
    "sugar",
];

pub(super) fn log(m: &Model, call: Id) -> Option<Log> {
    let Kind::Call { callee, .. } = m.kind(call) else { return None };
    let path = m.callee_path(call).unwrap_or_default();
    let is_print = match m.language {
        Language::Python => path == "~print",
        Language::Go => matches!(path.as_str(), "fmt.Print" | "fmt.Println" | "fmt.Printf"),
        language if language.is_script() => path.starts_with("~console."),
        _ => return None,
    };
    let method = m.callee_name(call)?;
    let is_debug = DEBUG.iter().any(|level| method.to_lowercase().starts_with(level));
    if is_print {
        return Some(Log { call, is_print, is_debug });
    }
    let Kind::Member(object, _) = m.kind(*callee) else { return None };
    (is_level(m.language, method) && is_logger(m, *object)).then_some(Log {
        call,
        is_print,
        is_debug,
    })
}

fn is_level(language: Language, method: &str) -> bool {
    let method = method.to_lowercase();
    let is = |name: &str| LEVELS.contains(&name);
    is(&method)
        || language == Language::Go
            && ["f", "ln", "w"].iter().any(|end| method.strip_suffix(end).is_some_and(is))
}

/// `logger`, `this.logger`, `req.log`, `logging.getLogger(__name__)`
fn is_logger(m: &Model, object: Id) -> bool {
    let name = match m.kind(object) {
        Kind::Call { callee, .. } => m.last_name(*callee),
        _ => m.last_name(object),
    };
    name.and_then(|name| words(name).pop()).is_some_and(|last| LOGGERS.contains(&last.as_str()))
}

/// What makes text, or a field of a log's line, of what it is given, and shows all of it.
const SHOWS: [&str; 13] = [
    "str",
    "String",
    "repr",
    "string",
    "format",
    "stringify",
    "dumps",
    "inspect",
    "Sprintf",
    "Sprint",
    "Sprintln",
    "Any",
    "bytes",
];
/// Methods that give the same once more: `token.decode()` makes text of bytes.
pub(super) const SAME: [&str; 6] = ["decode", "encode", "toString", "strip", "trim", "String"];

/// `str(token)`, `"…".format(token)`, `zap.String("token", token)`, `Buffer.from(secret)`
pub(super) fn shows_arguments(m: &Model, call: Id) -> bool {
    let Some(name) = m.callee_name(call) else { return false };
    let is_bytes = matches!(
        m.callee_path(call).as_deref(),
        Some("~Buffer.from" | "buffer.Buffer.from" | "~TextEncoder().encode" | "~[]byte")
    );
    is_bytes || SHOWS.contains(&name)
}
