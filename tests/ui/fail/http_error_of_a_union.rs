#[derive(povery::HttpError)]
#[http(404)]
union NotFound {
    id: u32,
}

fn main() {}
