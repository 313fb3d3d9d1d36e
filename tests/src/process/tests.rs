//! Shells that behave and misbehave.

use super::*;

fn shell(script: &str) -> Guarded {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    Guarded::spawn("a shell", command)
}

fn alive(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn captures_both_streams_and_the_exit_code() {
    let process = shell("echo out; echo err >&2; exit 3");
    assert_eq!(process.wait_for_line("ou", GRACE).await, "out");
    assert_eq!(process.wait_for_line("err", GRACE).await, "err");
    assert_eq!(process.wait(GRACE).map(|ended| ended.code), Ok(Some(3)));
}

#[tokio::test]
#[should_panic(expected = "exited with code 1 before it printed \"ready\"; it said:\nno luck")]
async fn a_line_that_never_comes_shows_the_log() {
    shell("echo no luck; exit 1")
        .wait_for_line("ready", GRACE)
        .await;
}

#[tokio::test]
async fn the_whole_group_ends_even_if_it_ignores_sigterm() {
    let process = shell("trap '' TERM; (sleep 600 & echo pid $!; wait) & wait");
    let line = process.wait_for_line("pid ", GRACE).await;
    let grandchild = line.trim_start_matches("pid ").to_owned();
    assert!(alive(&grandchild));
    assert_eq!(process.kill().signal, Some(9));
    let deadline = Instant::now() + GRACE;
    while alive(&grandchild) {
        assert!(Instant::now() < deadline, "the grandchild is still alive");
        thread::sleep(POLL);
    }
}

#[tokio::test]
async fn the_group_ends_with_the_process_that_guards_it() {
    // The leash alone, driven as `spawn` drives it: closing its input is what `kill -9` of the
    // test process would do.
    let mut leash = Command::new("/bin/sh")
        .args(["-c", LEASH])
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("sh starts");
    let mut child = Command::new("sleep")
        .arg("600")
        .process_group(leash.id().cast_signed())
        .spawn()
        .expect("sleep starts");
    drop(leash.stdin.take());
    let ended = child.wait().expect("it is our child");
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&ended),
        Some(15)
    );
    assert!(!leash.wait().expect("it is our child").success());
}
