//! The secrets of the databases, and the network that the databases are in.

use serde_json::{Map, Value};

use super::Parts;
use crate::app::App;

/// Adds what the databases need to the function; gives the conditions of the template.
#[cfg(not(feature = "postgres"))]
pub(super) fn add(_: &App, _: &mut Parts, _: &mut Map<String, Value>) -> Option<Value> {
    None
}

/// Adds what the databases need to the function; gives the conditions of the template.
#[cfg(feature = "postgres")]
pub(super) fn add(
    app: &App,
    parts: &mut Parts,
    function: &mut Map<String, Value>,
) -> Option<Value> {
    use serde_json::json;

    use super::ids::camel_case;
    use crate::db::{prefix, title};

    let databases = app.databases();
    if databases.is_empty() {
        return None;
    }
    let mut variables = Map::new();
    let mut policies = Vec::new();
    for database in databases {
        let variable = format!("{}DB_SECRET_ID", prefix(database));
        let parameter = json!({
            "Type": "String",
            "Description": format!("The ARN of the secret of the database {}", title(database)),
        });
        let secret = parts.parameter(&camel_case(&[database, "DbSecretArn"]), parameter);
        policies.push(json!({ "AWSSecretsManagerGetSecretValuePolicy": { "SecretArn": &secret } }));
        variables.insert(variable, secret);
    }
    let mut list = |id, description| {
        let parameter = json!({
            "Type": "CommaDelimitedList",
            "Description": description,
            "Default": "",
        });
        parts.parameter(id, parameter)
    };
    let subnets = list(
        "SubnetIds",
        "The subnets from which the databases are reached; none where they are public",
    );
    let groups = list(
        "SecurityGroupIds",
        "The security groups of the function in these subnets",
    );
    let is_outside = json!({ "Fn::Equals": [{ "Fn::Join": ["", &subnets] }, ""] });
    let network = json!({ "SubnetIds": subnets, "SecurityGroupIds": groups });
    let properties = [
        ("Environment", json!({ "Variables": variables })),
        ("Policies", json!(policies)),
        (
            "VpcConfig",
            json!({ "Fn::If": ["InVpc", network, { "Ref": "AWS::NoValue" }] }),
        ),
    ];
    for (name, value) in properties {
        function.insert(name.to_owned(), value);
    }
    Some(json!({ "InVpc": { "Fn::Not": [is_outside] } }))
}
