//! The benchmark's own tests; a benchmark without a harness runs none.

#![expect(dead_code, reason = "the rest is what `main.rs` uses")]

mod bodies;
mod callgrind;
mod case;
mod event;
mod function;
mod host;
mod lane;
mod limits;
mod machine;
mod message;
mod options;
mod programs;
mod report;
mod statistics;

mod checks {
    mod bodies;
    mod callgrind;
    mod case;
    mod event;
    mod function;
    mod host;
    mod limits;
    mod machine;
    mod message;
    mod options;
    mod report;
    mod statistics;
}
