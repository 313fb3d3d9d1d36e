//! Snapshots of what the derive expands to.

use quote::quote;

use super::http_error;

fn expansion(input: proc_macro2::TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(http_error(input)).unwrap())
}

#[test]
fn every_kind_of_answer() {
    let expansion = expansion(quote! {
        enum UserError {
            #[error("User not found")]
            #[http(404, code = "USER_NOT_FOUND")]
            NotFound,
            #[error("Email is already in use")]
            #[http(409, code = "EMAIL_TAKEN", constraint = "users_email_key")]
            EmailTaken,
            #[error("No such team")]
            #[http(404, constraint = "users_team_fkey")]
            NoTeam(#[source] sqlx::Error),
            #[error("Failed to fetch users")]
            #[http(database)]
            Database(#[source] sqlx::Error),
            #[error(transparent)]
            #[http(transparent)]
            Povery(#[from] PoveryError),
        }
    });
    insta::assert_snapshot!(expansion);
}

#[test]
fn a_broken_error() {
    let expansion = expansion(quote! {
        enum UserError<T> {
            #[http(4040)]
            NotFound(T),
            #[http(database)]
            Database(#[source] sqlx::Error),
        }
    });
    insta::assert_snapshot!(expansion);
}
