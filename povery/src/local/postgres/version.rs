//! The version of a server, as `postgres --version` prints it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The version of a PostgreSQL server. Data directories are keyed by [`Version::major`]: a server reads only its own.
///
/// # Example
/// ```
/// use povery::local::postgres::Version;
///
/// let version = Version { major: 17, minor: 11 };
/// assert_eq!(version.to_string(), "17.11");
/// assert!(version < Version { major: 18, minor: 0 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version {
    /// The major version, such as 17.
    pub major: u32,
    /// The minor version, such as 11; 0 for a version that is not released yet.
    pub minor: u32,
}

impl Version {
    /// Reads `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`, and also `… 19devel` or `… 18beta1`.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let number = line
            .split_once("(PostgreSQL) ")?
            .1
            .split_whitespace()
            .next()?;
        let mut parts = number.split('.').map(|part| {
            let end = part
                .find(|c: char| !c.is_ascii_digit())
                .unwrap_or(part.len());
            part[..end].parse::<u32>()
        });
        let major = parts.next()?.ok()?;
        let minor = parts.next().and_then(Result::ok).unwrap_or(0);
        Some(Self { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn reads_what_servers_print() {
        let of = |line| Version::parse(line).map(|version| (version.major, version.minor));
        assert_eq!(
            of("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"),
            Some((15, 14))
        );
        assert_eq!(of("postgres (PostgreSQL) 17.11"), Some((17, 11)));
        assert_eq!(of("postgres (PostgreSQL) 19devel"), Some((19, 0)));
        assert_eq!(of("postgres (PostgreSQL) 18beta1"), Some((18, 0)));
        assert_eq!(of("mysqld 8"), None);
    }
}
