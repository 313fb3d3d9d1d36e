//! The guide.

#[doc = include_str!("../docs/design.md")]
pub mod design {}

#[doc = include_str!("../docs/extractors.md")]
pub mod extractors {}

#[doc = include_str!("../docs/validation.md")]
pub mod validation {}

#[doc = include_str!("../docs/errors.md")]
pub mod errors {}

#[doc = include_str!("../docs/authorization.md")]
pub mod authorization {}

#[doc = include_str!("../docs/middleware.md")]
pub mod middleware {}

#[doc = include_str!("../docs/front-door.md")]
pub mod front_door {}

#[cfg(feature = "postgres")]
#[doc = include_str!("../docs/database.md")]
pub mod database {}

#[cfg(feature = "postgres")]
#[doc = include_str!("../docs/idempotency.md")]
pub mod idempotency {}

#[cfg(feature = "postgres")]
#[doc = include_str!("../docs/health.md")]
pub mod health {}

#[doc = include_str!("../docs/credentials.md")]
pub mod credentials {}

#[cfg(feature = "events")]
#[doc = include_str!("../docs/events.md")]
pub mod events {}

#[doc = include_str!("../docs/lifecycle.md")]
pub mod lifecycle {}

#[doc = include_str!("../docs/observability.md")]
pub mod observability {}

#[doc = include_str!("../docs/testing.md")]
pub mod testing {}
