//! An AWS SAM template of the application: the function, and what it is invoked by.

mod databases;
#[cfg(feature = "events")]
mod events;
mod ids;
mod routes;

use std::fmt;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::app::App;
use ids::Ids;

/// The logical id of the function.
const FUNCTION: &str = "Function";

/// The processor that the program is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Architecture {
    /// As `cargo lambda build` does
    #[value(name = "x86_64")]
    X86,
    /// As `cargo lambda build --arm64` does
    #[value(name = "arm64")]
    Arm,
}

impl Architecture {
    const fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }
}

/// A template, and what it could not have.
#[derive(Debug)]
pub(super) struct Template {
    document: Value,
    /// A line each.
    left_out: Vec<String>,
}

impl Template {
    /// The template of an application whose program has that name.
    pub(super) fn of(app: &App, program: &str, architecture: Architecture) -> Self {
        let mut parts = Parts::default();
        let mut function = parts.function(program, architecture);
        let mut resources = Map::new();
        let mut outputs = Map::new();
        if !app.route_table().is_empty() {
            resources.insert(routes::API.to_owned(), routes::add(app, &mut parts));
            outputs.insert(
                "Url".to_owned(),
                json!({
                    "Description": "Where the routes are",
                    "Value": { "Fn::GetAtt": [routes::API, "ApiEndpoint"] },
                }),
            );
        }
        #[cfg(feature = "events")]
        events::add(app, &mut parts);
        let in_vpc = databases::add(app, &mut parts, &mut function);
        if !parts.events.is_empty() {
            function.insert("Events".to_owned(), parts.events.into());
        }
        resources.insert(
            FUNCTION.to_owned(),
            json!({
                "Type": "AWS::Serverless::Function",
                // `cargo lambda build` has built it.
                "Metadata": { "SkipBuild": true },
                "Properties": function,
            }),
        );
        outputs.insert(
            "FunctionArn".to_owned(),
            json!({ "Value": { "Fn::GetAtt": [FUNCTION, "Arn"] } }),
        );
        let mut document = json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Transform": "AWS::Serverless-2016-10-31",
            "Description": format!("The function {program}, as `{program} template` has written it"),
            "Parameters": parts.parameters,
            "Resources": resources,
            "Outputs": outputs,
        });
        if let Some(conditions) = in_vpc {
            document["Conditions"] = conditions;
        }
        Self {
            document,
            left_out: parts.left_out,
        }
    }

    /// A line for each thing that it does not have.
    pub(super) fn left_out(&self) -> &[String] {
        &self.left_out
    }
}

/// JSON, which SAM and CloudFormation read as they do YAML.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:#}", self.document)
    }
}

/// What is gathered from all over the application.
#[derive(Default)]
struct Parts {
    parameter_ids: Ids,
    parameters: Map<String, Value>,
    event_ids: Ids,
    events: Map<String, Value>,
    left_out: Vec<String>,
}

impl Parts {
    /// Adds a parameter; gives the reference to it.
    fn parameter(&mut self, id: &str, parameter: Value) -> Value {
        let id = self.parameter_ids.unique(id);
        let reference = json!({ "Ref": id });
        self.parameters.insert(id, parameter);
        reference
    }

    /// Adds what invokes the function.
    fn event(&mut self, id: &str, kind: &str, properties: Value) {
        let id = self.event_ids.unique(id);
        let event = json!({ "Type": kind, "Properties": properties });
        self.events.insert(id, event);
    }

    fn leave_out(&mut self, what: impl fmt::Display, why: &str) {
        self.left_out
            .push(format!("not in the template: {what}: {why}"));
    }

    /// The properties that every function has.
    fn function(&mut self, program: &str, architecture: Architecture) -> Map<String, Value> {
        let memory = self.parameter(
            "MemorySize",
            json!({
                "Type": "Number",
                "Description": "Megabytes of the function, by which it has its share of a processor too",
                "Default": 256,
                "MinValue": 128,
                "MaxValue": 10240,
            }),
        );
        let timeout = self.parameter(
            "Timeout",
            json!({
                "Type": "Number",
                "Description": "Seconds of an invocation; an HTTP API waits for 30 at the most",
                "Default": 10,
                "MinValue": 1,
                "MaxValue": 900,
            }),
        );
        let properties = [
            ("Handler", json!("bootstrap")),
            ("Runtime", json!("provided.al2023")),
            // Where `cargo lambda build` puts it.
            ("CodeUri", json!(format!("target/lambda/{program}/"))),
            ("Architectures", json!([architecture.name()])),
            ("MemorySize", memory),
            ("Timeout", timeout),
            // As the lines of povery's log are.
            ("LoggingConfig", json!({ "LogFormat": "JSON" })),
        ];
        properties
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

#[cfg(all(test, feature = "events", feature = "jwt", feature = "postgres"))]
mod tests;
