//! The last lines of the log, by request, so that the demo can show why something was refused.
//!
//! **Invariant:** it keeps what the log says and no more, so no secret; and at most [`LINES`] lines.

use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// What sets the log's filter.
const VARIABLE: &str = "TOKENWARD_LOG";
/// How many lines are kept.
const LINES: usize = 1_000;
/// The longest line, in characters.
const LENGTH: usize = 400;

/// A layer of the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tap(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    lines: VecDeque<Line>,
    count: u64,
}

#[derive(Debug)]
struct Line {
    number: u64,
    /// `None` outside requests.
    request: Option<String>,
    text: String,
}

impl Tap {
    /// What is of use to whoever looks at the demo.
    pub(crate) fn wants(metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::DEBUG && metadata.target().starts_with("tokenward")
    }

    /// The lines of a request.
    pub(crate) fn of(&self, request: &str) -> Vec<String> {
        let kept = self.kept();
        let lines = kept.lines.iter().filter(|line| line.request.as_deref() == Some(request));
        lines.map(|line| line.text.clone()).collect()
    }

    /// A place in the log: its end.
    pub(crate) fn end(&self) -> u64 {
        self.kept().count
    }

    /// The lines after `place` that belong to no request.
    pub(crate) fn after(&self, place: u64) -> Vec<String> {
        let kept = self.kept();
        let lines = kept.lines.iter().filter(|line| line.number >= place && line.request.is_none());
        lines.map(|line| line.text.clone()).collect()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// In the extensions of a request's span.
struct RequestOf(String);

impl<S> Layer<S> for Tap
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let (Some(span), Some(request)) = (context.span(id), fields.request) {
            span.extensions_mut().insert(RequestOf(request));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let request = context.event_scope(event).into_iter().flatten().find_map(|span| {
            span.extensions().get::<RequestOf>().map(|RequestOf(request)| request.clone())
        });
        let Fields { message, others, .. } = fields;
        let level = *event.metadata().level();
        let text: String = format!("{level} {message}{others}").chars().take(LENGTH).collect();
        // Whoever looks for the line in the log must know that it is not there by default.
        let text =
            if level > Level::INFO { format!("{text} (with {VARIABLE}=debug)") } else { text };
        let mut kept = self.kept();
        let number = kept.count;
        kept.count = number.saturating_add(1);
        kept.lines.push_back(Line { number, request, text });
        if kept.lines.len() > LINES {
            kept.lines.pop_front();
        }
    }
}

#[derive(Default)]
struct Fields {
    message: String,
    others: String,
    request: Option<String>,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "request_id" => self.request = Some(format!("{value:?}")),
            // A string takes any text.
            name => drop(write!(self.others, " {name}={value:?}")),
        }
    }
}
