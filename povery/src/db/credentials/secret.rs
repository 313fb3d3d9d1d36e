//! A secret's JSON.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Credentials, DEFAULT_PORT};

/// What is said beside a secret, for those that carry only a login.
#[derive(Clone, Debug, Default)]
pub(in crate::db) struct Given {
    pub(in crate::db) host: Option<String>,
    pub(in crate::db) port: Option<u16>,
    pub(in crate::db) database: Option<String>,
    /// What stands before the names of the variables.
    pub(in crate::db) prefix: String,
    /// Whether it is said by the program, which reads no variables for it.
    pub(in crate::db) by_program: bool,
}

impl Given {
    /// The end of a message about a field that is missing.
    fn instead(&self, variable: &str) -> String {
        match self.by_program {
            true => String::new(),
            false => format!(" and {}{variable} is not set", self.prefix),
        }
    }
}

impl Credentials {
    /// Reads a secret's JSON, `{"host", "port"?, "user" | "username", "password", "database" |
    /// "dbname", "ssl"?, "engine"?}`, as povery, RDS and Secrets Manager write it. `given` is what
    /// the environment says of host, port and database, for secrets that carry only a login.
    ///
    /// # Errors
    ///
    /// Names the field that is wrong, never a value.
    pub(in crate::db) fn from_secret(text: &SecretString, given: &Given) -> Result<Self, String> {
        let text = text.expose_secret();
        if text.trim().is_empty() {
            return Err("it is empty".to_owned());
        }
        let object: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| "it is not a JSON object".to_owned())?;
        let text_field = |names: &[&str]| text_field(&object, names);
        let missing = |name: &str, instead: &str| format!("the field `{name}` is missing{instead}");
        if let Some(engine) = text_field(&["engine"])?
            && !matches!(
                engine.as_str(),
                "postgres" | "postgresql" | "aurora-postgresql"
            )
        {
            return Err("the field `engine` names another database than PostgreSQL".to_owned());
        }
        let port = match object.get("port") {
            None | Some(Value::Null) => None,
            Some(port) => {
                let number = Port::deserialize(port).ok().and_then(Port::number);
                Some(number.ok_or("the field `port` must be a number from 1 to 65535")?)
            }
        };
        let ssl = match object.get("ssl") {
            None | Some(Value::Null) => None,
            Some(Value::Bool(ssl)) => Some(*ssl),
            Some(Value::String(text)) if text == "true" => Some(true),
            Some(Value::String(text)) if text == "false" => Some(false),
            Some(_) => return Err("the field `ssl` must be true or false".to_owned()),
        };
        let host = text_field(&["host"])?
            .or(given.host.clone())
            .ok_or_else(|| missing("host", &given.instead("DB_HOST")))?;
        let user = text_field(&["user", "username"])?.ok_or_else(|| missing("user", ""))?;
        let password = text_field(&["password"])?.ok_or_else(|| missing("password", ""))?;
        let database = text_field(&["database", "dbname"])?
            .or(given.database.clone())
            .ok_or_else(|| missing("database", &given.instead("DB_NAME")))?;
        let port = port.or(given.port).unwrap_or(DEFAULT_PORT);
        Ok(Self {
            ssl,
            ..Self::new(host, user, password, database).with_port(port)
        })
    }
}

/// The text of the first of these fields that is there.
fn text_field(object: &Map<String, Value>, names: &[&str]) -> Result<Option<String>, String> {
    let field = names
        .iter()
        .find_map(|name| Some((name, object.get(*name)?)));
    match field {
        None | Some((_, Value::Null)) => Ok(None),
        Some((name, Value::String(text))) if text.is_empty() => {
            Err(format!("the field `{name}` is empty"))
        }
        // Neither the protocol nor any name in PostgreSQL can hold one.
        Some((name, Value::String(text))) if text.contains('\0') => {
            Err(format!("the field `{name}` has a NUL in it"))
        }
        Some((_, Value::String(text))) => Ok(Some(text.clone())),
        Some((name, _)) => Err(format!("the field `{name}` must be a string")),
    }
}

/// A port is written as a number by RDS and as text by people.
#[derive(Deserialize)]
#[serde(untagged)]
enum Port {
    Number(u16),
    Text(String),
}

impl Port {
    fn number(self) -> Option<u16> {
        let number = match self {
            Self::Number(number) => number,
            Self::Text(text) => text.parse().ok()?,
        };
        (number != 0).then_some(number)
    }
}
