use povery::{
    App, FromRequest, IdempotencyKey, Rejection, Request, Serializable, Stage, Transaction, Tx,
    routes,
};

type Work = Tx<Serializable>;

struct Orders(Tx);

impl FromRequest for Orders {
    const STAGE: Stage = Stage::Resource;
    const DATABASES: &'static [&'static str] = <Tx>::DATABASES;
    const TRANSACTION: Option<Transaction> = <Tx>::TRANSACTION;

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Tx::from_request(request).await.map(Self)
    }
}

#[povery::route(POST, "/orders", idempotency_key = required)]
async fn order(_: Work) {}

#[povery::route(DELETE, "/orders/<id>", idempotency_key)]
async fn cancel(id: u32, orders: Option<Orders>, tx: Result<Tx, Rejection>) {
    let _ = (id, orders.map(|orders| orders.0), tx);
}

#[povery::route(ANY, "/orders")]
async fn orders(_: Tx) {}

#[test]
fn holds() {
    let app = App::new().routes(routes![order, cancel, orders]);
    let keys: Vec<_> = app
        .route_table()
        .iter()
        .map(|route| route.idempotency_key())
        .collect();
    assert_eq!(
        keys,
        [
            Some(IdempotencyKey::Required),
            Some(IdempotencyKey::Optional),
            None
        ]
    );
}
