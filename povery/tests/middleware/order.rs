//! In which order layers are given a request: random applications, and an oracle that writes the order down.

use povery::prelude::*;
use povery::test::{TestClient, TestRequest};
use povery::{Authorizer, Group, RouteTable, routes};

use crate::{Mark, mark, note, noted};

#[povery::route(GET, "/two/<n>", layers(mark("own1"), mark("own2")))]
async fn two(n: u8) {
    note(format!("handler {n}"));
}

#[povery::route(POST, "/one", layers(mark("own1")))]
async fn one() {
    note("handler");
}

#[povery::route(GET, "/none")]
async fn none() {
    note("handler");
}

const ROUTES: RouteTable = routes![two, one, none];

/// Up to three layers of that name.
fn some(random: &mut fastrand::Rng, name: &str) -> Vec<Mark> {
    let count = random.usize(..4);
    (0..count)
        .map(|number| mark(&format!("{name}{number}")))
        .collect()
}

/// What is noted where all of them let the request in: the last one first.
fn around(marks: &[Mark], within: Vec<String>) -> Vec<String> {
    let enter = marks.iter().rev().map(|Mark(name)| format!("+{name}"));
    let leave = marks.iter().map(|Mark(name)| format!("-{name}"));
    enter.chain(within).chain(leave).collect()
}

struct Case {
    client: TestClient,
    /// Of the application, every route, the outer group and the inner one.
    layers: [Vec<Mark>; 4],
}

impl Case {
    fn random(random: &mut fastrand::Rng) -> Self {
        let layers = ["app", "route", "outer", "inner"].map(|name| some(random, name));
        let [app_layers, route_layers, outer, inner] = &layers;
        let group = |prefix: RouteTable, layers: &[Mark]| {
            let group = Group::new(prefix);
            layers.iter().cloned().fold(group, Group::layer)
        };
        let inner = group(routes!["/inner" => ROUTES], inner);
        let group = match random.bool() {
            true => group(routes!["/outer" => ROUTES], outer).group(inner),
            false => {
                let group = Group::new(routes!["/outer" => ROUTES]).group(inner);
                outer.iter().cloned().fold(group, Group::layer)
            }
        };
        // Whether a layer or what it stands around comes first makes no difference.
        let mut app = App::new().authorizer(Authorizer::gateway());
        let is_early = random.bool();
        if is_early {
            app = route_layers.iter().cloned().fold(app, App::route_layer);
        }
        app = app.group(group).routes(routes!["/bare" => ROUTES]);
        if !is_early {
            app = route_layers.iter().cloned().fold(app, App::route_layer);
        }
        app = app_layers.iter().cloned().fold(app, App::layer);
        let client = TestClient::new(app);
        Self { client, layers }
    }

    async fn check(&self, request: TestRequest, status: u16, expected: Vec<String>) {
        let answer = request.send().await;
        assert_eq!(answer.status(), status);
        assert_eq!(noted(), around(&self.layers[0], expected));
    }
}

#[tokio::test]
async fn each_layer_sees_each_request_once_from_the_outermost_to_the_innermost() {
    for seed in 0..300 {
        let case = Case::random(&mut fastrand::Rng::with_seed(seed));
        let [_, route, outer, inner] = &case.layers;
        let client = &case.client;
        let own = |names: &[&str], handler: &str| {
            // The first is the outermost, as it is read.
            let marks: Vec<_> = names.iter().rev().map(|name| mark(name)).collect();
            around(&marks, vec![handler.to_owned()])
        };
        for (method, path, own) in [
            ("GET", "two/7", own(&["own1", "own2"], "handler 7")),
            ("HEAD", "two/7", own(&["own1", "own2"], "handler 7")),
            ("POST", "one", own(&["own1"], "handler")),
            ("GET", "none", own(&[], "handler")),
        ] {
            let in_inner = around(outer, around(inner, own.clone()));
            for (prefix, expected) in [
                ("bare", own.clone()),
                ("outer", around(outer, own)),
                ("inner", in_inner),
            ] {
                let request = client.request(method.parse().unwrap(), &format!("/{prefix}/{path}"));
                let expected = around(route, expected);
                case.check(request.user("u", ["A"]), 204, expected).await;
            }
        }
        let refused = || around(route, around(outer, own(&["own1", "own2"], "")));
        let refused = || {
            refused()
                .into_iter()
                .filter(|note| !note.is_empty())
                .collect()
        };
        let faulty = client.get("/outer/two/x").user("u", ["A"]);
        case.check(faulty, 400, refused()).await;
        for (request, status) in [
            (client.get("/nowhere"), 404),
            (client.get("/outer/two/7/"), 404),
            (client.get("/outer/%zz"), 400),
            (client.delete("/outer/one"), 405),
            (client.options("/inner/one"), 204),
            (client.get("/inner/none"), 401),
        ] {
            case.check(request, status, Vec::new()).await;
        }
    }
}

#[tokio::test]
async fn what_is_added_to_a_clone_is_not_added_to_the_original() {
    let app = App::new().routes(routes![none]);
    let more = app.clone().layer(mark("app")).route_layer(mark("route"));
    TestClient::new(app).get("/none").send().await;
    assert_eq!(noted(), ["handler"]);
    TestClient::new(more).get("/none").send().await;
    assert_eq!(noted(), ["+app", "+route", "handler", "-route", "-app"]);
}
