//! The `melodyvision` command.
fn main() {}
