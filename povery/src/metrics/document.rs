//! One line of metrics, written without a tree of values.

use std::fmt::Write;
use std::time::{Duration, SystemTime};

use super::{Measure, Metrics, OWN, Unit};
use crate::json::{write_number, write_text};

/// The metrics of pools.
pub(crate) const POOL: [(&str, Unit); 5] = [
    ("PoolConnects", Unit::Count),
    ("PoolConnectFailures", Unit::Count),
    ("PoolDiscards", Unit::Count),
    ("PoolTimeouts", Unit::Count),
    ("PoolInUse", Unit::Count),
];

/// What is the dimension `route` of what no route is for.
const NO_ROUTE: &str = "(none)";

/// An invocation, as its metrics tell of it.
pub(crate) struct Answered<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) trace_id: Option<&'a str>,
    pub(crate) route: Option<&'a str>,
    pub(crate) took: Duration,
    pub(crate) is_client_error: bool,
    pub(crate) is_server_error: bool,
    pub(crate) is_cold: bool,
    pub(crate) measures: &'a [Measure],
    /// Since the last line; `None` where there is no pool.
    pub(crate) pools: Option<Totals>,
}

/// What all pools of an application have done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) connects: u64,
    pub(crate) connect_failures: u64,
    pub(crate) timeouts: u64,
    pub(crate) in_use: u64,
    /// By reason.
    pub(crate) discards: [(&'static str, u64); 9],
}

impl Totals {
    #[cfg(feature = "postgres")]
    pub(crate) fn of(pools: &[crate::PoolStats]) -> Self {
        let sum = |what: fn(&crate::PoolStats) -> u64| pools.iter().map(what).sum();
        Self {
            connects: sum(|pool| pool.connects),
            connect_failures: sum(|pool| pool.connect_failures),
            timeouts: sum(|pool| pool.timeouts),
            in_use: sum(|pool| pool.in_use as u64),
            discards: [
                ("unresponsive", sum(|pool| pool.discards.unresponsive)),
                ("broken", sum(|pool| pool.discards.broken)),
                ("sibling", sum(|pool| pool.discards.sibling)),
                ("busy", sum(|pool| pool.discards.busy)),
                ("deadline", sum(|pool| pool.discards.deadline)),
                ("read_only", sum(|pool| pool.discards.read_only)),
                ("age", sum(|pool| pool.discards.age)),
                ("transaction", sum(|pool| pool.discards.transaction)),
                ("closed", sum(|pool| pool.discards.closed)),
            ],
        }
    }

    /// What has come since these.
    #[cfg(feature = "postgres")]
    pub(crate) fn since(&self, before: &Self) -> Self {
        let mut discards = self.discards;
        for ((_, now), (_, before)) in discards.iter_mut().zip(before.discards) {
            *now = now.saturating_sub(before);
        }
        Self {
            connects: self.connects.saturating_sub(before.connects),
            connect_failures: self
                .connect_failures
                .saturating_sub(before.connect_failures),
            timeouts: self.timeouts.saturating_sub(before.timeouts),
            in_use: self.in_use,
            discards,
        }
    }

    /// As [`POOL`] names them.
    fn values(&self) -> [u64; 5] {
        let discards = self.discards.iter().map(|(_, count)| count).sum();
        [
            self.connects,
            self.connect_failures,
            discards,
            self.timeouts,
            self.in_use,
        ]
    }
}

/// Writes the line, with its end.
pub(crate) fn write(
    metrics: &Metrics,
    function: &str,
    answered: &Answered<'_>,
    now: SystemTime,
    out: &mut String,
) {
    let now = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let _ = write!(
        out,
        "{{\"_aws\":{{\"Timestamp\":{},\"CloudWatchMetrics\":[{{\"Namespace\":",
        now.as_millis()
    );
    write_text(&metrics.namespace, out);
    out.push_str(",\"Dimensions\":[[\"service\"]");
    if metrics.by_route {
        out.push_str(",[\"service\",\"route\"]");
    }
    out.push_str("],\"Metrics\":[");
    let pools = answered
        .pools
        .map(|pools| pools.values())
        .unwrap_or_default();
    let used = || POOL.iter().zip(pools).filter(|(_, count)| *count > 0);
    let own = OWN.iter().chain(used().map(|(metric, _)| metric)).copied();
    let measures = answered
        .measures
        .iter()
        .map(|measure| (measure.name, measure.unit));
    for (at, (name, unit)) in own.chain(measures).enumerate() {
        out.push_str(if at == 0 { "{\"Name\":" } else { ",{\"Name\":" });
        write_text(name, out);
        for part in [",\"Unit\":\"", unit.as_str(), "\"}"] {
            out.push_str(part);
        }
    }
    out.push_str("]}]},\"service\":");
    write_text(metrics.service.as_deref().unwrap_or(function), out);
    out.push_str(",\"route\":");
    write_text(answered.route.unwrap_or(NO_ROUTE), out);
    let latency = (answered.took.as_secs_f64() * 1e6).round() / 1e3;
    let own = [
        1.0,
        latency,
        answered.is_client_error.into(),
        answered.is_server_error.into(),
        answered.is_cold.into(),
    ];
    for ((name, _), value) in OWN.iter().zip(own) {
        for part in [",\"", name, "\":"] {
            out.push_str(part);
        }
        // Most are one of these, which are written much faster so.
        match value {
            0.0 => out.push('0'),
            1.0 => out.push('1'),
            _ => write_number(value, out),
        }
    }
    for ((name, _), count) in used() {
        let _ = write!(out, ",\"{name}\":{count}");
    }
    for measure in answered.measures {
        write_measure(measure, out);
    }
    let discards = answered
        .pools
        .map(|pools| pools.discards)
        .unwrap_or_default();
    let mut discards = discards.iter().filter(|(_, count)| *count > 0).peekable();
    if discards.peek().is_some() {
        out.push_str(",\"pool_discards\":{");
        for (at, (reason, count)) in discards.enumerate() {
            let _ = write!(
                out,
                "{}\"{reason}\":{count}",
                if at == 0 { "" } else { "," }
            );
        }
        out.push('}');
    }
    out.push_str(",\"request_id\":");
    write_text(answered.request_id, out);
    if let Some(trace_id) = answered.trace_id {
        out.push_str(",\"trace_id\":");
        write_text(trace_id, out);
    }
    out.push_str("}\n");
}

fn write_measure(measure: &Measure, out: &mut String) {
    out.push(',');
    write_text(measure.name, out);
    out.push(':');
    if let [value] = *measure.values {
        return write_number(value, out);
    }
    for (at, value) in measure.values.iter().enumerate() {
        out.push(if at == 0 { '[' } else { ',' });
        write_number(*value, out);
    }
    out.push(']');
}

#[cfg(test)]
mod tests;
