//! The guide.

#[doc = include_str!("../docs/design.md")]
pub mod design {}

#[doc = include_str!("../docs/errors.md")]
pub mod errors {}
