use crate::rounds::Times;

fn times(rounds: &[&[f64]]) -> Times {
    let mut times = Times::default();
    for round in rounds {
        times.add(round.to_vec());
    }
    times
}

#[test]
fn a_ratio_is_the_median_of_those_of_the_rounds() {
    // Both are slow in the second round; one has an outlier in the third.
    let ours = times(&[&[10.0, 11.0, 90.0], &[40.0, 44.0, 48.0], &[99.0]]);
    let theirs = times(&[&[20.0, 22.0, 24.0], &[80.0, 88.0, 96.0], &[20.0]]);
    assert_eq!(ours.beside(&theirs), 0.5);
    assert_eq!(ours.median(), 44.0);
    assert_eq!(ours.percentile(100.0), 99.0);
}

#[test]
fn what_was_not_measured_is_no_number() {
    let nothing = Times::default();
    assert!(nothing.median().is_nan());
    assert!(nothing.beside(&times(&[&[1.0]])).is_nan());
    assert!(times(&[&[]]).beside(&times(&[&[1.0]])).is_nan());
}
