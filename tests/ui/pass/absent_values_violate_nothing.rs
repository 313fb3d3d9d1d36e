use http::{Request, StatusCode};
use tower::ServiceExt as _;
use validator::ValidationError;

fn never(_: &u32) -> Result<(), ValidationError> {
    Err(ValidationError::new("never"))
}

#[povery::route(GET, "/?<text>&<number>&<mail>")]
async fn search(
    #[validate(
        length(min = 2),
        contains(pattern = "a"),
        does_not_contain(pattern = "b")
    )]
    text: Option<String>,
    #[validate(range(min = 1), custom(function = never))] number: Option<u32>,
    #[validate(email, url)] mail: Option<String>,
) {
    let _ = (text, number, mail);
}

#[tokio::test]
async fn holds() {
    let app = povery::App::new().routes(povery::routes![search]);
    for (query, status) in [
        ("", StatusCode::NO_CONTENT),
        ("?text=aa", StatusCode::NO_CONTENT),
        ("?text=ab", StatusCode::BAD_REQUEST),
        ("?number=1", StatusCode::BAD_REQUEST),
    ] {
        let request = Request::get(format!("/{query}"))
            .body(String::new())
            .unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{query}");
    }
}
