#[povery::route(GET, "/files/<path..>")]
async fn get_file(path: String) -> String {
    path
}

#[povery::route(GET, "/sums/<numbers..>?<scale>")]
async fn sum(#[validate(length(max = 9))] numbers: Vec<u32>, scale: Option<u32>) -> String {
    (numbers.iter().sum::<u32>() * scale.unwrap_or(1)).to_string()
}

#[povery::route(PUT, "/<tenant>/files/<type..>")]
async fn put_file(tenant: u32, r#type: Vec<String>) {
    let _ = (tenant, r#type);
}

#[test]
fn holds() {
    let app = povery::App::new().routes(povery::routes![get_file, sum, put_file]);
    assert_eq!(app.route_table()[0].path(), "/files/<path..>");
}
