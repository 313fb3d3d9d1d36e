//! The specimen as a function.

fn main() -> povery::Exit {
    povery_tests_specimen::app().run()
}
