//! The log: standard error, as text or JSON, filtered by `TOKENWARD_LOG`.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::time::SystemTime;

use crate::args::LogFormat;
use crate::failure::Failure;
use crate::output::Color;

/// Without `TOKENWARD_LOG`: what an operator acts on.
const DEFAULT: &str = "info";

/// Starts the log of this process.
pub(crate) fn start(format: LogFormat, color: Color) -> Result<(), Failure> {
    let directives = std::env::var("TOKENWARD_LOG").unwrap_or_else(|_| DEFAULT.to_owned());
    let filter = EnvFilter::try_new(&directives).map_err(|_| {
        Failure::cannot(format!(
            "TOKENWARD_LOG: `{directives}` is no filter; set for example \"info\""
        ))
    })?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Text => log.with_ansi(color.on_stderr()).with_timer(SystemTime).try_init(),
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_timer(SystemTime)
            .try_init(),
    };
    started.map_err(|error| Failure::because("the log", error.as_ref()))
}
