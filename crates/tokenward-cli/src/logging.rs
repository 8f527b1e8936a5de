//! The log: standard error, as text or JSON, filtered by `TOKENWARD_LOG`.

use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::time::SystemTime;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::args::LogFormat;
use crate::demo::Tap;
use crate::failure::Failure;
use crate::output::Color;

/// Without `TOKENWARD_LOG`: what an operator acts on.
const DEFAULT: &str = "info";

/// Starts the log of this process; `tap` gets its lines too, whatever the filter says.
pub(crate) fn start(format: LogFormat, color: Color, tap: Option<Tap>) -> Result<(), Failure> {
    let directives = std::env::var("TOKENWARD_LOG").unwrap_or_else(|_| DEFAULT.to_owned());
    let filter = EnvFilter::try_new(&directives).map_err(|_| {
        Failure::cannot(format!(
            "TOKENWARD_LOG: `{directives}` is no filter; set for example \"info\""
        ))
    })?;
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = match format {
        LogFormat::Text => log.with_ansi(color.on_stderr()).with_timer(SystemTime).boxed(),
        LogFormat::Json => {
            log.json().flatten_event(true).with_current_span(false).with_timer(SystemTime).boxed()
        }
    };
    let log = tracing_subscriber::registry().with(log.with_filter(filter));
    let started = match tap {
        Some(tap) => log.with(tap.with_filter(filter_fn(Tap::wants))).try_init(),
        None => log.try_init(),
    };
    started.map_err(|error| Failure::because("the log", &error))
}
