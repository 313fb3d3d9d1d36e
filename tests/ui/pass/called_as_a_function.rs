use povery::State;

#[povery::route(GET, "/hello/<name>")]
async fn hello(name: String, greeting: State<&'static str>) -> String {
    format!("{} {name}", *greeting)
}

#[test]
fn holds() {
    let answer: std::pin::Pin<Box<dyn Future<Output = String> + Send>> =
        Box::pin(hello("world".to_owned(), State::new("Hello")));
    drop(answer);
}
