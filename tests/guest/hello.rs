// SPDX-License-Identifier: BSD-3-Clause
// What Rust's library needs to print hello: streams, arguments, a heap, and an exit status.
use std::io::Write;

fn main() {
    let mut output = std::io::stdout();
    for argument in std::env::args() {
        writeln!(output, "{argument}").unwrap();
    }
    let squares: Vec<u64> = (0..10).map(|number| number * number).collect();
    println!("{squares:?}");
    std::process::exit(7);
}
