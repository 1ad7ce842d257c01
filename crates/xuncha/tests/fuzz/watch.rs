//! Runs a target in a thread of its own and watches it: what panics or takes too long is written down before the process ends.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::mutate::{Rng, mutated};
use crate::targets::Target;

/// Processor time that one input may take, built without optimisation.
const LIMIT_MS: u64 = 2_000;
/// Inputs of a run that is not timed.
const EXECUTIONS: u64 = 300;
/// Mutated inputs that are mutated on.
const POOL: usize = 200;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    pub executions: u64,
    pub bytes: u64,
    pub slowest_ms: u64,
}

/// What is being run, for the one who watches.
#[derive(Default)]
struct Current {
    input: Vec<u8>,
    /// Processor time of the thread when it began.
    began_ms: u64,
    thread: String,
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/fuzz");
    std::fs::create_dir_all(&folder).unwrap();
    folder.canonicalize().unwrap()
}

fn keep(name: &str, input: &[u8], why: &str) -> PathBuf {
    let mut hash = DefaultHasher::new();
    input.hash(&mut hash);
    let path = folder().join(format!("{name}-{why}-{:016x}", hash.finish()));
    std::fs::write(&path, input).unwrap();
    path
}

/// Processor time of a thread: the machine may be busy with other things, or have paused us.
fn cpu_ms(thread: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{thread}/schedstat")).ok()?;
    let nanos: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanos / 1_000_000)
}

fn this_thread() -> String {
    let link = std::fs::read_link("/proc/thread-self").unwrap_or_default();
    link.to_string_lossy().into_owned()
}

/// Runs mutated inputs for so many seconds, or a fixed number of them.
pub fn watched(target: &'static Target, seed: u64, seconds: Option<u64>) -> Done {
    let current = Arc::new(Mutex::new(Current::default()));
    let (sender, receiver) = channel();
    let shared = current.clone();
    let worker = std::thread::spawn(move || {
        let done = work(target, seed, seconds, &shared);
        let _ = sender.send(());
        done
    });
    while let Err(RecvTimeoutError::Timeout) = receiver.recv_timeout(Duration::from_millis(100)) {
        let current = current.lock().unwrap();
        let spent = cpu_ms(&current.thread).map(|now| now.saturating_sub(current.began_ms));
        if spent.is_some_and(|spent| spent > LIMIT_MS) {
            let path = keep(target.name, &current.input, "slow");
            eprintln!(
                "{}: more than {LIMIT_MS} ms for one input, kept as {}",
                target.name,
                path.display()
            );
            // A thread cannot be stopped from outside.
            std::process::exit(101);
        }
    }
    match worker.join() {
        Ok(done) => done,
        Err(_) => panic!("{}: see the input above", target.name),
    }
}

/// Inputs of the repository that a target begins with.
fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds");
    let Ok(entries) = std::fs::read_dir(folder.join(name)) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

/// Drawn by the grammar, or changed from an input that there is already; drawn ones are changed too.
fn next_input(target: &Target, pool: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    match target.draw.filter(|_| rng.below(2) == 0) {
        Some(draw) => {
            let drawn = draw(rng);
            match rng.below(3) {
                0 => mutated(&drawn, pool, target.words, rng),
                _ => drawn,
            }
        }
        None => {
            let from = rng.below(pool.len());
            mutated(&pool[from], pool, target.words, rng)
        }
    }
}

fn work(
    target: &'static Target,
    seed: u64,
    seconds: Option<u64>,
    current: &Mutex<Current>,
) -> Done {
    let mut runner = (target.prepare)();
    let mut pool = seeds(target.name);
    pool.extend(runner.corpus());
    assert!(!pool.is_empty(), "{} has no corpus", target.name);
    let originals = pool.len();
    let mut rng = Rng::new(seed);
    let thread = this_thread();
    let started = Instant::now();
    let mut done = Done::default();
    // Where even unwinding is impossible (a stack that overflowed), the last input stands here.
    let last = folder().join(format!("{}-current", target.name));
    loop {
        let is_over = match seconds {
            Some(seconds) => started.elapsed().as_secs() >= seconds,
            None => done.executions >= EXECUTIONS.max(originals as u64),
        };
        if is_over {
            break;
        }
        let is_plain = done.executions < originals as u64;
        let input = if is_plain {
            pool[done.executions as usize].clone()
        } else {
            next_input(target, &pool, &mut rng)
        };
        std::fs::write(&last, &input).unwrap();
        let began_ms = cpu_ms(&thread).unwrap_or(0);
        *current.lock().unwrap() = Current {
            input: input.clone(),
            began_ms,
            thread: thread.clone(),
        };
        if catch_unwind(AssertUnwindSafe(|| runner.run(&input))).is_err() {
            let path = keep(target.name, &input, "panic");
            panic!(
                "{}: input number {} panics, kept as {}",
                target.name,
                done.executions,
                path.display()
            );
        }
        let spent = cpu_ms(&thread).unwrap_or(0).saturating_sub(began_ms);
        done.slowest_ms = done.slowest_ms.max(spent);
        done.executions += 1;
        done.bytes += input.len() as u64;
        // Some inputs are mutated on; which ones, chance decides.
        if !is_plain && rng.below(40) == 0 {
            if pool.len() < originals + POOL {
                pool.push(input);
            } else {
                let at = originals + rng.below(POOL);
                pool[at] = input;
            }
        }
    }
    current.lock().unwrap().thread.clear();
    let _ = std::fs::remove_file(last);
    done
}
