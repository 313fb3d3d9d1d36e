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
