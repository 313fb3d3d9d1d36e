#[povery::route(GET, "/sums/<start>?<add>")]
async fn sum(mut start: u32, #[validate(length(max = 9))] mut add: Vec<u32>) -> String {
    add.push(1);
    start += add.iter().sum::<u32>();
    start.to_string()
}

#[test]
fn holds() {
    let _ = povery::routes![sum];
}
