#[povery::route(GET, "/<text>?<number>&<list>&<link>&<mail>")]
async fn checked(
    #[validate(
        length(min = 1, max = 9),
        contains(pattern = "a"),
        does_not_contain(pattern = "b")
    )]
    text: String,
    #[validate(range(min = 1.0))]
    #[validate(range(exclusive_max = 2.0, code = "two", message = "below two"))]
    number: Option<f64>,
    #[validate(length(equal = 2))] list: Vec<u8>,
    #[validate(url)] link: Option<String>,
    #[validate(email(message = "no address"))] mail: Option<String>,
) {
    let _ = (text, number, list, link, mail);
}

#[test]
fn holds() {
    let _ = povery::routes![checked];
}
