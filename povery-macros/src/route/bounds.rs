//! Judges the bounds of a rule against each other, as far as they are literals.

use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

/// What is wrong with bounds that admit no value, or that say the same thing twice.
pub(super) fn fault<'a>(value: impl Fn(&str) -> Option<&'a Expr>) -> Option<String> {
    let beside = ["min", "max"].into_iter().find(|key| value(key).is_some());
    if let (Some(_), Some(beside)) = (value("equal"), beside) {
        return Some(format!(
            "`equal` is a bound by itself: leave `{beside}` out"
        ));
    }
    for (lower, upper, exclusive) in [
        ("min", "max", false),
        ("min", "exclusive_max", true),
        ("exclusive_min", "max", true),
        ("exclusive_min", "exclusive_max", true),
    ] {
        let (Some(low), Some(high)) = (value(lower), value(upper)) else {
            continue;
        };
        let (Some(low), Some(high)) = (integer(low), integer(high)) else {
            continue;
        };
        if low > high || (exclusive && low == high) {
            return Some(format!(
                "no value is within these bounds: `{lower}` is {low}, `{upper}` is {high}"
            ));
        }
    }
    None
}

fn integer(written: &Expr) -> Option<i128> {
    match written {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse().ok(),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => integer(expr).map(|number: i128| -number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::{Expr, parse_str};

    fn is_faulty(bounds: &[(&str, &str)]) -> bool {
        let bounds: Vec<(&str, Expr)> = bounds
            .iter()
            .map(|(key, value)| (*key, parse_str(value).unwrap()))
            .collect();
        let value = |wanted: &str| bounds.iter().find(|(key, _)| *key == wanted);
        super::fault(|wanted| value(wanted).map(|(_, value)| value)).is_some()
    }

    #[test]
    fn bounds_that_admit_something() {
        for bounds in [
            [("min", "1"), ("max", "1")],
            [("min", "-2"), ("max", "1")],
            [("min", "1.5"), ("max", "1.0")],
            [("min", "MOST"), ("max", "0")],
            [("exclusive_min", "1"), ("max", "2u8")],
            [("exclusive_min", "0"), ("exclusive_max", "1")],
        ] {
            assert!(!is_faulty(&bounds), "{bounds:?}");
        }
        assert!(!is_faulty(&[("equal", "3")]));
    }

    #[test]
    fn bounds_that_admit_nothing() {
        for bounds in [
            [("min", "2"), ("max", "1")],
            [("min", "1"), ("max", "-1")],
            [("min", "1"), ("exclusive_max", "1")],
            [("exclusive_min", "1"), ("max", "1")],
            [("exclusive_min", "1u8"), ("exclusive_max", "1u8")],
            [("equal", "3"), ("min", "1")],
            [("equal", "3"), ("max", "MOST")],
        ] {
            assert!(is_faulty(&bounds), "{bounds:?}");
        }
    }
}
