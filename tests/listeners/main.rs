//! What a function does besides HTTP, and what never does it.

mod actions;
mod messages;
mod shapes;

use povery_tests::function::Function;

fn probe() -> Function {
    Function::new(env!("CARGO_BIN_EXE_listeners-probe"))
}
