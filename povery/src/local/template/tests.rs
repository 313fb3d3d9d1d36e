//! Templates of whole applications, as files.

use serde_json::Value;

use super::{Architecture, Template};
use crate::prelude::*;
use crate::{Authorizer, Cors, Group};

fn template(app: &App, program: &str) -> Template {
    app.check().unwrap();
    Template::of(app, program, Architecture::X86)
}

fn is_golden(template: &Template, golden: &str) {
    let golden: Value = serde_json::from_str(golden).unwrap();
    assert_eq!(template.document, golden, "it is now:\n{template}");
    let text: Value = serde_json::from_str(&template.to_string()).unwrap();
    assert_eq!(text, golden);
}

/// The function's events, by their ids.
fn events(template: &Template) -> &serde_json::Map<String, Value> {
    let function = &template.document["Resources"]["Function"];
    function["Properties"]["Events"].as_object().unwrap()
}

mod users {
    use super::*;

    #[povery_macros::route(GET, "/users?<limit>", crate = crate)]
    async fn list_users(limit: Option<u8>, pool: Pool) {
        let _ = (limit, pool);
    }

    #[povery_macros::route(GET, "/users/<id>", crate = crate)]
    async fn get_user(id: u32, pool: Pool) {
        let _ = (id, pool);
    }

    #[povery_macros::route(POST, "/users", status = 201, crate = crate)]
    async fn create_user(tx: Tx) {
        let _ = tx;
    }

    #[test]
    fn the_users_application() {
        let routes = crate::routes![list_users, get_user, create_user];
        let template = template(&App::new().routes(routes), "users");
        is_golden(&template, include_str!("tests/users.json"));
        assert_eq!(template.left_out(), [] as [String; 0]);
    }
}

mod everything {
    use super::*;

    struct Orders;

    impl crate::Database for Orders {
        const NAME: &'static str = "ORDERS";
    }

    #[povery_macros::route(GET, "/", public, hidden, crate = crate)]
    async fn home() {}

    #[povery_macros::route(GET, "/posts/<id>", deprecated, crate = crate)]
    async fn post(id: u32) {
        let _ = id;
    }

    // Its parameter has another name, and is the same.
    #[povery_macros::route(DELETE, "/posts/<post>", scopes("posts:write", "posts:delete"), crate = crate)]
    async fn delete(post: u32) {
        let _ = post;
    }

    #[povery_macros::route(HEAD, "/posts/<id>", public, crate = crate)]
    async fn peek(id: u32) {
        let _ = id;
    }

    #[povery_macros::route(ANY, "/files/<größe>/<rest..>", crate = crate)]
    async fn files(größe: u32, rest: Vec<String>) {
        let _ = (größe, rest);
    }

    #[povery_macros::route(GET, "/größe", crate = crate)]
    async fn size() {}

    #[povery_macros::route(TRACE, "/posts", crate = crate)]
    async fn echo() {}

    #[povery_macros::route(OPTIONS, "/posts", crate = crate)]
    async fn options() {}

    mod admin {
        use super::*;

        // Another function of that name has the same method.
        #[povery_macros::route(GET, "/stats", roles("OWNER"), crate = crate)]
        async fn post(main: Pool, orders: Pool<Orders>) {
            let _ = (main, orders);
        }

        #[povery_macros::route(PUT, "/stats/<id>", crate = crate)]
        async fn post_of(id: u32) {
            let _ = id;
        }

        pub(super) const ROUTES: crate::RouteTable = crate::routes![post, post_of];
    }

    #[povery_macros::event(sqs, queue = "orders.fifo", partial, crate = crate)]
    async fn on_order() {}

    #[povery_macros::event(sqs, crate = crate)]
    async fn on_message() {}

    #[povery_macros::event(dynamodb, table = "clicks", crate = crate)]
    async fn on_change() {}

    #[povery_macros::event(kinesis, stream = "clicks", partial, crate = crate)]
    async fn on_click() {}

    #[povery_macros::event(sns, topic = "news", crate = crate)]
    async fn on_news() {}

    #[povery_macros::event(eventbridge, source = "shop", crate = crate)]
    async fn on_shop() {}

    // Comes by the rule of the source.
    #[povery_macros::event(eventbridge, source = "shop", detail_type = "Item Sold", crate = crate)]
    async fn on_sold() {}

    #[povery_macros::event(eventbridge, source = "stock", detail_type = "Item Lost", crate = crate)]
    async fn on_lost() {}

    #[povery_macros::event(schedule, rule = "nightly", crate = crate)]
    async fn nightly() {}

    #[povery_macros::event(schedule, crate = crate)]
    async fn now_and_then() {}

    #[povery_macros::event(schedule, rule = "bus/nightly", crate = crate)]
    async fn elsewhere() {}

    #[povery_macros::event(s3, bucket = "uploads", crate = crate)]
    async fn on_upload() {}

    #[povery_macros::event(custom, crate = crate)]
    async fn on_else() {}

    #[povery_macros::action(crate = crate)]
    async fn recount() {}

    fn app() -> App {
        let admin = Group::new(crate::routes!["/admin" => admin::ROUTES]).scopes(["admin"]);
        App::new()
            .routes(crate::routes![
                home, post, delete, peek, files, size, echo, options
            ])
            .group(admin)
            .actions(crate::actions![recount])
            .events(crate::events![
                on_order,
                on_message,
                on_change,
                on_click,
                on_news,
                on_shop,
                on_sold,
                on_lost,
                nightly,
                now_and_then,
                elsewhere,
                on_upload,
                on_else
            ])
            .cors(Cors::origins(["https://shop.example"]))
    }

    #[test]
    fn an_application_with_everything() {
        let app = app().authorizer(Authorizer::gateway());
        let template = template(&app, "shop");
        is_golden(&template, include_str!("tests/everything.json"));
        let left_out = template.left_out();
        for (line, parts) in left_out.iter().zip([
            ["`GET /größe` (size, ", "ASCII"],
            ["`TRACE /posts` (echo, ", "TRACE"],
            ["`elsewhere` (", "`schedule` (rule `bus/nightly`): no rule"],
            ["`on_upload` (", "`s3` (bucket `uploads`): SAM"],
            ["`on_else` (", "`custom`: nothing says"],
        ]) {
            assert!(line.starts_with("not in the template: "), "{line}");
            assert!(parts.iter().all(|part| line.contains(part)), "{line}");
        }
        assert_eq!(left_out.len(), 5, "{left_out:?}");
    }

    #[test]
    fn only_the_gateways_authorizer_is_in_the_template() {
        let jwt = crate::Authorizer::jwt(
            crate::JwtVerifier::new("https://issuer.example").audience("shop"),
        );
        let app = app().authorizer(jwt);
        let template = template(&app, "shop");
        assert!(
            events(&template)
                .values()
                .all(|event| event["Properties"].get("Auth").is_none())
        );
        assert!(template.document["Parameters"].get("JwtIssuer").is_none());
        let api = &template.document["Resources"]["HttpApi"]["Properties"];
        assert_eq!(*api, serde_json::json!({}));
        // The application's own: the gateway has no need to let it through.
        assert!(
            events(&template)
                .values()
                .all(|event| event["Properties"]["Method"] != "OPTIONS"
                    || event["Properties"]["Path"] == "/posts")
        );
    }

    #[test]
    fn scopes_of_a_claim_that_the_gateway_does_not_read_are_the_applications() {
        let scopes = |claim: &'static str| {
            let app = app().authorizer(Authorizer::gateway().scope_claim(claim));
            let template = template(&app, "shop");
            events(&template)["DeleteDelete"]["Properties"]["Auth"]["AuthorizationScopes"].clone()
        };
        let written = serde_json::json!(["posts:write", "posts:delete"]);
        assert_eq!(
            ["scope", "scp", "rights"].map(scopes),
            [written.clone(), written, Value::Null]
        );
    }
}

#[test]
fn a_function_without_routes_has_no_api() {
    let template = template(&App::new(), "idle");
    let document = &template.document;
    let resources = document["Resources"].as_object().unwrap();
    assert_eq!(resources.keys().collect::<Vec<_>>(), ["Function"]);
    assert!(document["Outputs"].get("Url").is_none() && document.get("Conditions").is_none());
    assert!(resources["Function"]["Properties"].get("Events").is_none());
}

#[test]
fn the_architecture_is_what_it_is_built_for() {
    for (architecture, name) in [(Architecture::X86, "x86_64"), (Architecture::Arm, "arm64")] {
        let template = Template::of(&App::new(), "idle", architecture);
        let properties = &template.document["Resources"]["Function"]["Properties"];
        assert_eq!(properties["Architectures"], serde_json::json!([name]));
    }
}

mod catch_all {
    use super::*;

    #[povery_macros::event(eventbridge, crate = crate)]
    async fn on_any() {}

    #[povery_macros::event(eventbridge, detail_type = "Item Sold", crate = crate)]
    async fn on_sold() {}

    #[test]
    fn a_handler_of_all_events_has_the_only_rule() {
        let app = App::new().events(crate::events![on_sold, on_any]);
        let template = template(&app, "shop");
        let rule = serde_json::json!({
            "EventBusName": { "Ref": "EventBusName" },
            "Pattern": { "source": [{ "prefix": "" }] },
        });
        let events = events(&template);
        assert_eq!(events["OnAnyEvent"]["Properties"], rule);
        assert_eq!(events.len(), 1);
    }
}

mod names {
    use super::*;

    #[povery_macros::route(GET, "/x/<p2>/<größe>", crate = crate)]
    async fn sized(p2: u32, größe: u32) {
        let _ = (p2, größe);
    }

    #[povery_macros::event(sqs, queue = "roles", crate = crate)]
    async fn role() {}

    #[povery_macros::event(sqs, queue = "others", crate = crate)]
    async fn ж() {}

    #[test]
    fn names_are_no_one_elses() {
        let app = App::new()
            .routes(crate::routes![sized])
            .events(crate::events![role, ж]);
        let template = template(&app, "shop");
        let events = events(&template);
        assert_eq!(events["SizedGet"]["Properties"]["Path"], "/x/{p2}/{p2_}");
        // `FunctionRole` is the role of the function.
        assert!(events.contains_key("RoleEvent") && events.contains_key("Event"));
    }
}
