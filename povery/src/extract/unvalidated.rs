//! `Unvalidated<…>`: the spelt-out way round the rules.

/// A [`Json`](crate::Json), [`Query`](crate::Query) or [`Form`](crate::Form) of a type without
/// rules: `T` is `Deserialize` only.
///
/// Faults of the shape (missing fields, wrong types) are still gathered and answered all at once.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::Unvalidated;
///
/// #[derive(serde::Deserialize)]
/// struct Note {
///     text: String,
/// }
///
/// #[povery::route(POST, "/notes")]
/// async fn note(Unvalidated(Json(note)): Unvalidated<Json<Note>>) -> String {
///     note.text
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unvalidated<E>(pub E);
