use crate::callgrind::total;

#[test]
fn the_parts_of_a_profile_are_summed() {
    let profile = "events: Ir\nfn=main\n1 20\ntotals: 20\npart: 2\ntotals: 22\n";
    assert_eq!(total(profile), Some(42));
    assert_eq!(total("events: Ir\n"), None);
    assert_eq!(total("totals: many\n"), None);
}
