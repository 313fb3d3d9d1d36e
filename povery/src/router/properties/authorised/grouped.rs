//! The same routes in no group, or in two of which one is in the other.

use std::cell::Cell;

use super::Random;
use crate::middleware::{Next, from_fn};
use crate::response::{Body, Response};
use crate::route::RouteTable;
use crate::{App, Group};

thread_local! {
    /// How many layers of groups have been given the request.
    pub(super) static LAYERED: Cell<usize> = const { Cell::new(0) };
}

async fn layered(request: http::Request<Body>, next: Next) -> Response {
    LAYERED.set(LAYERED.get() + 1);
    next.run(request).await
}

/// A table, and the two that it is made of.
pub(super) struct Parts {
    pub(super) all: RouteTable,
    pub(super) first: RouteTable,
    pub(super) second: RouteTable,
}

/// What a group asks of callers.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) roles: &'static [&'static str],
    pub(super) scopes: &'static [&'static str],
}

impl Asked {
    fn random(random: &mut Random) -> Self {
        Self {
            roles: random.of(&[&[][..], &[], &["ADMIN"], &["EDITOR", "ADMIN"]]),
            scopes: random.of(&[&[][..], &[], &[], &["users:read"]]),
        }
    }

    fn group(self, table: RouteTable) -> Group {
        let group = Group::new(table).layer(from_fn(layered));
        // To ask for nothing is a mistake of its own.
        let group = match self.roles {
            [] => group,
            roles => group.roles(roles.iter().copied()),
        };
        match self.scopes {
            [] => group,
            scopes => group.scopes(scopes.iter().copied()),
        }
    }
}

/// The groups around the routes: none, or the outer one around all and the inner one around those from a place on.
pub(super) struct Groups {
    asked: Vec<Asked>,
    inner_from: usize,
}

impl Groups {
    /// Those around the route in this place, the outermost first.
    pub(super) fn of(&self, place: usize) -> &[Asked] {
        match place < self.inner_from {
            true => &self.asked[..self.asked.len().min(1)],
            false => &self.asked,
        }
    }
}

impl Parts {
    pub(super) fn added(&self, random: &mut Random) -> (App, Groups) {
        let inner_from = self.first.count();
        if random.below(2) == 0 {
            let app = App::new().routes(self.all);
            let asked = Vec::new();
            return (app, Groups { asked, inner_from });
        }
        let (outer, inner) = (Asked::random(random), Asked::random(random));
        let group = outer.group(self.first).group(inner.group(self.second));
        let asked = vec![outer, inner];
        (App::new().group(group), Groups { asked, inner_from })
    }
}
