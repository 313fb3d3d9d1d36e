use std::collections::BTreeMap;

use super::*;

#[test]
fn every_constructor_has_its_status_and_code() {
    type Constructor = fn(&'static str) -> PoveryError;
    let cases: [(Constructor, u16, &str); 13] = [
        (PoveryError::bad_request, 400, "BAD_REQUEST"),
        (PoveryError::unauthenticated, 401, "UNAUTHENTICATED"),
        (PoveryError::forbidden, 403, "FORBIDDEN"),
        (PoveryError::not_found, 404, "NOT_FOUND"),
        (PoveryError::conflict, 409, "CONFLICT"),
        (PoveryError::gone, 410, "GONE"),
        (PoveryError::payload_too_large, 413, "PAYLOAD_TOO_LARGE"),
        (
            PoveryError::unsupported_media_type,
            415,
            "UNSUPPORTED_MEDIA_TYPE",
        ),
        (PoveryError::unprocessable, 422, "UNPROCESSABLE"),
        (PoveryError::too_many_requests, 429, "TOO_MANY_REQUESTS"),
        (PoveryError::bad_gateway, 502, "BAD_GATEWAY"),
        (PoveryError::unavailable, 503, "SERVICE_UNAVAILABLE"),
        (PoveryError::timeout, 504, "TIMEOUT"),
    ];
    for (constructor, status, code) in cases {
        let error = constructor("text");
        assert_eq!(error.status(), status);
        assert_eq!((error.code(), error.to_string().as_str()), (code, "text"));
        assert!(error.source().is_none());
    }
    let error = PoveryError::internal("a secret");
    assert_eq!((error.status().as_u16(), error.code()), (500, "INTERNAL"));
    assert_eq!(error.to_string(), "Internal server error");
    assert_eq!(error.chain(), "Internal server error: a secret");
}

#[test]
fn a_status_that_is_no_error_is_an_internal_one() {
    for status in [100, 200, 204, 304, 399, 600, 999] {
        let error = PoveryError::new(StatusCode::from_u16(status).unwrap(), "fine");
        assert_eq!((error.status().as_u16(), error.code()), (500, "INTERNAL"));
        assert_eq!(error.to_string(), "Internal server error");
        assert!(error.chain().contains("fine"), "{status}");
    }
    for status in [400, 418, 499, 500, 599] {
        let error = PoveryError::new(StatusCode::from_u16(status).unwrap(), "no");
        assert_eq!(error.status(), status);
    }
}

#[test]
fn fields_become_an_object_in_their_order() {
    let error = with_fields(answer(409), [("needed", 30.write()), ("at", "b".write())]);
    let written = error.inner.data.as_deref().map(RawValue::get);
    assert_eq!(written, Some(r#"{"needed":30,"at":"b"}"#));
    let one = with_data(answer(409), [1, 2].write());
    assert_eq!(one.data(), Some(serde_json::json!([1, 2])));
}

#[test]
fn data_without_a_form_in_json_is_left_out() {
    let odd = BTreeMap::from([((), 1)]);
    assert_eq!(with_data(answer(409), odd.write()).data(), None);
    let fields = [("fine", 1.write()), ("odd", odd.write())];
    assert_eq!(with_fields(answer(409), fields).data(), None);
    assert_eq!(PoveryError::conflict("text").with_data(&odd).data(), None);
}
