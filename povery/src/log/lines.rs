//! Events as lines: what each says, then what the spans around it say and the request that is under way.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Arc;

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::fields::{Fields, Format};
use crate::observation::{Observation, SPAN, Subject};
use crate::redact::Names;

/// Where lines are written to.
pub(super) enum Sink {
    Stdout,
    Stderr,
    #[cfg(test)]
    Memory(std::sync::Arc<std::sync::Mutex<Vec<u8>>>),
}

/// Writes events as lines, each in one piece.
pub(super) struct Lines {
    format: Format,
    names: &'static Names,
    sink: Sink,
}

/// The fields of a span, as they are written.
#[derive(Default)]
struct SpanFields {
    text: String,
    /// The name of each, and where it ends.
    ends: Vec<(&'static str, usize)>,
}

/// Memory of a thread for the lines that it writes.
#[derive(Default)]
struct Buffers {
    line: String,
    given: String,
    scanned: String,
    seen: Vec<(&'static str, usize)>,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = RefCell::default();
}

/// Where the lines at the end of invocations are from.
const END: &str = "povery::lambda::sandbox";

/// Whether it is the span of a request, of which the observation says the same.
pub(super) fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target() == SPAN
}

/// The longest line whose memory is kept.
const KEPT: usize = 16 * 1024;

impl Lines {
    pub(super) fn new(format: Format, names: &'static Names, sink: Sink) -> Self {
        Self {
            format,
            names,
            sink,
        }
    }

    /// Calls it with memory of this thread; with other memory where a field that is being written logs by itself.
    fn with_buffers(&self, write: impl FnOnce(&mut Buffers)) {
        let mut buffers = BUFFERS.try_with(RefCell::take).unwrap_or_default();
        write(&mut buffers);
        let Buffers {
            line,
            given,
            scanned,
            ..
        } = &buffers;
        if [line, given, scanned]
            .iter()
            .all(|text| text.capacity() <= KEPT)
        {
            buffers.line.clear();
            buffers.seen.clear();
            let _ = BUFFERS.try_with(|kept| kept.replace(buffers));
        }
    }

    fn fields<'a>(
        &'a self,
        out: &'a mut String,
        given: &'a mut String,
        scanned: &'a mut String,
        seen: &'a mut Vec<(&'static str, usize)>,
    ) -> Fields<'a> {
        Fields {
            format: self.format,
            names: self.names,
            out,
            given,
            scanned,
            seen,
            is_once: false,
            is_end: false,
        }
    }

    fn begin(&self, level: Level, line: &mut String) {
        match self.format {
            Format::Json => {
                line.push_str("{\"timestamp\":\"");
                let _ = SystemTime.format_time(&mut Writer::new(line));
                let _ = write!(line, "\",\"level\":\"{level}\"");
            }
            Format::Text { is_coloured, .. } => {
                let (dim, reset) = if is_coloured {
                    ("\x1b[2m", "\x1b[0m")
                } else {
                    ("", "")
                };
                line.push_str(dim);
                let _ = SystemTime.format_time(&mut Writer::new(line));
                let colour = match level {
                    _ if !is_coloured => "",
                    Level::ERROR => "\x1b[31m",
                    Level::WARN => "\x1b[33m",
                    Level::INFO => "\x1b[32m",
                    _ => "\x1b[34m",
                };
                let _ = write!(line, "{reset} {colour}{:>5}{reset}", level.as_str());
            }
        }
    }

    fn write(&self, line: &[u8]) {
        // There is nobody to tell that the log cannot be written.
        let _ = match &self.sink {
            Sink::Stdout => io::stdout().lock().write_all(line),
            Sink::Stderr => io::stderr().lock().write_all(line),
            #[cfg(test)]
            Sink::Memory(memory) => {
                memory.lock().unwrap().extend_from_slice(line);
                Ok(())
            }
        };
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if is_ours(attributes.metadata()) {
            // For tasks that have it around them, where nothing is under way.
            if let Some(observation) = Observation::current() {
                span.extensions_mut().replace(observation);
            }
            return;
        }
        self.with_buffers(|buffers| {
            let mut said = SpanFields::default();
            let Buffers { given, scanned, .. } = buffers;
            attributes.record(&mut self.fields(&mut said.text, given, scanned, &mut said.ends));
            span.extensions_mut().replace(said);
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| !is_ours(span.metadata())) else {
            return;
        };
        self.with_buffers(|buffers| {
            // Not under the lock of the span, which a field that logs by itself would take.
            let taken = span.extensions_mut().remove::<SpanFields>();
            let mut said = taken.unwrap_or_default();
            let Buffers { given, scanned, .. } = buffers;
            let before = said.ends.len();
            values.record(&mut self.fields(&mut said.text, given, scanned, &mut said.ends));
            said.keep_last(before);
            span.extensions_mut().replace(said);
        });
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        self.with_buffers(|buffers| {
            let Buffers {
                line,
                given,
                scanned,
                seen,
            } = buffers;
            self.begin(*event.metadata().level(), line);
            let mut fields = self.fields(line, given, scanned, seen);
            fields.is_once = true;
            fields.is_end = event.metadata().module_path() == Some(END);
            event.record(&mut fields);
            // The innermost span first, and of each what it said last: what is nearer stands.
            for span in context.event_scope(event).into_iter().flatten() {
                if let Some(said) = span.extensions().get::<SpanFields>() {
                    said.write(&mut fields);
                }
            }
            let spans = || context.event_scope(event).into_iter().flatten();
            let of_span =
                || spans().find_map(|span| span.extensions().get::<Arc<Observation>>().cloned());
            if let Some(observation) = Observation::current().or_else(of_span) {
                write_observation(&observation, &mut fields);
            }
            line.push_str(if self.format == Format::Json {
                "}\n"
            } else {
                "\n"
            });
            self.write(line.as_bytes());
        });
    }
}

impl SpanFields {
    /// Drops what has been said again since there were so many fields: a span may say something in a loop.
    fn keep_last(&mut self, before: usize) {
        let is_new = |name: &str| self.ends[before..].iter().any(|(new, _)| *new == name);
        if !self.ends[..before].iter().any(|(name, _)| is_new(name)) {
            return;
        }
        let mut kept = Self::default();
        let mut start = 0;
        for (at, (name, end)) in self.ends.iter().enumerate() {
            if at >= before || !is_new(name) {
                kept.text.push_str(&self.text[start..*end]);
                kept.ends.push((name, kept.text.len()));
            }
            start = *end;
        }
        *self = kept;
    }

    fn write(&self, fields: &mut Fields<'_>) {
        let mut start = 0;
        for (at, (name, end)) in self.ends.iter().enumerate() {
            let is_last = self.ends[at + 1..].iter().all(|(later, _)| later != name);
            if is_last && !fields.has(name) {
                fields.out.push_str(&self.text[start..*end]);
                fields.seen.push((name, fields.out.len()));
            }
            start = *end;
        }
    }
}

/// What is under way, also where its span is not enabled.
fn write_observation(observation: &Observation, fields: &mut Fields<'_>) {
    let (name, subject) = match observation.subject() {
        Some(Subject::Route(route)) => ("route", Some(&**route)),
        Some(Subject::Handler(handler)) => ("handler", Some(*handler)),
        None => ("", None),
    };
    let said = [
        ("request_id", Some(observation.id().as_str())),
        ("trace_id", observation.trace_id()),
        (name, subject),
    ];
    for (name, value) in said {
        if let Some(value) = value
            && !fields.has(name)
        {
            fields.plain(name, value);
        }
    }
}
