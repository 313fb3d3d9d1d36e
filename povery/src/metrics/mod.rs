//! Metrics, as lines of the log that CloudWatch reads: its embedded metric format.

mod document;
mod unit;

pub(crate) use document::{Answered, POOL, Totals, write};
pub use unit::Unit;

use std::borrow::Cow;

/// The metrics that povery writes, of which a developer's own are told apart by their names.
pub(crate) const OWN: [(&str, Unit); 5] = [
    ("Requests", Unit::Count),
    ("Latency", Unit::Milliseconds),
    ("ClientErrors", Unit::Count),
    ("ServerErrors", Unit::Count),
    ("ColdStarts", Unit::Count),
];

/// The most metrics of a line (100), less povery's own.
const MOST: usize = 100 - OWN.len() - POOL.len();
/// The largest value of a metric, and the smallest with a sign: 2 to the power of 360.
const LARGEST: f64 = f64::from_bits((1023 + 360) << 52);
/// The most values of a metric.
const MOST_VALUES: usize = 100;

/// What [`App::metrics`](crate::App::metrics) writes of each invocation: a line in CloudWatch's [embedded metric
/// format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html),
/// from which CloudWatch Logs makes metrics. Nothing is sent by the function itself.
///
/// | metric | unit | of each invocation |
/// |---|---|---|
/// | `Requests` | Count | 1 |
/// | `Latency` | Milliseconds | from the event to the answer, for a stream to its head |
/// | `ClientErrors`, `ServerErrors` | Count | 1 where it is answered with 4xx or 5xx, else 0; an action or event whose invocation fails is the latter, and a batch with `partial` is answered |
/// | `ColdStarts` | Count | 1 for the first invocation of a sandbox |
/// | `PoolConnects`, `PoolConnectFailures`, `PoolDiscards`, `PoolTimeouts`, `PoolInUse` | Count | what [`Pool::stats`](crate::Pool::stats) counted since the last line, and the connections in use when the invocation has ended; where there is any |
///
/// Dimensions are `service` and, [on request](Self::by_route), `route`. More metrics come from
/// [`metric`](crate::metric()).
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::Metrics;
///
/// let app = App::new().metrics(Metrics::new("Shop").service("orders").by_route());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metrics {
    namespace: Cow<'static, str>,
    service: Option<Cow<'static, str>>,
    by_route: bool,
}

impl Metrics {
    /// Metrics of this namespace: 1 to 255 characters, of which the first is no colon; those that begin with `AWS/`
    /// are Amazon's. An application whose metrics have none such does not start.
    pub fn new(namespace: impl Into<Cow<'static, str>>) -> Self {
        Self {
            namespace: namespace.into(),
            service: None,
            by_route: false,
        }
    }

    /// The dimension `service`; the name of the function unless set.
    #[must_use]
    pub fn service(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.service = Some(name.into());
        self
    }

    /// Each metric also by the dimension `route`: the template of the route, such as `/users/<id>`, or the name of the
    /// action or handler; `(none)` is all that no route is for. Each route with requests is a metric of its own,
    /// which CloudWatch charges for.
    #[must_use]
    pub fn by_route(mut self) -> Self {
        self.by_route = true;
        self
    }

    /// What keeps the application from starting.
    pub(crate) fn mistake(&self) -> Option<String> {
        let is_fit = |name: &str| (1..=255).contains(&name.chars().count());
        if !is_fit(&self.namespace) {
            return Some("the namespace of `App::metrics` has 1 to 255 characters".to_owned());
        }
        if self.namespace.starts_with(':') || self.namespace.starts_with("AWS/") {
            return Some(
                "the namespace of `App::metrics` begins with neither `:` nor `AWS/`".to_owned(),
            );
        }
        let service = self.service.as_deref().filter(|service| !is_fit(service));
        service.map(|_| "the service of `App::metrics` has 1 to 255 characters".to_owned())
    }
}

/// A developer's own metric, of one invocation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measure {
    pub(crate) name: &'static str,
    pub(crate) unit: Unit,
    pub(crate) values: Vec<f64>,
}

/// Adds a value; one that cannot be a metric is left out, and told.
pub(crate) fn add(measures: &mut Vec<Measure>, name: &'static str, value: f64, unit: Unit) {
    let is_own = || OWN.iter().chain(&POOL).any(|(own, _)| *own == name);
    let is_name =
        || name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.len() <= 255;
    let is_taken = || {
        matches!(
            name,
            "service" | "route" | "request_id" | "trace_id" | "pool_discards"
        )
    };
    let why = if !value.is_finite() {
        "its value is no number"
    } else if value.abs() > LARGEST {
        "its value is larger than CloudWatch takes"
    } else if is_own() || is_taken() {
        "povery has one of this name"
    } else if !is_name() {
        "its name does not begin with a letter, or is longer than 255"
    } else if let Some(measure) = measures.iter_mut().find(|measure| measure.name == name) {
        if measure.unit != unit {
            "it has another unit already"
        } else if measure.values.len() < MOST_VALUES {
            return measure.values.push(value);
        } else {
            "it has 100 values already"
        }
    } else if measures.len() < MOST {
        let values = vec![value];
        return measures.push(Measure { name, unit, values });
    } else {
        "there are too many"
    };
    tracing::warn!(metric = name, "a metric is left out: {why}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_metric_is_left_out() {
        let mut measures = Vec::new();
        for (name, value) in [
            ("Orders", 1.0),
            ("Orders", 2.5),
            ("Latency", 1.0),
            ("PoolInUse", 1.0),
            ("service", 1.0),
            ("_aws", 1.0),
            ("", 1.0),
            ("Nan", f64::NAN),
            ("Infinite", f64::INFINITY),
            ("Large", f64::MAX),
            ("Small", -LARGEST * 2.0),
        ] {
            add(&mut measures, name, value, Unit::Count);
        }
        let expected = Measure {
            name: "Orders",
            unit: Unit::Count,
            values: vec![1.0, 2.5],
        };
        add(&mut measures, "Orders", 3.0, Unit::Bytes);
        assert_eq!(measures, [expected]);
        assert_eq!(LARGEST, 2f64.powi(360));
        for _ in 0..200 {
            add(&mut measures, "Orders", 1.0, Unit::Count);
        }
        assert_eq!(measures[0].values.len(), 100);
        for number in 0..200 {
            let name: &'static str = format!("M{number}").leak();
            add(&mut measures, name, 1.0, Unit::None);
        }
        assert_eq!(measures.len() + OWN.len() + POOL.len(), 100);
    }

    #[test]
    fn a_namespace_is_there() {
        assert!(Metrics::new("Shop").mistake().is_none());
        assert!(Metrics::new("").mistake().is_some());
        assert!(Metrics::new("x".repeat(256)).mistake().is_some());
        assert!(Metrics::new(":x").mistake().is_some());
        assert!(Metrics::new("AWS/Lambda").mistake().is_some());
        assert!(Metrics::new("AWSome").mistake().is_none());
        assert!(Metrics::new("Shop").service("").mistake().is_some());
    }
}
