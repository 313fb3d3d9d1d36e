use crate::report::{Ratio, Report, figure};

fn ratio(ours: f64, theirs: f64, limit: Option<f64>) -> Ratio {
    Ratio {
        measure: "median",
        case: "get-v2".to_owned(),
        pair: "povery / floor".to_owned(),
        ours,
        theirs,
        value: ours / theirs,
        unit: "µs",
        limit,
    }
}

#[test]
fn a_ratio_is_missed_beyond_its_limit() {
    let mut report = Report::default();
    report.add(ratio(12.0, 10.0, Some(1.20)));
    report.add(ratio(90.0, 10.0, None));
    assert_eq!(report.missed(), 0);
    report.add(ratio(12.1, 10.0, Some(1.20)));
    report.add(ratio(0.0, 0.0, Some(1.20)));
    assert_eq!(report.missed(), 2);
    let table = report.ratios();
    let verdicts: Vec<_> = table
        .lines()
        .skip(5)
        .filter_map(|line| line.rsplit('|').nth(1))
        .collect();
    assert_eq!(verdicts, [" pass ", "      ", " MISS ", " MISS "]);
    assert!(
        table.contains("| 12.1 µs | 10.0 µs | 1.210 | 1.20  | MISS |"),
        "{table}"
    );
}

#[test]
fn large_figures_have_no_fraction() {
    assert_eq!(figure(17.04), "17.0");
    assert_eq!(figure(161_442.9), "161443");
}
