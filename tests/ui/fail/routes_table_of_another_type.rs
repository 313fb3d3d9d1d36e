const ROUTES: [u32; 1] = [1];

fn main() {
    let _ = povery::routes!["/admin" => ROUTES];
}
