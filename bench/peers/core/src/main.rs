//! `core DIR keys` makes keys and tokens; `core DIR serve` runs contenders as it is told;
//! `core DIR repeat INDEX COUNT` runs one of them, for who counts instructions.

use std::path::Path;

use harness::{Algorithm, serve};
use peers_core::{contenders, keys};

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        [dir, "keys"] => {
            std::fs::create_dir_all(dir)?;
            for algorithm in Algorithm::ALL {
                keys::make(algorithm).write(Path::new(dir));
            }
            Ok(())
        }
        [dir, "serve"] => serve::serve(contenders::all(Path::new(dir))),
        [dir, "repeat", index, count] => {
            let index: usize = index.parse().expect("an index");
            let mut all = contenders::all(Path::new(dir));
            all[index].run(count.parse().expect("a count"));
            Ok(())
        }
        _ => Err(std::io::Error::other("usage: core DIR keys | serve | repeat INDEX COUNT")),
    }
}
