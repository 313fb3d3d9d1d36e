//! milestone
mod callgrind;
mod case;
mod event;
mod function;
mod host;
mod message;
mod statistics;
use std::path::Path;
fn main() {
    let mut args = std::env::args().skip(1);
    let which = args.next().unwrap();
    let only = args.next().unwrap();
    for program in args {
        let program = Path::new(&program);
        let name = program.file_name().unwrap().to_string_lossy().into_owned();
        for case in case::Case::all().filter(|c| only == "all" || c.name() == only) {
            if which == "instructions" {
                let n = callgrind::instructions(
                    program,
                    &format!("{name}.{}", case.name()),
                    &case.event(),
                    Path::new("/tmp/target-bench/profiles"),
                )
                .unwrap();
                println!("{name} {} {n}", case.name());
                continue;
            }
            let mut f = function::Function::start(function::Start {
                program,
                concurrency: 1,
                callgrind: None,
            })
            .unwrap();
            let (_, a) = f.invoke(&case.event()).unwrap();
            println!(
                "{name} {} fault {:?} {}",
                case.name(),
                case.fault(&a),
                case.event().len()
            );
            for (w, e, s) in case::refusals(case.payload) {
                let (_, a) = f.invoke(&e).unwrap();
                let g = case::Answer::read(&a).unwrap();
                if g.status != s {
                    println!("  {w}: {}", g.status)
                }
            }
            let mut ev = host::Prepared::new(&case.event());
            let mut t = vec![];
            for _ in 0..20000 {
                f.host()
                    .invoke(&mut ev, 1, &mut |d, _| {
                        t.push(d.as_nanos() as f64);
                        Ok(())
                    })
                    .unwrap();
            }
            println!(
                "{name} {} median {:?} p99 {:?} cpu {:?} rss {:?}",
                case.name(),
                statistics::median(&t),
                statistics::percentile(&t, 99.0),
                f.cpu_time().unwrap() / 20000,
                f.peak_memory()
            );
        }
    }
}
