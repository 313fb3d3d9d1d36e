//! The guide.

#[doc = include_str!("../docs/design.md")]
pub mod design {}
