//! Callers, as each gateway writes them into its context.

use super::Random;

/// Who calls.
#[derive(Debug, Default)]
pub(super) struct Caller {
    pub(super) roles: Vec<&'static str>,
    pub(super) scopes: Vec<&'static str>,
}

/// Some are nearly what routes ask for.
const ROLES: [&str; 6] = ["ADMIN", "EDITOR", "ADMINS", "admin", "DMIN", "ADMIN.EDITOR"];
const SCOPES: [&str; 5] = ["users:read", "users:write", "users", "users:", "USERS:READ"];

impl Caller {
    /// Somebody with a few of these, or nobody.
    pub(super) fn random(random: &mut Random) -> Option<Self> {
        if random.below(4) == 0 {
            return None;
        }
        let mut few = |all: &[&'static str]| {
            let mut few = Vec::new();
            for _ in 0..random.below(4) {
                few.push(random.of(all));
            }
            few
        };
        let (roles, scopes) = (few(&ROLES), few(&SCOPES));
        Some(Self { roles, scopes })
    }
}

/// What stands in the context of that gateway, by the number that `event` gives it, behind a comma. A gateway that
/// cannot say all of the caller says less, which the caller then is.
pub(super) fn written(random: &mut Random, gateway: usize, caller: &mut Option<Caller>) -> String {
    // An administrator in the place where only other gateways have one.
    const ELSEWHERE: &str =
        r#""cognito:groups":["ADMIN","EDITOR"],"scope":"users:read users:write","sub":"x""#;
    let Some(who) = caller else {
        return match (gateway, random.below(3)) {
            (0 | 2, 0) => format!(
                r#","authorizer":{{"jwt":{{"claims":{{{ELSEWHERE}}}}},"integrationLatency":7}}"#
            ),
            (0 | 2, _) => r#","authorizer":null,"identity":{"userArn":null}"#.to_owned(),
            (1, 0) => format!(r#","authorizer":{{"claims":{{{ELSEWHERE}}},"principalId":"x"}}"#),
            (3, 0) => format!(r#","authorizer":{{"jwt":{{"claims":{{{ELSEWHERE}}}}}}}"#),
            (4, _) => format!(
                r#","authorizer":{{"claims":{{{ELSEWHERE}}}}},"identity":{{"userArn":"x"}}"#
            ),
            (5, 0) => format!(
                r#","authorizer":{{"iam":{{"userArn":"x",{ELSEWHERE}}}}},"identity":{{"principal":"x"}}"#
            ),
            _ => String::new(),
        };
    };
    let (commas, brackets) = (who.roles.join(","), format!("[{}]", who.roles.join(" ")));
    let list = format!("{:?}", who.roles);
    let scope = who.scopes.join(" ");
    match (gateway, random.below(2)) {
        (0, 0) => format!(
            r#","authorizer":{{"claims":{{"sub":"u","cognito:groups":"{commas}","scope":"{scope}"}}}}"#
        ),
        (0, _) => format!(
            r#","authorizer":{{"principalId":"u","cognito:groups":"{commas}","scope":"{scope}"}}"#
        ),
        (1, 0) => format!(
            r#","authorizer":{{"jwt":{{"claims":{{"sub":"u","cognito:groups":"{brackets}","scope":"{scope}"}},"scopes":["users:read","users:write"]}}}}"#
        ),
        (1, _) => format!(
            r#","authorizer":{{"lambda":{{"sub":"u","cognito:groups":{list},"scope":"{scope}"}}}}"#
        ),
        (2, _) => format!(
            r#","authorizer":{{"claims":{{"sub":"u","cognito:groups":"{brackets}","scope":"{scope}"}}}}"#
        ),
        (3, _) => {
            *who = Caller::default();
            format!(
                r#","authorizer":{{"iam":{{"userArn":"u"}},"jwt":{{"claims":{{{ELSEWHERE}}}}}}}"#
            )
        }
        (4, _) => {
            *caller = None;
            format!(r#","authorizer":{{"jwt":{{"claims":{{{ELSEWHERE}}}}}}}"#)
        }
        _ => {
            *who = Caller::default();
            format!(r#","identity":{{"type":"AWS_IAM","principal":"u",{ELSEWHERE}}}"#)
                .replace("cognito:groups", "groups")
                .replace("\"scope\"", "\"scp\"")
        }
    }
}
