use serde_json::{Value, json};

use super::*;

const ANSWERED: Answered<'static> = Answered {
    request_id: "r-1",
    trace_id: None,
    route: None,
    took: Duration::from_micros(1_234),
    is_client_error: false,
    is_server_error: false,
    is_cold: true,
    measures: &[],
    pools: None,
};

fn written(metrics: &Metrics, answered: &Answered<'_>) -> Value {
    let mut line = String::new();
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
    write(metrics, "users", answered, now, &mut line);
    assert!(
        line.ends_with("}\n") && line.matches('\n').count() == 1,
        "{line}"
    );
    serde_json::from_str(&line).unwrap()
}

#[test]
fn an_invocation_is_a_document() {
    let document = written(&Metrics::new("Shop"), &ANSWERED);
    let metric = |(name, unit): &(&str, Unit)| json!({"Name": name, "Unit": unit.as_str()});
    let expected = json!({
        "_aws": {
            "Timestamp": 1_700_000_000_123_u64,
            "CloudWatchMetrics": [{
                "Namespace": "Shop",
                "Dimensions": [["service"]],
                "Metrics": OWN.iter().map(metric).collect::<Vec<_>>(),
            }],
        },
        "service": "users", "route": "(none)", "request_id": "r-1",
        "Requests": 1, "Latency": 1.234, "ClientErrors": 0, "ServerErrors": 0, "ColdStarts": 1,
    });
    assert_eq!(document, expected);
}

#[test]
fn whatever_there_is_is_on_it() {
    let measures = [
        Measure {
            name: "Orders",
            unit: Unit::Count,
            values: vec![1.0],
        },
        Measure {
            name: "Size",
            unit: Unit::BytesPerSecond,
            values: vec![1.5, 2.0],
        },
    ];
    let mut pools = Totals {
        connects: 2,
        in_use: 1,
        ..Totals::default()
    };
    pools.discards[0] = ("broken", 1);
    pools.discards[4] = ("age", 2);
    let answered = Answered {
        trace_id: Some("Root=1-\"2"),
        route: Some("/users/<id>"),
        is_client_error: true,
        measures: &measures,
        pools: Some(pools),
        ..ANSWERED
    };
    let metrics = Metrics::new("Shop").service("a \"b\"").by_route();
    let document = written(&metrics, &answered);
    let directive = &document["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(
        directive["Dimensions"],
        json!([["service"], ["service", "route"]])
    );
    let names: Vec<_> = directive["Metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|metric| metric["Name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names[5..],
        [
            "PoolConnects",
            "PoolDiscards",
            "PoolInUse",
            "Orders",
            "Size"
        ]
    );
    for name in names {
        assert!(
            document[name].is_number() || document[name].is_array(),
            "{name}: {document}"
        );
    }
    assert_eq!(document["Size"], json!([1.5, 2]));
    assert_eq!(document["pool_discards"], json!({"broken": 1, "age": 2}));
    assert_eq!(
        (&document["service"], &document["trace_id"]),
        (&json!("a \"b\""), &json!("Root=1-\"2"))
    );
}

#[test]
#[cfg(feature = "postgres")]
fn pools_are_told_since_the_last_line() {
    let mut before = Totals {
        connects: 2,
        in_use: 3,
        ..Totals::default()
    };
    let mut now = Totals {
        connects: 5,
        in_use: 1,
        ..before
    };
    before.discards[0] = ("broken", 1);
    now.discards[0] = ("broken", 4);
    let since = now.since(&before);
    assert_eq!(
        (since.connects, since.in_use, since.discards[0]),
        (3, 1, ("broken", 3))
    );
}
