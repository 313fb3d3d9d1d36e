use povery::Multipart;
use povery::prelude::*;
use povery::test::TestClient;

use super::client;

const TYPE: &str = "multipart/form-data; boundary=X";
const FORM: &str = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n\
    --X\r\nContent-Disposition: form-data; name=\"b\"; filename=\"b.txt\"\r\n\r\ntwo\r\n--X--\r\n";

#[povery::route(POST, "/form")]
async fn form(mut form: Multipart) -> Result<String, PoveryError> {
    let mut text = String::new();
    while let Some(field) = form.next_field().await? {
        let name = field.name().unwrap_or_default();
        text += &format!("{name}={} {:?};", field.text()?, field.file_name());
    }
    Ok(text)
}

#[povery::route(POST, "/maybe")]
async fn maybe(form: Option<Multipart>) -> String {
    form.is_some().to_string()
}

#[tokio::test]
async fn fields_are_read_one_by_one() {
    let client = client(povery::routes![form, maybe]);
    let request = client.post("/form").header("content-type", TYPE);
    assert_eq!(
        request.body(FORM).send().await.text(),
        r#"a=1 None;b=two Some("b.txt");"#
    );
    assert_eq!(client.post("/maybe").send().await.text(), "false");
}

#[tokio::test]
async fn refusals() {
    let app = App::new()
        .routes(povery::routes![form])
        .body_limit(FORM.len());
    let client = TestClient::new(app);
    let refused = async |content_type: &str, body: &str| {
        let request = client.post("/form").header("content-type", content_type);
        let error = request.body(body.to_owned()).send().await;
        (error.status().as_u16(), error.error().code)
    };
    for (content_type, body, status, code) in [
        ("application/json", FORM, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ("multipart/form-data", FORM, 400, "BAD_REQUEST"),
        (TYPE, &FORM[..FORM.len() / 2], 400, "BAD_REQUEST"),
        (TYPE, &FORM.repeat(2), 413, "PAYLOAD_TOO_LARGE"),
    ] {
        assert_eq!(refused(content_type, body).await, (status, code.to_owned()));
    }
}
