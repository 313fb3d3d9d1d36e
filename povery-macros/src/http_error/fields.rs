//! The fields of a variant or a struct: which one is wrapped, which are data.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Fields, Member};

use super::model::Field;
use super::parse::{self, Place};
use crate::errors::Errors;

/// The field, where there is exactly one.
pub(super) fn only(fields: &Fields) -> Option<Field> {
    let mut members = members(fields);
    members.next().filter(|_| fields.len() == 1)
}

/// The fields that are marked `#[http(data)]`. Several become an object, and so have names.
pub(super) fn data(fields: &Fields, errors: &Errors) -> Vec<Field> {
    let mut data = Vec::new();
    for (field, member) in fields.iter().zip(members(fields)) {
        let written = parse::attributes(&field.attrs, Place::Field, errors);
        let Some(mark) = written.and_then(|written| written.data) else {
            continue;
        };
        if !data.is_empty() && matches!(member.member, Member::Unnamed(_)) {
            errors.at(
                mark,
                "several fields with `data` become an object, and so want names: `{ #[http(data)] needed: u32, … }`",
            );
        }
        data.push(member);
    }
    data
}

/// The first `#[http(data)]`, for an error that stands there.
pub(super) fn mark(fields: &Fields) -> TokenStream {
    let mut attributes = fields.iter().flat_map(|field| &field.attrs);
    let mark = attributes.find(|attribute| attribute.path().is_ident("http"));
    mark.map(Attribute::to_token_stream).unwrap_or_default()
}

fn members(fields: &Fields) -> impl Iterator<Item = Field> {
    fields
        .iter()
        .zip(fields.members())
        .map(|(field, member)| Field {
            member,
            ty: field.ty.clone(),
        })
}
