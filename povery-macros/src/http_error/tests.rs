//! Snapshots of what the derive expands to, and the messages of its mistakes.

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
            #[error("Too many users")]
            #[http(402)]
            TooMany { #[http(data)] most: u32, #[http(data)] r#type: Plan },
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
fn errors_by_their_sqlstate() {
    let expansion = expansion(quote! {
        enum UserError {
            #[error("Refused by a trigger")]
            #[http(400, sqlstate = "P0")]
            Refused(#[source] sqlx::Error),
            #[error("Not yours")]
            #[http(403, sqlstate = "42501")]
            NotYours,
            #[error("Email is already in use")]
            #[http(409, constraint = "users_email_key", sqlstate = "P0001")]
            EmailTaken,
            #[error("Failed to fetch users")]
            #[http(database)]
            Database(#[source] sqlx::Error),
        }
    });
    // The order of the tests: a constraint, a code, a class.
    let tests = ["users_email_key", "42501", "P0001", "\"P0\""];
    let places = tests.map(|test| expansion.find(test).unwrap());
    assert!(places.is_sorted(), "{places:?} in {expansion}");
    insta::assert_snapshot!(expansion);
}

#[test]
fn a_struct_of_a_renamed_povery() {
    let expansion = expansion(quote! {
        #[http(402, code = "NO_FUNDS", crate = crate::web)]
        struct NoFunds<T: Currency>(#[http(data)] Amount<T>, u8);
    });
    // Nothing is named but by that path.
    for other in ["::povery", "::std", "::core", "Option", "Result"] {
        assert!(!expansion.contains(other), "{other} in {expansion}");
    }
    insta::assert_snapshot!(expansion);
}

#[test]
fn a_transparent_struct() {
    let expansion = expansion(quote! {
        #[http(transparent)]
        struct Wrapper<E> { #[source] inner: E }
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

/// The messages for a type, a line each.
fn mistakes(input: proc_macro2::TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(http_error(input)).unwrap();
    let mistakes = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(item) => item.mac.parse_body::<syn::LitStr>().ok(),
        _ => None,
    });
    mistakes.map(|message| message.value()).collect()
}

#[test]
fn one_mistake_is_one_message() {
    const STATUS: &str = "is a number from 400 to 599";
    let cases = [
        ("struct A;", "`A` has no answer"),
        ("#[http(crate = web)] struct A;", "`A` has no answer"),
        ("#[http()] struct A;", "`A` has no status"),
        ("#[http(code = \"A\")] struct A;", "`A` has no status"),
        ("#[http(\"404\")] struct A;", STATUS),
        ("#[http(-404)] struct A;", STATUS),
        ("#[http(399)] struct A;", STATUS),
        ("#[http(600)] struct A;", STATUS),
        ("#[http(99999)] struct A;", STATUS),
        ("#[http(404 code = \"A\")] struct A;", "expected `,`"),
        ("#[http(404, code)] struct A;", "expected `=`"),
        ("#[http(404, code = \"\")] struct A;", "this is empty"),
        (
            "#[http(404, code = 1)] struct A;",
            "expected string literal",
        ),
        ("#[http(404, 405)] struct A;", "the status is given twice"),
        (
            "#[http(404)] #[http(404)] struct A;",
            "status is given twice",
        ),
        ("#[http(404, data)] struct A(B);", "`data` marks a field"),
        (
            "#[http(404, constraint = \"a\")] struct A;",
            "beside a `database`",
        ),
        (
            "#[http(404, crate = a, crate = b)] struct A;",
            "given twice",
        ),
        (
            "#[http(404)] struct A(#[http(404)] B);",
            "an answer stands on",
        ),
        (
            "#[http(404)] struct A(#[http(code = \"A\")] B);",
            "an answer stands on",
        ),
        (
            "#[http(404)] struct A(#[http(date)] B);",
            "did you mean `data`?",
        ),
        (
            "#[http(404)] struct A(#[http(data, data)] B);",
            "given twice",
        ),
        (
            "#[http(404)] struct A(#[http(data)] B, #[http(data)] C);",
            "want names",
        ),
        ("#[http(transparent)] struct A;", "wraps exactly one error"),
        (
            "#[http(transparent)] struct A(B, C);",
            "wraps exactly one error",
        ),
        ("#[http(transparent, 404)] struct A(B);", "stands alone"),
        (
            "#[http(transparent, database)] struct A(B);",
            "stands alone",
        ),
        (
            "#[http(transparent)] struct A(#[http(data)] B);",
            "no `data` here",
        ),
        (
            "#[http(database)] struct A(#[http(data)] B);",
            "no `data` here",
        ),
        (
            "#[http(database)] struct A(#[from] B);",
            "put `#[source]` here",
        ),
        ("#[http(404)] union A { a: u8 }", "for an enum or a struct"),
        ("#[http(404)] enum A {}", "an enum stand on its variants"),
        (
            "enum A { #[http(404, crate = web)] B }",
            "above the whole type",
        ),
        ("enum A { #[http(404)] B, C }", "`C` has no answer"),
        (
            "enum A { #[http(409, constraint = \"b\")] B, #[http(database, 500)] C(D) }",
            "stands alone",
        ),
        (
            "enum A { #[http(409, constraint = \"b\")] B(D, E), #[http(database)] C(D) }",
            "has no field, or wraps",
        ),
        (
            "enum A { #[http(database)] B(D), #[http(database)] C(D) }",
            "only one variant is the `database` one",
        ),
    ];
    for (input, expected) in cases {
        let found = mistakes(input.parse().unwrap());
        assert_eq!(found.len(), 1, "{input}: {found:?}");
        assert!(found[0].contains(expected), "{input}: {found:?}");
    }
}

#[test]
fn one_mistake_of_a_sqlstate_is_one_message() {
    const FORM: &str = "a SQLSTATE has five characters of 0-9 and A-Z, its class two";
    const DATABASE: &str = "#[http(database)] Z(sqlx::Error)";
    let cases = [
        ("#[http(400, sqlstate = \"\")] A", FORM),
        ("#[http(400, sqlstate = \"P\")] A", FORM),
        ("#[http(400, sqlstate = \"P00\")] A", FORM),
        ("#[http(400, sqlstate = \"P00011\")] A", FORM),
        ("#[http(400, sqlstate = \"p0001\")] A", FORM),
        ("#[http(400, sqlstate = \"P000%\")] A", FORM),
        ("#[http(400, sqlstate = \"é\")] A", FORM),
        (
            "#[http(400, sqlstate = 42501)] A",
            "expected string literal",
        ),
        ("#[http(400, sqlstate)] A", "expected `=`"),
        (
            "#[http(400, sqlstate = \"22\", sqlstate = \"23\")] A",
            "the key `sqlstate` is given twice",
        ),
        (
            "#[http(400, sqlstate = \"22\")] A, #[http(409, sqlstate = \"22\")] B",
            "this SQLSTATE has a variant already",
        ),
        ("#[http(sqlstate = \"22\")] A", "`A` has no status"),
        (
            "#[http(400, sqlstate = \"22\")] A(u8, sqlx::Error)",
            "a `sqlstate` variant has no field, or wraps the `sqlx::Error`",
        ),
        (
            "#[http(400, sqlstate = \"22\")] A(#[from] sqlx::Error)",
            "writes `From<sqlx::Error>` itself",
        ),
        (
            "#[http(transparent, sqlstate = \"22\")] A(B)",
            "stands alone",
        ),
        (
            "#[http(400, sqlsate = \"22\")] A",
            "did you mean `sqlstate`?",
        ),
    ];
    for (variants, expected) in cases {
        let input = format!("enum E {{ {variants}, {DATABASE} }}");
        let found = mistakes(input.parse().unwrap());
        assert_eq!(found.len(), 1, "{input}: {found:?}");
        assert!(found[0].contains(expected), "{input}: {found:?}");
    }
    for (input, expected) in [
        (
            "enum E { #[http(400, sqlstate = \"22\")] A }",
            "a `sqlstate` wants a variant with `#[http(database)]`",
        ),
        (
            "#[http(400, sqlstate = \"22\")] struct A;",
            "a `sqlstate` belongs to a variant of an enum",
        ),
    ] {
        let found = mistakes(input.parse().unwrap());
        assert_eq!(found.len(), 1, "{input}: {found:?}");
        assert!(found[0].contains(expected), "{input}: {found:?}");
    }
}

#[test]
fn all_mistakes_come_at_once() {
    let found = mistakes(quote! {
        #[http(crat = web)]
        enum A {
            #[http(200, cod = "B", transparant)]
            B(#[http(code)] u8),
            #[http(404, -, code = "")]
            C,
            D,
        }
    });
    assert_eq!(found.len(), 8, "{found:#?}");
}
