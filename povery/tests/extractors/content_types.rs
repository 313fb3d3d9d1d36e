//! The content type of a body, in every extractor that looks at it.

use povery::Text;
use povery::prelude::*;
use povery::test::TestClient;

use super::client;

#[derive(serde::Deserialize, Validate)]
struct Named {
    name: String,
}

#[povery::route(POST, "/json")]
async fn json(Json(Named { name }): Json<Named>) -> String {
    name
}

#[povery::route(POST, "/form")]
async fn form(Form(Named { name }): Form<Named>) -> String {
    name
}

#[povery::route(POST, "/text")]
async fn text(Text(text): Text) -> String {
    text
}

#[cfg(feature = "multipart")]
#[povery::route(POST, "/multipart")]
async fn multipart(mut form: povery::Multipart) -> Result<String, PoveryError> {
    let field = form.next_field().await?;
    let text = field.as_ref().map(|field| field.text()).transpose()?;
    Ok(text.unwrap_or_default().to_owned())
}

const JSON: &str = r#"{"name":"Ada"}"#;
const FORM: &str = "name=Ada";
#[cfg(feature = "multipart")]
const MULTIPART: &str =
    "--X; Y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nAda\r\n--X; Y--\r\n";

fn everything() -> TestClient {
    client(povery::routes![
        json,
        form,
        text,
        #[cfg(feature = "multipart")]
        multipart
    ])
}

/// Status and text of the answer, which is the message of an error.
async fn post(client: &TestClient, path: &str, types: &[&str], body: &str) -> (u16, String) {
    let request = client.post(path).body(body.to_owned());
    let typed =
        |request: povery::test::TestRequest, value: &&str| request.header("content-type", value);
    let answer = types.iter().fold(request, typed).send().await;
    match answer.status().as_u16() {
        200 => (200, answer.text().to_owned()),
        status => (status, answer.error().message),
    }
}

#[tokio::test]
async fn parameters_are_read_as_the_grammar_has_them() {
    let client = everything();
    for (path, body, content_type) in [
        ("/json", JSON, "application/json ; charset=\"UTF-8\""),
        (
            "/json",
            JSON,
            "Application/Problem+JSON;x=\"\\\";charset=latin1\";",
        ),
        (
            "/form",
            FORM,
            "application/x-www-form-urlencoded;charset=us-ascii",
        ),
        ("/form", FORM, "APPLICATION/X-WWW-FORM-URLENCODED;"),
        ("/text", "Ada", "text/plain;\tcharset=utf8"),
        ("/text", "Ada", "text/plain; charset=US-ASCII"),
        ("/text", "Ada", "image/png"),
        #[cfg(feature = "multipart")]
        (
            "/multipart",
            MULTIPART,
            "Multipart/Form-Data; Boundary=\"X; \\Y\"",
        ),
    ] {
        let answer = post(&client, path, &[content_type], body).await;
        assert_eq!(answer, (200, "Ada".to_owned()), "{content_type}");
    }
}

#[tokio::test]
async fn a_content_type_that_cannot_be_read_is_a_415() {
    let client = everything();
    for (path, body, content_type) in [
        ("/json", JSON, "application/json"),
        ("/form", FORM, "application/x-www-form-urlencoded"),
        ("/text", "Ada", "text/plain"),
        #[cfg(feature = "multipart")]
        ("/multipart", MULTIPART, "multipart/form-data; boundary=X"),
    ] {
        let twice = format!("{content_type}, {content_type}");
        let broken = format!("{content_type}; charset=");
        for types in [
            &[content_type, content_type][..],
            &[&twice],
            &[&broken],
            &["s3cret"],
        ] {
            let (status, message) = post(&client, path, types, body).await;
            assert_eq!(status, 415, "{types:?}");
            let told = message.contains("cannot be read") && !message.contains("s3cret");
            assert!(told, "{message}");
        }
    }
}

#[tokio::test]
async fn another_charset_is_a_415() {
    let client = everything();
    for (path, body, content_type) in [
        ("/json", JSON, "application/json; charset=iso-8859-1"),
        ("/json", JSON, "application/json; charset=us-ascii"),
        (
            "/form",
            FORM,
            "application/x-www-form-urlencoded; charset=utf-16",
        ),
        ("/text", "Ada", "text/plain; charset=windows-1252"),
    ] {
        let (status, message) = post(&client, path, &[content_type], body).await;
        assert_eq!(status, 415, "{content_type}");
        assert!(message.contains("UTF-8"), "{message}");
    }
    let (status, _) = post(
        &client,
        "/text",
        &["text/plain; charset=us-ascii"],
        "\u{e9}",
    )
    .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn another_type_or_none_is_a_415_that_says_which_would_do() {
    let client = everything();
    for (path, body, expected) in [
        ("/json", JSON, "application/json"),
        ("/form", FORM, "application/x-www-form-urlencoded"),
        #[cfg(feature = "multipart")]
        ("/multipart", MULTIPART, "multipart/form-data"),
    ] {
        for types in [&["text/plain"][..], &[]] {
            let (status, message) = post(&client, path, types, body).await;
            assert_eq!(status, 415, "{types:?}");
            assert!(message.ends_with(expected), "{message}");
        }
    }
}
