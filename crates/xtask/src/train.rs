//! `cargo xtask train`: from the texts in `ai-service/model/` to the model that ai-service ships.

use anyhow::Result;

use crate::cargo::cargo;
use crate::place::Place;
use crate::process;

/// Optimised: training takes seconds then, minutes otherwise. The result is the same to the byte.
pub fn run(place: &Place) -> Result<()> {
    let mut train = cargo(place);
    train.args(["run", "--quiet", "--release", "--package", "ai-service", "--", "train", "ai-service/model"]);
    process::must(&mut train)
}
