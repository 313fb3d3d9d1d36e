//! The embedded metric format, as CloudWatch publishes it ("Specification: Embedded metric format"): the rules of its
//! schema, and what its text says beyond that.

use serde_json::Value;

/// The lines that are metrics.
pub(crate) fn documents(lines: &[Value]) -> Vec<&Value> {
    lines
        .iter()
        .filter(|line| line.get("_aws").is_some())
        .collect()
}

/// The units of the schema.
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];

/// Panics with what is wrong.
#[track_caller]
pub(crate) fn validate(document: &Value) {
    if let Err(wrong) = check(document) {
        panic!("{wrong}: {document}");
    }
}

fn check(document: &Value) -> Result<(), &'static str> {
    let root = document.as_object().ok_or("the root is an object")?;
    let metadata = root
        .get("_aws")
        .and_then(Value::as_object)
        .ok_or("`_aws` is an object")?;
    holds(
        metadata
            .keys()
            .all(|key| ["Timestamp", "CloudWatchMetrics"].contains(&&**key)),
        "`_aws` has nothing else",
    )?;
    holds(
        metadata.get("Timestamp").is_some_and(Value::is_u64),
        "`Timestamp` is an integer",
    )?;
    let directives = metadata.get("CloudWatchMetrics").and_then(Value::as_array);
    for directive in directives.ok_or("`CloudWatchMetrics` is an array")? {
        let directive = directive.as_object().ok_or("a directive is an object")?;
        let keys = ["Namespace", "Dimensions", "Metrics"];
        holds(
            directive.keys().all(|key| keys.contains(&&**key)),
            "a directive has nothing else",
        )?;
        holds(
            directive.get("Namespace").is_some_and(is_name),
            "`Namespace` is 1 to 255 characters",
        )?;
        let sets = directive
            .get("Dimensions")
            .and_then(Value::as_array)
            .ok_or("`Dimensions` is an array")?;
        holds(!sets.is_empty(), "there is a set of dimensions")?;
        for set in sets {
            let set = set.as_array().ok_or("a set of dimensions is an array")?;
            holds(
                set.len() <= 9 && set.iter().all(is_name),
                "a set has up to 9 names of 1 to 255 characters",
            )?;
            let targets = set.iter().all(|name| {
                root.get(name.as_str().unwrap_or_default())
                    .is_some_and(Value::is_string)
            });
            holds(targets, "what a dimension names is a text at the root")?;
        }
        let metrics = directive
            .get("Metrics")
            .and_then(Value::as_array)
            .ok_or("`Metrics` is an array")?;
        holds(metrics.len() <= 100, "there are up to 100 metrics")?;
        for metric in metrics {
            let metric = metric.as_object().ok_or("a metric is an object")?;
            let keys = ["Name", "Unit", "StorageResolution"];
            holds(
                metric.keys().all(|key| keys.contains(&&**key)),
                "a metric has nothing else",
            )?;
            let name = metric
                .get("Name")
                .filter(|name| is_name(name))
                .and_then(Value::as_str);
            let target = root.get(name.ok_or("a metric has a name of 1 to 255 characters")?);
            let unit = metric.get("Unit");
            holds(
                unit.is_none_or(|unit| unit.as_str().is_some_and(|unit| UNITS.contains(&unit))),
                "the unit is one",
            )?;
            let is_numbers = |list: &Vec<Value>| {
                !list.is_empty() && list.len() <= 100 && list.iter().all(Value::is_number)
            };
            let is_target =
                |target: &Value| target.is_number() || target.as_array().is_some_and(is_numbers);
            holds(
                target.is_some_and(is_target),
                "what a metric names is a number, or up to 100, at the root",
            )?;
        }
    }
    holds(
        document.to_string().len() < 256 * 1024,
        "a document is smaller than 256 KB",
    )
}

fn is_name(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|name| (1..=255).contains(&name.chars().count()))
}

fn holds(holds: bool, what: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(what) }
}

#[test]
fn what_is_no_document_is_refused() {
    let good = serde_json::json!({
        "_aws": {"Timestamp": 1_574_109_732_004_u64, "CloudWatchMetrics": [{
            "Namespace": "n", "Dimensions": [["v"]], "Metrics": [{"Name": "time", "Unit": "Milliseconds"}],
        }]},
        "v": "1", "time": 100,
    });
    assert_eq!(check(&good), Ok(()));
    for (pointer, value) in [
        ("/_aws/Timestamp", Value::from(1.5)),
        ("/_aws/CloudWatchMetrics", Value::from("x")),
        ("/_aws/CloudWatchMetrics/0/Namespace", Value::from("")),
        (
            "/_aws/CloudWatchMetrics/0/Dimensions",
            Value::from(Vec::<Value>::new()),
        ),
        ("/_aws/CloudWatchMetrics/0/Dimensions/0/0", Value::from("w")),
        (
            "/_aws/CloudWatchMetrics/0/Metrics/0/Unit",
            Value::from("Miles"),
        ),
        (
            "/_aws/CloudWatchMetrics/0/Metrics/0/Name",
            Value::from("other"),
        ),
        ("/time", Value::from("100")),
        ("/v", Value::from(1)),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).expect("it is there") = value;
        assert!(check(&bad).is_err(), "{pointer}");
    }
}
