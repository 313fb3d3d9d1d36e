//! What a function does besides HTTP, and what never does it.

mod actions;
mod example;
mod messages;
mod shapes;
mod workers;

use std::time::Duration;

use povery_tests::function::Function;

/// For a line of the log: it comes by another way than the answer.
const BOUND: Duration = Duration::from_secs(30);

fn probe() -> Function {
    Function::new(env!("CARGO_BIN_EXE_listeners-probe"))
}
