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

#[cfg(test)]
mod tests {
    #[test]
    fn the_front_page_names_every_chapter_and_every_feature() {
        let page = include_str!("../docs/povery.md");
        let chapters = include_str!("docs.rs").lines();
        let chapters =
            chapters.filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(" {}"));
        let chapters: Vec<_> = chapters.map(|name| format!("docs::{name}`")).collect();
        let manifest = include_str!("../Cargo.toml");
        let (_, features) = manifest.split_once("[features]").unwrap();
        let (features, _) = features.split_once("[dependencies]").unwrap();
        let features = features.lines().filter_map(|line| line.split_once(" = ["));
        let features: Vec<_> = features
            .filter(|(name, _)| *name != "default")
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        assert!(chapters.len() > 10 && features.len() > 5);
        let missing = chapters.iter().chain(&features);
        let missing: Vec<_> = missing.filter(|name| !page.contains(*name)).collect();
        assert!(missing.is_empty(), "povery.md says nothing of {missing:?}");
    }
}
