#[povery::route(GET, "/users/:id/posts/{post}")]
async fn get_post(id: u32, post: u32) {
    let _ = (id, post);
}

fn main() {}
