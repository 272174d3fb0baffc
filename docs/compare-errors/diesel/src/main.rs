mod base;

fn main() {}
