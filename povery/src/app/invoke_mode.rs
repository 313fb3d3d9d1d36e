//! How a function is invoked.

/// How the gateways before a function invoke it: for [`App::invoke_mode`](crate::App::invoke_mode).
///
/// No event says it. It is a setting of the deployment, which the application has to repeat, because the two
/// modes have different formats. Answers to gateways that never stream are buffered in either, and the
/// local server streams in either. See [the guide](crate::docs::front_door#streaming).
///
/// # Example
///
/// ```no_run
/// use povery::InvokeMode;
/// use povery::prelude::*;
///
/// fn main() -> povery::Exit {
///     App::new().invoke_mode(InvokeMode::ResponseStream).run()
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvokeMode {
    /// `Invoke`: an answer is sent when it is complete, up to 6 MB. A stream is read to its end first.
    #[default]
    Buffered,
    /// `InvokeWithResponseStream`: a Function URL of the mode `RESPONSE_STREAM`, or a REST API of the
    /// transfer mode `STREAM`. Every answer is sent as it is made, up to 200 MB.
    ResponseStream,
}
