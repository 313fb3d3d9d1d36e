#![allow(non_camel_case_types, non_upper_case_globals, dead_code)]

use povery::prelude::*;

struct inputs;
struct a0;
type a1 = u32;
type Shared = State<u32>;
type __A2 = u32;
const a2: u32 = 2;
const value: u32 = 7;

#[povery::route(GET, "/users/<id>?<limit>")]
async fn list_users(
    #[validate(range(min = 1))] id: a1,
    #[validate(range(max = 9))] limit: __A2,
    _state: Shared,
) -> Json<u32> {
    Json(id + limit + value)
}

#[test]
fn holds() {
    let _ = povery::routes![list_users];
}
