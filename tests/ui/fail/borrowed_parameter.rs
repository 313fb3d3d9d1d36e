#[povery::route(GET, "/users/<name>?<sort>")]
async fn get_user(name: &str, sort: Option<std::borrow::Cow<'_, str>>, agent: &povery::Request) {
    let _ = (name, sort, agent);
}

fn main() {}
