//! An application whose `Cargo.toml` says `web = { package = "povery", … }`: nothing that the macros
//! write may name `povery`, as no crate of that name can be reached from here.

use web::{App, IntoResponse, Json, PoveryError, RouteTable, State, StatusCode};

mod users {
    use web::Json;

    #[web::route(GET, "/<id>/<path..>?<limit>", crate = ::web)]
    async fn get(
        #[validate(range(min = 1))] id: u32,
        path: String,
        #[validate(length(max = 9, message = "too long"))] limit: Option<String>,
    ) -> Json<(u32, String, Option<String>)> {
        Json((id, path, limit))
    }

    pub(super) const ROUTES: web::RouteTable = web::routes![get];
}

#[web::route(POST, "/", crate = web, status = 201, roles("ADMIN"), idempotent)]
async fn home(greeting: State<String>) -> Result<impl IntoResponse, PoveryError> {
    Ok((StatusCode::ACCEPTED, Json(greeting.len())))
}

const ROUTES: RouteTable = web::routes![home, "/users" => users::ROUTES];

/// The application.
pub fn app() -> App {
    App::new().state("hello".to_owned()).routes(ROUTES)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_routes_are_there() {
        let app = super::app();
        let paths: Vec<_> = app.route_table().iter().map(|route| route.path()).collect();
        assert_eq!(paths, ["/", "/users/<id>/<path..>"]);
    }
}
