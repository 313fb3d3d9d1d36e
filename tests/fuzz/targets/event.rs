//! Any bytes as an event: an answer that its gateway can read and that no input makes a 5xx, or the
//! invocation's error in povery's own words.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use povery::App;
use povery_fuzz::answer::Answer;

static APP: LazyLock<App> = LazyLock::new(povery_tests_specimen::app);

fuzz_target!(|event: &[u8]| {
    match povery_fuzz::invoke(&APP, event) {
        Ok(bytes) => {
            let answer = Answer::read(&bytes);
            assert!(answer.status < 500, "{answer:?}");
            // The answer to HEAD has no body.
            if answer.status >= 400 && !answer.body.is_empty() {
                answer.refusal();
            }
        }
        Err((kind, _)) => assert_eq!(kind, "Povery.UnknownEvent"),
    }
});
