//! The users on `lambda-lw-http-router`. Its router takes the events of one gateway, so there is a program
//! for each payload; what they answer is the same.

use bench_users::CreateUser;
use lambda_runtime::Error;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;
use validator::Validate;

/// What the handlers share: nothing.
#[derive(Clone, Copy, Debug)]
pub struct AppState;

/// All users.
///
/// # Errors
/// If the answer cannot be written.
pub fn list_users() -> Result<Value, Error> {
    answer(200, &bench_users::list())
}

/// One user.
///
/// # Errors
/// If the answer cannot be written.
pub fn get_user(id: Option<&str>) -> Result<Value, Error> {
    let Some(id) = id.and_then(|id| id.parse::<Uuid>().ok()) else {
        return refuse(400, "The id is no UUID");
    };
    match bench_users::find(id) {
        Some(user) => answer(200, &user),
        None => refuse(404, "User not found"),
    }
}

/// Creates a user.
///
/// # Errors
/// If the answer cannot be written.
pub fn create_user(body: Option<&str>) -> Result<Value, Error> {
    let new: CreateUser = match serde_json::from_str(body.unwrap_or_default()) {
        Ok(new) => new,
        Err(error) => return refuse(400, &error.to_string()),
    };
    if let Err(errors) = new.validate() {
        return refuse(400, &errors.to_string());
    }
    let created = bench_users::create(new);
    Ok(json!({
        "statusCode": 201,
        "headers": { "content-type": "application/json", "location": created.location() },
        "body": serde_json::to_string(&created)?,
    }))
}

fn answer(status: u16, value: &impl Serialize) -> Result<Value, Error> {
    Ok(json!({
        "statusCode": status,
        "headers": { "content-type": "application/json" },
        "body": serde_json::to_string(value)?,
    }))
}

fn refuse(status: u16, message: &str) -> Result<Value, Error> {
    answer(status, &json!({ "message": message }))
}

/// Serves the events of that type.
#[macro_export]
macro_rules! serve {
    ($event:ty) => {
        use std::sync::Arc;

        use lambda_lw_http_router::{define_router, route};
        use lambda_runtime::{Error, LambdaEvent, service_fn};
        use on_lw_http_router::AppState;
        use serde_json::Value;

        define_router!(event = $event, state = AppState);

        #[route(method = "GET", path = "/users")]
        async fn list_users(_ctx: RouteContext) -> Result<Value, Error> {
            on_lw_http_router::list_users()
        }

        #[route(method = "GET", path = "/users/{id}")]
        async fn get_user(ctx: RouteContext) -> Result<Value, Error> {
            on_lw_http_router::get_user(ctx.params.get("id").map(|id| id.as_str()))
        }

        #[route(method = "POST", path = "/users")]
        async fn create_user(ctx: RouteContext) -> Result<Value, Error> {
            on_lw_http_router::create_user(ctx.event.body.as_deref())
        }

        #[tokio::main]
        async fn main() -> Result<(), Error> {
            tracing_subscriber::fmt()
                .without_time()
                .with_max_level(tracing::Level::WARN)
                .init();

            let state = Arc::new(AppState);
            let router = Arc::new(RouterBuilder::from_registry().build());
            let lambda = move |event: LambdaEvent<$event>| {
                let state = Arc::clone(&state);
                let router = Arc::clone(&router);
                async move { router.handle_request(event, state).await }
            };
            lambda_runtime::run(service_fn(lambda)).await
        }
    };
}
