//! `examples/events`, as its page has it: under `cargo lambda watch`, invoked from the command line.

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::home::Home;
use povery_tests::scratch::Scratch;
use povery_tests::watch::{Watch, Watched};
use povery_tests::workspace;

/// The event that an invocation of the page sends.
fn event(arguments: &str) -> String {
    match arguments.split_once(' ') {
        Some(("--data-ascii", quoted)) => quoted.trim_matches('\'').to_owned(),
        Some(("--data-file", file)) => {
            let path = workspace::root().join(file);
            std::fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        }
        _ => panic!("an invocation without data: {arguments}"),
    }
}

#[tokio::test]
async fn what_the_page_of_the_example_shows_is_what_happens() {
    let data = Scratch::new();
    let directory = data.path().to_str().expect("text").to_owned();
    let watch = Watch::start(Watched {
        directory: workspace::root(),
        package: "events".into(),
        target_dir: workspace::target_dir(),
        environment: vec![("POVERY_DATA_DIR".to_owned(), directory)],
    })
    .await;
    let page = workspace::root().join("examples/events/README.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let mut lines = page.lines();
    let mut shown = 0;
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else {
            continue;
        };
        let expected = lines.next().expect("an answer");
        let said = if let Some(path) = command.strip_prefix("curl http://127.0.0.1:9000") {
            let home = watch.home();
            let answer = home.send(Method::GET, path, HeaderMap::new(), Bytes::new());
            String::from_utf8(answer.await.body.to_vec()).expect("text")
        } else {
            let invoke = "cargo lambda invoke -A 127.0.0.1 -P 9000 ";
            let event = event(command.strip_prefix(invoke).expect("an invocation"));
            let home = watch.invoke_home();
            let invoking = tokio::task::spawn_blocking(move || home.invoke(&event));
            invoking.await.expect("an answer")
        };
        assert_eq!(said.trim(), expected, "{command}\n{}", watch.log());
        shown += 1;
    }
    assert_eq!(shown, 4);
}
