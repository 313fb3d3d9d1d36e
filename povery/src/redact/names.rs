//! Which names are those of secrets.

/// What the name of a secret has in it, once it is in lower case and without `_`, `-` and the like.
fn parts_with(first: u8) -> &'static [&'static str] {
    match first {
        b'a' => &[
            "authorization",
            "apikey",
            "accesskey",
            "accountkey",
            "assertion",
            "authkey",
        ],
        b'b' => &["bearer", "basicauth"],
        b'c' => &["cookie", "credential", "creditcard", "cardnumber"],
        b'e' => &["encryptionkey"],
        b'j' => &["jwt"],
        b'm' => &["masterkey"],
        b'p' => &[
            "password",
            "passwd",
            "passphrase",
            "passcode",
            "passkey",
            "pincode",
            "pwd",
            "privatekey",
        ],
        b's' => &[
            "secret",
            "session",
            "signature",
            "signingkey",
            "sharedkey",
            "subscriptionkey",
        ],
        b't' => &["token"],
        _ => &[],
    }
}

/// Names that are so as a whole: in longer ones they are parts of other words.
const WHOLE: [&str; 2] = ["auth", "xauth"];

/// Words of a name that make it one.
const WORDS: [&str; 9] = [
    "pass", "pin", "otp", "totp", "cvv", "cvc", "ssn", "sid", "sig",
];

/// The last words of a name that says something about a secret and is none: `token_use`, `secret_arn`.
const ABOUT: [&str; 31] = [
    "type",
    "use",
    "count",
    "ttl",
    "expiry",
    "expiration",
    "expires",
    "expiresin",
    "expiresat",
    "length",
    "limit",
    "size",
    "timeout",
    "duration",
    "name",
    "arn",
    "version",
    "algorithm",
    "policy",
    "status",
    "error",
    "errors",
    "exception",
    "expired",
    "invalid",
    "missing",
    "required",
    "notfound",
    "notloaded",
    "rate",
    "manager",
];

/// What tokens are that are counted: those of a language model.
const COUNTED: [&str; 14] = [
    "max",
    "min",
    "prompt",
    "completion",
    "total",
    "input",
    "output",
    "cached",
    "reasoning",
    "thinking",
    "used",
    "remaining",
    "num",
    "new",
];

/// The longest name that is looked at, from its end.
pub(super) const LONGEST: usize = 256;

/// The names of secrets: those that everybody has, and an application's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// As they are compared.
    more: Vec<String>,
}

impl Names {
    /// Those that everybody has.
    pub(crate) const fn usual() -> Self {
        Self { more: Vec::new() }
    }

    /// With these on top of the usual ones; one without a letter or a digit is none.
    pub(crate) fn with<N: AsRef<str>>(more: impl IntoIterator<Item = N>) -> Self {
        let more = more.into_iter().map(|name| normal(name.as_ref()));
        Self {
            more: more.filter(|name| !name.is_empty()).collect(),
        }
    }

    /// Whether what has this name is a secret.
    pub(crate) fn is_secret(&self, name: &str) -> bool {
        let mut start = name.len().saturating_sub(LONGEST);
        while !name.is_char_boundary(start) {
            start += 1;
        }
        let name = &name[start..];
        let (mut buffer, mut starts) = ([0; LONGEST], [false; LONGEST]);
        let owned;
        let normal = if name.is_ascii() {
            ascii(name, &mut buffer, &mut starts)
        } else {
            owned = normal(name);
            owned.as_bytes()
        };
        if self.more.iter().any(|more| contains(normal, more)) {
            return true;
        }
        if WHOLE.iter().any(|whole| whole.as_bytes() == normal) || has_word(name) {
            return true;
        }
        let mut part_end = 0;
        for at in 0..normal.len() {
            let rest = &normal[at..];
            for part in parts_with(rest[0]) {
                if rest.starts_with(part.as_bytes()) && !is_other_word(normal, at, part) {
                    part_end = part_end.max(at + part.len());
                }
            }
        }
        // Behind the secret, as a word of its own: `token_account` does not end in a count.
        let is_about = |about: &str| {
            let start = normal.len().saturating_sub(about.len());
            normal.ends_with(about.as_bytes())
                && (start == part_end || starts.get(start).is_some_and(|starts| *starts))
        };
        part_end > 0 && !ABOUT.iter().any(|about| is_about(about))
    }
}

/// Whether what reads like a part of a secret's name is one of another word: the `secret` of a secretary.
fn is_other_word(name: &[u8], at: usize, part: &str) -> bool {
    let (before, after) = (&name[..at], &name[at + part.len()..]);
    match part {
        "token" => {
            let is_counted = || COUNTED.iter().any(|word| before.ends_with(word.as_bytes()));
            after.starts_with(b"iz")
                || after.starts_with(b"ise")
                || after.starts_with(b"isa")
                || after == b"s" && is_counted()
        }
        "secret" => {
            after.starts_with(b"smanager") || after.starts_with(b"ar") && !after.starts_with(b"arn")
        }
        "session" => before.ends_with(b"pos") || before.ends_with(b"ob"),
        _ => false,
    }
}

/// A name as it is compared: letters and digits, in lower case.
fn normal(name: &str) -> String {
    let kept = name.chars().filter(|character| character.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// The same, of the usual name, without memory of its own; and where its words start.
fn ascii<'b>(name: &str, buffer: &'b mut [u8; LONGEST], starts: &mut [bool; LONGEST]) -> &'b [u8] {
    let bytes = name.as_bytes();
    let mut length = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_alphanumeric() {
            buffer[length] = byte.to_ascii_lowercase();
            starts[length] = starts_word(bytes, at);
            length += 1;
        }
    }
    &buffer[..length]
}

/// Whether a word of a name starts here: behind what is no letter, or by case, as in `dbPin` and `OTPCode`.
fn starts_word(name: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| name[before]) else {
        return true;
    };
    let follows = |kind: fn(&u8) -> bool| name.get(at + 1).is_some_and(kind);
    // The `s` of `PINs` makes no word.
    let is_plural =
        || name.get(at + 1) == Some(&b's') && !name.get(at + 2).is_some_and(u8::is_ascii_lowercase);
    !before.is_ascii_alphanumeric()
        || name[at].is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_uppercase() && follows(u8::is_ascii_lowercase) && !is_plural())
}

fn contains(name: &[u8], part: &str) -> bool {
    name.windows(part.len())
        .any(|window| window == part.as_bytes())
}

/// Whether one of its words, told by case or by what stands between them, is such a one.
pub(super) fn has_word(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut start = 0;
    for at in 1..=bytes.len() {
        let ends =
            at == bytes.len() || !bytes[at].is_ascii_alphanumeric() || starts_word(bytes, at);
        if !ends {
            continue;
        }
        let word = &bytes[start..at];
        let word = match word.strip_suffix(b"s") {
            Some(word) if word.iter().all(u8::is_ascii_uppercase) => word,
            _ => word,
        };
        if (3..=4).contains(&word.len())
            && WORDS
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        {
            return true;
        }
        let between = at < bytes.len() && !bytes[at].is_ascii_alphanumeric();
        start = at + usize::from(between);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_however_they_are_written() {
        let names = Names::default();
        for name in [
            "password",
            "PASSWORD",
            "db_password",
            "dbPassword",
            "PGPASSWORD",
            "newPassword2",
            "passwd",
            "pass",
            "pwd",
            "passphrase",
            "secret",
            "clientSecret",
            "client_secret",
            "aws_secret_access_key",
            "SecretAccessKey",
            "secret-key",
            "token",
            "id_token",
            "accessToken",
            "refresh-token",
            "X-Amz-Security-Token",
            "authorization",
            "Proxy-Authorization",
            "Authorization",
            "cookie",
            "Set-Cookie",
            "api_key",
            "x-api-key",
            "apiKey",
            "API key",
            "X-Amz-Signature",
            "X-Amz-Credential",
            "signature",
            "session",
            "session_id",
            "sessionId",
            "JSESSIONID",
            "private_key",
            "privateKey",
            "credentials",
            "card_pin",
            "userPin",
            "pin",
            "otp",
            "mfa_otp",
            "cvv",
            "sid",
            "connect.sid",
            "auth",
            "client_assertion",
            "cardNumber",
            "jwt",
            "encryption_key",
            "db_pass",
            "DB_PASS",
            "user_pass",
            "smtpPass",
            "auth_key",
            "x-auth-key",
            "basic_auth",
            "Ocp-Apim-Subscription-Key",
            "passkey",
            "pincode",
            "OTPCode",
            "PINs",
            "token_account",
            "sessionAccount",
            "access_token_discount",
            "tokenIssuer",
            "tokens",
            "refresh_tokens",
        ] {
            assert!(names.is_secret(name), "{name}");
        }
    }

    #[test]
    fn other_names_are_kept() {
        let names = Names::default();
        for name in [
            "request_id",
            "requestId",
            "trace_id",
            "route",
            "path",
            "sqlstate",
            "method",
            "status",
            "code",
            "errorCode",
            "key",
            "id",
            "email",
            "author",
            "authority",
            "auth_time",
            "host",
            "keyboard",
            "passenger",
            "bypass",
            "compass",
            "spinning",
            "pinned",
            "opinion",
            "design",
            "signed_headers",
            "X-Amz-SignedHeaders",
            "X-Amz-Algorithm",
            "token_use",
            "token_type",
            "tokenUse",
            "secret_arn",
            "SecretName",
            "session_timeout",
            "expires_in",
            "aside",
            "inside",
            "max_tokens",
            "prompt_tokens",
            "completionTokens",
            "tokenizer",
            "tokenisation",
            "secretary",
            "possession",
            "secretsmanager",
            "tokentype",
            "token_expires_in",
            "AssertionError",
            "ExpiredTokenException",
            "CredentialsNotLoaded",
            "latency_ms",
            "cold_start",
            "remaining_ms",
            "database",
            "reason",
            "",
            "é",
        ] {
            assert!(!names.is_secret(name), "{name}");
        }
    }

    #[test]
    fn an_application_has_more() {
        let names = Names::with(["iban", "", "--", "tax-number", "contraseña"]);
        for name in [
            "IBAN",
            "customer_iban",
            "taxNumber",
            "token",
            "su_contraseña",
            "CONTRASEÑA",
        ] {
            assert!(names.is_secret(name), "{name}");
        }
        assert!(!names.is_secret("name") && !names.is_secret("tax"));
    }

    #[test]
    fn of_a_long_name_the_end_counts() {
        let names = Names::default();
        let long = "é".repeat(10_000);
        assert!(names.is_secret(&format!("{long}_password")));
        assert!(!names.is_secret(&long));
    }
}
