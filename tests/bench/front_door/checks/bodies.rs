use crate::bodies::{SIZES, text};
use crate::event::Payload;

#[test]
fn a_body_has_its_size_and_fits_lambda() {
    for (size, _) in SIZES {
        let body = text(size);
        assert_eq!(body.len(), size);
        let event = Payload::V2.event("POST", "/echo", Some(&body));
        assert!(event.len() < 6 * 1024 * 1024);
    }
}
