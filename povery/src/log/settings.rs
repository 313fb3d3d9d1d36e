//! What the environment says of the log.

use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::environment::variable;

/// What is logged, and how.
pub(super) struct Settings {
    pub(super) filter: Targets,
    pub(super) is_json: bool,
    /// A sentence for each variable that says nothing of use.
    pub(super) mistakes: Vec<String>,
}

impl Settings {
    /// From the first variable that says something: `RUST_LOG`, `LOG_LEVEL`, `AWS_LAMBDA_LOG_LEVEL`.
    pub(super) fn from_env(is_json: bool) -> Self {
        Self::read(is_json, variable)
    }

    fn read(is_json: bool, variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut mistakes = Vec::new();
        let directives = variable("RUST_LOG").map(|text| directives(&text, &mut mistakes));
        let mut level = || {
            let level = |name| level(name, &variable(name)?, &mut mistakes);
            ["LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL"]
                .into_iter()
                .find_map(level)
        };
        let directives = directives.unwrap_or_default();
        // Each of them has been read: together they can be.
        let told = Some(directives).filter(|directives| !directives.is_empty());
        let filter = told.and_then(|directives| directives.parse().ok());
        let filter = filter
            .unwrap_or_else(|| Targets::new().with_default(level().unwrap_or(LevelFilter::INFO)));
        Self {
            filter,
            is_json: is_json_asked(&variable, &mut mistakes).unwrap_or(is_json),
            mistakes,
        }
    }
}

/// What can be read of `RUST_LOG`.
fn directives(text: &str, mistakes: &mut Vec<String>) -> String {
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let read = |part: &str| {
        // Everything else would be taken for a target, that there is not.
        let (target, level) = part.split_once('=').unwrap_or((part, "trace"));
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:".contains(&byte);
        let is_target = !target.is_empty() && target.bytes().all(is_word);
        let read = match part.contains('=') {
            true => format!("{target}={}", usual(level)),
            false => usual(part).to_owned(),
        };
        if is_target && !level.is_empty() && read.parse::<Targets>().is_ok() {
            return Some(read);
        }
        mistakes.push(format!(
            "RUST_LOG: `{part}` is no directive, and has no effect"
        ));
        None
    };
    let read: Vec<_> = parts.filter_map(read).collect();
    read.join(",")
}

/// The level as the crates of Rust write it: `LOG_LEVEL` has some that they would take for a target.
fn usual(level: &str) -> &str {
    match level {
        level if is_any(level, &["warning"]) => "warn",
        level if is_any(level, &["fatal", "critical"]) => "error",
        level => level,
    }
}

fn is_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A level as Lambda writes it, or the crates of Rust.
fn level(name: &str, text: &str, mistakes: &mut Vec<String>) -> Option<LevelFilter> {
    Some(match text.trim().to_ascii_uppercase().as_str() {
        "TRACE" => LevelFilter::TRACE,
        "DEBUG" => LevelFilter::DEBUG,
        "INFO" => LevelFilter::INFO,
        "WARN" | "WARNING" => LevelFilter::WARN,
        "ERROR" | "FATAL" | "CRITICAL" => LevelFilter::ERROR,
        "OFF" => LevelFilter::OFF,
        _ => {
            mistakes.push(format!("{name} is none of TRACE, DEBUG, INFO, WARN, ERROR, FATAL and OFF, and has no effect"));
            return None;
        }
    })
}

/// The form that is asked for. `AWS_LAMBDA_LOG_FORMAT` is `Text` in every function that says nothing of it, so that this
/// asks for nothing.
fn is_json_asked(
    variable: &impl Fn(&str) -> Option<String>,
    mistakes: &mut Vec<String>,
) -> Option<bool> {
    let read = |name: &str| Some(variable(name)?.trim().to_ascii_uppercase());
    match read("LOG_FORMAT").as_deref() {
        Some("JSON") => return Some(true),
        Some("TEXT") => return Some(false),
        Some(_) => {
            mistakes.push("LOG_FORMAT is neither JSON nor Text, and has no effect".to_owned())
        }
        None => {}
    }
    (read("AWS_LAMBDA_LOG_FORMAT")? == "JSON").then_some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> (String, bool, Vec<String>) {
        let variable = |name: &str| {
            let found = variables.iter().find(|(other, _)| *other == name)?;
            Some(found.1.to_owned()).filter(|value| !value.is_empty())
        };
        let settings = Settings::read(true, variable);
        (
            settings.filter.to_string(),
            settings.is_json,
            settings.mistakes,
        )
    }

    #[test]
    fn the_first_variable_that_says_something_counts() {
        for (variables, expected) in [
            (&[][..], "info"),
            (&[("AWS_LAMBDA_LOG_LEVEL", "DEBUG")], "debug"),
            (
                &[("AWS_LAMBDA_LOG_LEVEL", "DEBUG"), ("LOG_LEVEL", "Warning")],
                "warn",
            ),
            (&[("LOG_LEVEL", "trace"), ("RUST_LOG", "error")], "error"),
            (&[("LOG_LEVEL", "trace"), ("RUST_LOG", "")], "trace"),
            (
                &[("LOG_LEVEL", ""), ("AWS_LAMBDA_LOG_LEVEL", "FATAL")],
                "error",
            ),
            (&[("RUST_LOG", "warn,povery=debug")], "povery=debug,warn"),
            (
                &[("RUST_LOG", " warn , povery=trace ")],
                "povery=trace,warn",
            ),
            (&[("LOG_LEVEL", "off")], "off"),
            (&[("RUST_LOG", "WARNING")], "warn"),
            (&[("RUST_LOG", "Fatal,povery=debug")], "povery=debug,error"),
            (&[("RUST_LOG", "povery=Warning,debug")], "povery=warn,debug"),
        ] {
            let (filter, _, mistakes) = read(variables);
            assert_eq!(
                (filter.as_str(), mistakes.as_slice()),
                (expected, &[][..]),
                "{variables:?}"
            );
        }
    }

    #[test]
    fn what_says_nothing_of_use_is_named_and_has_no_effect() {
        let (filter, _, mistakes) =
            read(&[("LOG_LEVEL", "loud"), ("AWS_LAMBDA_LOG_LEVEL", "WARN")]);
        assert_eq!(filter, "warn");
        assert!(
            mistakes.len() == 1 && mistakes[0].starts_with("LOG_LEVEL is none of"),
            "{mistakes:?}"
        );
        let (filter, _, mistakes) = read(&[("RUST_LOG", "povery=loud,debug,=x=y")]);
        assert_eq!(filter, "debug");
        assert!(
            mistakes.len() == 2 && mistakes[0].contains("RUST_LOG: `povery=loud`"),
            "{mistakes:?}"
        );
        for part in [
            "[call{handler=a}]=debug",
            "\"info\"",
            "*",
            "*=info",
            "=debug",
            "povery=",
        ] {
            let (filter, _, mistakes) = read(&[("RUST_LOG", &format!("debug,{part}"))]);
            assert_eq!((filter.as_str(), mistakes.len()), ("debug", 1), "{part}");
        }
        let (filter, _, mistakes) = read(&[("RUST_LOG", "povery=loud"), ("LOG_LEVEL", "ERROR")]);
        assert_eq!((filter.as_str(), mistakes.len()), ("error", 1));
        assert_eq!(read(&[("LOG_FORMAT", "xml")]).2.len(), 1);
    }

    #[test]
    fn lambda_asks_for_nothing_with_text() {
        for (variables, expected) in [
            (&[][..], true),
            (&[("AWS_LAMBDA_LOG_FORMAT", "Text")], true),
            (&[("AWS_LAMBDA_LOG_FORMAT", "JSON")], true),
            (
                &[("LOG_FORMAT", "text"), ("AWS_LAMBDA_LOG_FORMAT", "JSON")],
                false,
            ),
            (&[("LOG_FORMAT", "Json")], true),
        ] {
            assert_eq!(read(variables).1, expected, "{variables:?}");
        }
    }
}
