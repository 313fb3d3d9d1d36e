fn main() {
    let _ = povery::routes![GET "/users"];
}
