use crate::statistics::{Sequence, median, percentile};

#[test]
fn the_median_is_one_of_the_values() {
    assert_eq!(median(&[]), None);
    assert_eq!(median(&[3.0]), Some(3.0));
    assert_eq!(median(&[9.0, 1.0, 5.0]), Some(5.0));
    assert_eq!(median(&[9.0, 1.0, 5.0, 7.0]), Some(5.0));
}

#[test]
fn percentiles_are_of_the_nearest_rank() {
    let values: Vec<f64> = (1..=1000).rev().map(f64::from).collect();
    assert_eq!(percentile(&values, 99.0), Some(990.0));
    assert_eq!(percentile(&values, 100.0), Some(1000.0));
    assert_eq!(percentile(&values, 0.0), Some(1.0));
    assert_eq!(percentile(&[1.0, 2.0], 99.0), Some(2.0));
}

#[test]
fn an_order_has_every_number_once_and_differs_from_the_last() {
    let mut sequence = Sequence::new(7);
    let orders: Vec<_> = (0..10).map(|_| sequence.order(6)).collect();
    for order in &orders {
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [0, 1, 2, 3, 4, 5]);
    }
    assert!(orders.windows(2).any(|pair| pair[0] != pair[1]));
    assert_eq!(orders[0], Sequence::new(7).order(6));
}
