//! Bodies that are encoded, in every extractor that reads one.

use povery::headers::ContentLength;
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Bytes, HeaderMap, Text};

use super::client;

#[povery::route(ANY, "/bytes")]
async fn bytes(headers: HeaderMap, body: Bytes) -> String {
    format!("{} {body:?}", headers.contains_key("content-encoding"))
}

#[povery::route(POST, "/text")]
async fn text(Text(text): Text, length: Option<Header<ContentLength>>) -> String {
    format!("{text} {:?}", length.map(|Header(length)| length.0))
}

#[tokio::test]
async fn a_coding_that_is_not_accepted_is_a_415_that_says_which_are() {
    let client = client(povery::routes![bytes]);
    let accepted = if cfg!(feature = "gzip") {
        "gzip, identity"
    } else {
        "identity"
    };
    for coding in ["br", "deflate", "zstd", "gzip, gzip", "br, identity"] {
        let request = client.post("/bytes").header("content-encoding", coding);
        let refused = request.body("a").send().await;
        assert_eq!(refused.headers()["accept-encoding"], accepted);
        let error = (refused.status().as_u16(), refused.error().code);
        assert_eq!(error, (415, "UNSUPPORTED_MEDIA_TYPE".to_owned()));
    }
    for path in ["/nowhere", "/bytes/"] {
        let request = client.post(path).header("content-encoding", "br");
        assert_eq!(request.body("a").send().await.status(), 404);
    }
}

#[tokio::test]
async fn without_a_body_nothing_is_decoded() {
    let client = client(povery::routes![bytes]);
    for coding in ["br", "gzip", "identity"] {
        let request = client.get("/bytes").header("content-encoding", coding);
        assert_eq!(request.send().await.text(), r#"true b"""#);
    }
    let request = client
        .post("/bytes")
        .header("content-encoding", "identity")
        .body("a");
    assert_eq!(request.send().await.text(), r#"true b"a""#);
}

#[tokio::test]
async fn the_limit_of_a_route_goes_before_that_of_the_application() {
    #[povery::route(POST, "/large", body_limit = 20)]
    async fn large(body: Bytes) -> String {
        body.len().to_string()
    }
    #[povery::route(POST, "/small", body_limit = 5)]
    async fn small(body: Bytes) -> String {
        body.len().to_string()
    }
    let routes = povery::routes![large, small, text];
    let limits: Vec<_> = App::new()
        .routes(routes)
        .route_table()
        .iter()
        .map(|route| route.body_limit())
        .collect();
    assert_eq!(limits, [Some(20), Some(5), None]);

    let client = TestClient::new(App::new().routes(routes).body_limit(10));
    for (path, limit) in [("/large", 20), ("/small", 5), ("/text", 10)] {
        let largest = client.post(path).body("a".repeat(limit)).send().await;
        assert_eq!(largest.status(), 200, "{path}");
        let refused = client.post(path).body("a".repeat(limit + 1)).send().await;
        let error = refused.error();
        let message = format!("The body is larger than {limit} bytes");
        assert_eq!((refused.status().as_u16(), error.message), (413, message));
    }
}

#[cfg(feature = "gzip")]
mod gzip {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use povery::test::TestRequest;

    use super::*;

    fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes.as_ref()).unwrap();
        encoder.finish().unwrap()
    }

    fn encoded(request: TestRequest, body: &str) -> TestRequest {
        request.header("content-encoding", "gzip").body(gzip(body))
    }

    #[derive(serde::Deserialize, Validate)]
    struct Named {
        #[validate(length(min = 2))]
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

    #[cfg(feature = "multipart")]
    #[povery::route(POST, "/multipart")]
    async fn multipart(mut form: povery::Multipart) -> Result<String, PoveryError> {
        let field = form.next_field().await?;
        let text = field.as_ref().map(|field| field.text()).transpose()?;
        Ok(text.unwrap_or_default().to_owned())
    }

    #[tokio::test]
    async fn every_extractor_reads_what_was_decoded() {
        let client = client(povery::routes![
            bytes,
            text,
            json,
            form,
            #[cfg(feature = "multipart")]
            multipart
        ]);
        for method in [povery::http::Method::GET, povery::http::Method::PUT] {
            let sent = encoded(client.request(method, "/bytes"), "abc")
                .send()
                .await;
            assert_eq!(sent.text(), r#"false b"abc""#);
        }
        let head = encoded(client.head("/bytes"), "abc").send().await;
        assert_eq!(head.headers()["content-length"], "12");

        let request = client.post("/text").header("content-length", "999");
        let sent = encoded(request, "abc").send().await;
        assert_eq!(sent.text(), "abc Some(3)");
        assert_eq!(
            encoded(client.post("/text"), "abc").send().await.text(),
            "abc None"
        );

        let of_type =
            |path: &str, content_type: &str| client.post(path).header("content-type", content_type);
        let json = of_type("/json", "application/json");
        assert_eq!(
            encoded(json, r#"{"name":"Ada"}"#).send().await.text(),
            "Ada"
        );
        let json = of_type("/json", "application/json");
        let refused = encoded(json, r#"{"name":"A"}"#).send().await;
        assert_eq!(refused.error().code, "VALIDATION_FAILED");
        let form = of_type("/form", "application/x-www-form-urlencoded");
        assert_eq!(encoded(form, "name=Ada").send().await.text(), "Ada");
        #[cfg(feature = "multipart")]
        {
            let form = of_type("/multipart", "multipart/form-data; boundary=X");
            let body = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nAda\r\n--X--\r\n";
            assert_eq!(encoded(form, body).send().await.text(), "Ada");
        }
    }

    #[tokio::test]
    async fn the_limit_is_of_the_decoded_body() {
        #[povery::route(POST, "/large", body_limit = 2_000)]
        async fn large(body: Bytes) -> String {
            body.len().to_string()
        }
        let app = App::new().routes(povery::routes![bytes, large]);
        let client = TestClient::new(app.body_limit(1_000));
        for (path, limit) in [("/bytes", 1_000), ("/large", 2_000)] {
            let sent = encoded(client.post(path), &"a".repeat(limit)).send().await;
            assert_eq!(sent.status(), 200);
            let refused = encoded(client.post(path), &"a".repeat(limit + 1))
                .send()
                .await;
            assert_eq!(refused.error().code, "PAYLOAD_TOO_LARGE");
        }
        let broken = client.post("/bytes").header("content-encoding", "gzip");
        let refused = broken.body("plain").send().await;
        assert_eq!(refused.error().code, "BAD_REQUEST");
    }
}
