//! Lambda's context as povery's own.

use std::time::{Duration, Instant, SystemTime};

use lambda_runtime::Context;
use serde::Serialize;
use serde_json::Value;

use crate::request::LambdaContext;

/// What Lambda says of an invocation.
pub(super) fn lambda_context(context: Context, now: SystemTime) -> LambdaContext {
    let left = time_left(context.deadline, now);
    LambdaContext {
        request_id: context.request_id,
        function_arn: context.invoked_function_arn,
        trace_id: context.xray_trace_id,
        // One that is over before it begins is none: `cargo lambda watch` sends a constant.
        deadline: (!left.is_zero()).then(|| Instant::now() + left).into(),
        function_name: context.env_config.function_name.clone(),
        function_version: context.env_config.version.clone(),
        memory: u32::try_from(context.env_config.memory)
            .ok()
            .filter(|&memory| memory > 0),
        tenant_id: context.tenant_id,
        identity: context.identity.and_then(json),
        client_context: context.client_context.and_then(json),
    }
}

fn json(value: impl Serialize) -> Option<Value> {
    serde_json::to_value(value).ok()
}

/// The time until a deadline in milliseconds since 1970. A clock that has jumped gives no more than
/// the 15 minutes that an invocation can have.
pub(super) fn time_left(deadline: u64, now: SystemTime) -> Duration {
    const LONGEST: Duration = Duration::from_secs(15 * 60);
    let now = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Duration::from_millis(deadline)
        .saturating_sub(now)
        .min(LONGEST)
}
