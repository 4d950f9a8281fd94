// SPDX-License-Identifier: BSD-3-Clause
// Rust's threads, channels, locks and scoped borrows.
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{mpsc, Arc, Barrier, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

fn main() {
    let (sender, receiver) = mpsc::channel();
    let workers: Vec<_> = (0..8u64)
        .map(|id| {
            let sender = sender.clone();
            thread::spawn(move || {
                for value in 0..500 {
                    sender.send(id * value).unwrap();
                }
                id
            })
        })
        .collect();
    drop(sender);
    let ids: u64 = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
    println!("sum {}, ids {ids}", receiver.iter().sum::<u64>());

    let barrier = Arc::new(Barrier::new(4));
    let leaders = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| leaders.fetch_add(barrier.wait().is_leader().into(), Ordering::SeqCst));
        }
    });
    println!("leaders {}", leaders.load(Ordering::SeqCst));

    let pair = (Mutex::new(false), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(10));
            *pair.0.lock().unwrap() = true;
            pair.1.notify_all();
        });
        let begin = Instant::now();
        let ready = pair.1.wait_while(pair.0.lock().unwrap(), |ready| !*ready).unwrap();
        println!("ready {ready}, slept {}", begin.elapsed() >= Duration::from_millis(10));
    });
    println!("panicked {}", thread::spawn(|| panic!("expected")).join().is_err());
}
