#[povery::route(GET, "/users/<id>")]
async fn get_user<T: serde::de::DeserializeOwned>(id: T) {
    drop(id);
}

fn main() {}
