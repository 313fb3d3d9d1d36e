//! The words that names of secrets have, and those that only read like them.

/// What the name of a secret has in it, once it is in lower case and without `_`, `-` and the like.
pub(super) fn parts_with(first: u8) -> &'static [&'static str] {
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
pub(super) const WHOLE: [&str; 2] = ["auth", "xauth"];

/// The last words of a name that says something about a secret and is none: `token_use`, `secret_arn`.
pub(super) const ABOUT: [&str; 31] = [
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

/// Whether what reads like a part of a secret's name is one of another word: the `secret` of a secretary.
pub(super) fn is_other_word(name: &[u8], at: usize, part: &str) -> bool {
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
