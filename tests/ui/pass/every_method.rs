use povery::{App, Method, routes};

macro_rules! home {
    ($($method:ident $name:ident),*) => {
        $(
            #[povery::route($method, "/")]
            async fn $name() {}
        )*

        #[test]
        fn holds() {
            let app = App::new().routes(routes![$($name),*]);
            let methods: Vec<_> = app.route_table().iter().map(|route| route.method()).collect();
            assert_eq!(methods.len(), 9);
            assert_eq!(methods.last(), Some(&Method::Any));
            app.check().unwrap();
        }
    };
}

home!(
    GET get, HEAD head, POST post, PUT put, PATCH patch, DELETE delete, OPTIONS options, TRACE trace,
    ANY any
);
