macro_rules! getter {
    ($name:ident, $path:literal, $parameter:ident: $type:ty, $limit:expr) => {
        /// Made by a macro.
        #[povery::route(GET, $path)]
        async fn $name(#[validate(range(max = $limit))] $parameter: $type) -> String {
            $parameter.to_string()
        }
    };
}

const LARGEST: u32 = 9;

getter!(one, "/ones/<id>", id: u32, 7);
getter!(two, "/twos/<number>", number: u32, LARGEST - 1);

#[test]
fn holds() {
    #[povery::route(GET, "/inside")]
    async fn inside() {}

    let app = povery::App::new().routes(povery::routes![one, two, inside]);
    assert_eq!(app.route_table().len(), 3);
}
