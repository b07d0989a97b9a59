//! New migrations are embedded at the next build: cargo does not see them by itself.

fn main() {
    println!("cargo:rerun-if-changed=../migrations/ai");
}
