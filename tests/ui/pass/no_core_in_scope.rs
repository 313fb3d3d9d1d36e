// Names that generated code might reach for by mistake.
#![allow(dead_code, non_camel_case_types, non_snake_case, unused_macros)]

mod core {}
mod std {}
mod povery {}
mod serde {}
mod http {}
macro_rules! vec {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! panic {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
macro_rules! file {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! line {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! module_path {
    () => {
        compile_error!("not this one")
    };
}
macro_rules! site {
    ($($any:tt)*) => {
        compile_error!("not this one")
    };
}
struct str;
struct Entry;
struct RouteDef;
struct RouteTable;
struct Segment;
trait Custom {}
trait WithoutDatabase {}
const __ROUTES: u8 = 0;

#[::povery::route(GET, "/<id>/<tail..>?<value>")]
async fn inputs(
    #[validate(range(max = 9))] id: u32,
    tail: ::std::vec::Vec<u32>,
    value: ::std::option::Option<u8>,
    state: ::povery::State<u8>,
) {
    let _ = (id, tail, value, state);
}

#[::core::prelude::v1::test]
fn holds() {
    let _ = ::povery::routes![inputs];
}
