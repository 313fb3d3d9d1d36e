fn app() -> povery::App {
    struct Id(u32);

    impl<'de> serde::Deserialize<'de> for Id {
        fn deserialize<D: serde::Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
            u32::deserialize(text).map(Self)
        }
    }

    #[povery::route(GET, "/users/<id>")]
    async fn get_user(id: Id) -> String {
        id.0.to_string()
    }

    mod inner {
        #[povery::route(GET, "/inner")]
        pub async fn get_user() {}
    }

    povery::App::new().routes(povery::routes![get_user, inner::get_user])
}

#[test]
fn holds() {
    assert_eq!(app().route_table().len(), 2);
}
