//! Snapshots of what routes expand to: the three of the users application, one that runs once, and a broken one.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, File, Item, ItemStruct};

use super::route;

fn expansion(attribute: TokenStream, item: TokenStream) -> String {
    formatted(route(attribute, item))
}

/// What is emitted, formatted, with the `impl` where `beside` puts it.
pub(crate) fn formatted(emitted: TokenStream) -> String {
    let mut file: File = syn::parse2(emitted).unwrap();
    let last = file.items.last_mut();
    let Some(Item::Struct(ItemStruct { attrs, .. })) = last else {
        panic!("the type comes last")
    };
    let is_beside = |attribute: &Attribute| {
        let last = attribute.path().segments.last();
        last.is_some_and(|last| last.ident == "beside")
    };
    let at = attrs.iter().position(is_beside).unwrap();
    let beside: File = attrs.remove(at).parse_args().unwrap();
    file.items.extend(beside.items);
    prettyplease::unparse(&file)
}

/// The part of it that does not stand in the source already.
fn generated(expansion: &str) -> &str {
    let (_, generated) = expansion.split_once("#[doc(hidden)]").unwrap();
    generated
}

#[test]
fn list_users() {
    let expansion = expansion(
        quote!(GET, "/users?<limit>&<after>"),
        quote! {
            /// A page of users, newest first.
            ///
            /// `after` is the last id of the page before.
            pub async fn list_users(
                #[validate(range(min = 1, max = 100))] limit: Option<u32>,
                after: Option<Uuid>,
                pool: Pool,
            ) -> Result<Json<UserPage>, FetchError> {
                answer(pool).await
            }
        },
    );
    insta::assert_snapshot!(expansion);
    let lines = generated(&expansion).lines().count();
    assert!(
        lines <= 41,
        "a route with three arguments takes {lines} lines"
    );
}

#[test]
fn get_user() {
    let expansion = expansion(
        quote!(GET, "/users/<id>"),
        quote! {
            /// One user.
            pub async fn get_user(id: Uuid, pool: Pool) -> Result<Json<UserEnvelope>, FetchError> {
                answer(pool).await
            }
        },
    );
    insta::assert_snapshot!(expansion);
}

#[test]
fn create_user() {
    let expansion = expansion(
        quote!(POST, "/users", status = 201),
        quote! {
            /// Creates a user.
            pub async fn create_user(
                Json(new): Json<CreateUser>,
                pool: Pool,
            ) -> Result<(Location, Json<Created>), CreateError> {
                answer(pool).await
            }
        },
    );
    insta::assert_snapshot!(expansion);
}

#[test]
fn order_with_a_key() {
    let expansion = expansion(
        quote!(POST, "/orders", idempotency_key = required),
        quote! {
            pub async fn order(Json(new): Json<NewOrder>, mut tx: Tx) -> Result<Json<Order>, OrderError> {
                answer(tx).await
            }
        },
    );
    insta::assert_snapshot!(expansion);
}

#[test]
fn a_broken_route() {
    let expansion = expansion(
        quote!(GTE, "/users/<id>", crate = web),
        quote! {
            #[cfg(unix)]
            pub(crate) async fn get_user(#[validate(range(max = 9))] idd: u32) {}
        },
    );
    insta::assert_snapshot!(expansion);
}

/// A function that an editor has caught half typed stays as it is.
#[test]
fn the_body_is_not_read() {
    let body = quote!({ let page = db. ; });
    let emitted = route(quote!(GET, "/users"), quote!(async fn list_users() #body));
    assert!(emitted.to_string().contains(&body.to_string()));
}
