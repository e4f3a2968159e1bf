//! The studio is part of the program: building it anew makes the program be built anew.

use std::fs;

fn main() {
    // An empty folder is a program without the studio, which says so. Without the folder cargo could not watch it.
    let studio = "../../web/dist";
    if let Err(error) = fs::create_dir_all(studio) {
        println!("cargo::warning=`{studio}` cannot be made: {error}");
    }
    println!("cargo::rerun-if-changed={studio}");
    println!("cargo::rerun-if-changed=build.rs");
}
