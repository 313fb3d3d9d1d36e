#![no_implicit_prelude]

mod data {
    // `derive(Validate)` itself needs the prelude.
    extern crate std;
    use std::prelude::rust_2024::*;

    #[derive(::serde::Serialize, ::serde::Deserialize, ::validator::Validate)]
    pub struct User {
        #[validate(length(min = 2))]
        pub name: String,
    }

    pub fn even(number: &u32) -> Result<(), ::validator::ValidationError> {
        match number % 2 {
            0 => Ok(()),
            _ => Err(::validator::ValidationError::new("even")),
        }
    }
}

#[::povery::route(
    POST,
    "/users/<id>/<rest..>?<limit>&<after>",
    status = 201,
    roles("ADMIN"),
    scopes("write"),
    tag = "users",
    deprecated,
    hidden,
    idempotent,
    layers(::tower::layer::util::Identity::new())
)]
async fn create(
    #[validate(custom(function = data::even), range(max = 8, code = "small", message = "no"))]
    id: u32,
    rest: ::std::string::String,
    #[validate(length(max = 9), contains(pattern = "a"), email, url)] limit: ::core::option::Option<
        ::std::string::String,
    >,
    #[validate(custom(function = data::even))] after: ::core::option::Option<u32>,
    ::povery::Json(user): ::povery::Json<data::User>,
    _pool: ::povery::Pool,
) -> ::core::result::Result<::povery::Json<data::User>, ::povery::PoveryError> {
    let _ = (id, rest, limit, after);
    ::core::result::Result::Ok(::povery::Json(user))
}

#[::povery::route(ANY, "/")]
async fn any() -> ::povery::StatusCode {
    ::povery::StatusCode::NO_CONTENT
}

mod nested {
    #[::povery::route(GET, "/")]
    async fn home() {}

    pub const ROUTES: ::povery::RouteTable = ::povery::routes![home];
}

#[::core::prelude::v1::test]
fn holds() {
    let app =
        ::povery::App::new().routes(::povery::routes![create, any, "/nested" => nested::ROUTES]);
    ::core::assert_eq!(app.route_table().len(), 3);
}
