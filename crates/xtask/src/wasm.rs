//! The dashboard's browser part: compiled, bound, optimised, compressed, and put beside the styles as the site's root.
//!
//! ```text
//! <build folder>/site/<clone>/pkg/dashboard.js  dashboard_bg.wasm  dashboard.css  (and each with .br and .gz)
//! ```

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::place::Place;
use crate::process;
use crate::tools::wasm::{self as tools, TARGET};
use crate::{lock, ui, wasm_features};

/// Changes when the steps below do, so that an older result isn't taken for a current one.
const RECIPE: &str = "4";
/// Files of the package that never reach the browser's program.
const NOT_CODE: [&str; 5] = ["style", "public", "tests", ".sqlx", "README.md"];

/// Builds what changed; gives the site's root.
pub fn build(place: &Place) -> Result<PathBuf> {
    let site = place.target.join("site").join(&place.hash);
    let _lock = lock::take(&place.target.join("govconnect-site.lock"), "building the browser part")?;
    fs::create_dir_all(site.join("pkg"))?;
    let compiler = tools::provide(place)?;
    let inputs = fingerprint(place, &compiler.version()?)?;
    let stamp = site.join(".inputs");
    let program = site.join("pkg/dashboard_bg.wasm");
    if fs::read_to_string(&stamp).is_ok_and(|before| before == inputs) && program.is_file() {
        ui::note("unchanged");
    } else {
        let _ = fs::remove_file(&stamp);
        compile(place, &compiler, &site)?;
        fs::write(&stamp, &inputs)?;
    }
    assets(place, &site)?;
    let small = fs::metadata(site.join("pkg/dashboard_bg.wasm.br"))?.len();
    ui::note(format!("dashboard_bg.wasm: {} kB, brotli {} kB", fs::metadata(&program)?.len() / 1000, small / 1000));
    Ok(site)
}

fn compile(place: &Place, compiler: &tools::Compiler, site: &Path) -> Result<()> {
    let target = place.target.join("wasm");
    let mut build = compiler.build(place);
    // Together with `wasm_features`: see there why.
    build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Ctarget-feature=-reference-types");
    build.env("CARGO_TARGET_DIR", &target).args([
        "--lib",
        "-p",
        "dashboard",
        "--no-default-features",
        "--features",
        "hydrate",
        "--profile",
        "wasm",
    ]);
    process::must(&mut build).context("the browser part can't be compiled")?;
    let compiled = target.join(TARGET).join("wasm/dashboard.wasm");
    let bound = site.join("bound");
    let _ = fs::remove_dir_all(&bound);
    wasm_bindgen_cli_support::Bindgen::new()
        .input_bytes("dashboard", wasm_features::without(fs::read(&compiled)?, "reference-types"))
        .web(true)?
        .out_name("dashboard")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&bound)
        .context("the browser part can't be bound to JavaScript")?;
    optimize(place, &bound.join("dashboard_bg.wasm"))?;
    publish_tree(&bound, &site.join("pkg"))?;
    fs::remove_dir_all(&bound)?;
    Ok(())
}

fn optimize(place: &Place, program: &Path) -> Result<()> {
    let Some(mut optimizer) = tools::optimizer(place) else {
        ui::note("wasm-opt can't be had, so the browser part is larger than it needs to be: install binaryen");
        return Ok(());
    };
    let smaller = program.with_extension("opt");
    // What rustc's default target uses and older versions of wasm-opt don't take for granted.
    let features = ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext", "multivalue"];
    optimizer.args(["-Oz", "-o"]).arg(&smaller).arg(program).args(features.map(|name| format!("--enable-{name}")));
    match process::output(&mut optimizer) {
        Ok(_) => fs::rename(&smaller, program)?,
        Err(error) => ui::note(format!("wasm-opt leaves it as it is: {error:#}")),
    }
    Ok(())
}

/// Styles and public files; cheap, so done every time.
fn assets(place: &Place, site: &Path) -> Result<()> {
    let dashboard = place.root.join("dashboard");
    let main = dashboard.join("style/main.css");
    if main.is_file() {
        publish(&site.join("pkg/dashboard.css"), &fs::read(main)?)?;
    }
    for folder in ["style", "public"] {
        let from = dashboard.join(folder);
        if from.is_dir() {
            publish_tree(&from, site)?;
        }
    }
    Ok(())
}

fn publish_tree(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            publish_tree(&entry.path(), &target)?;
        } else {
            publish(&target, &fs::read(entry.path())?)?;
        }
    }
    Ok(())
}

/// Writes a file and its compressed siblings, unless it is there already.
fn publish(path: &Path, bytes: &[u8]) -> Result<()> {
    let sibling = |extension: &str| PathBuf::from(format!("{}.{extension}", path.display()));
    if fs::read(path).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let compressible = path.extension().is_some_and(|extension| {
        ["js", "wasm", "css", "svg", "json", "html", "txt"].iter().any(|known| extension == *known)
    });
    if compressible {
        let mut small = Vec::new();
        let settings = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
        brotli::BrotliCompress(&mut &*bytes, &mut small, &settings)?;
        replace(&sibling("br"), &small)?;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(bytes)?;
        replace(&sibling("gz"), &gzip.finish()?)?;
    }
    replace(path, bytes)
}

/// A running dashboard serves from here: it sees the old file or the new one.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let draft = PathBuf::from(format!("{}.new", path.display()));
    fs::write(&draft, bytes)?;
    fs::rename(&draft, path).with_context(|| format!("can't write {}", path.display()))
}

/// A digest of everything that the browser's program is made from.
fn fingerprint(place: &Place, compiler: &str) -> Result<String> {
    let mut digest = Sha256::new();
    digest.update(RECIPE);
    digest.update(compiler);
    for file in ["Cargo.toml", "Cargo.lock"] {
        digest.update(fs::read(place.root.join(file))?);
    }
    for folder in ["dashboard", "crates/contracts"] {
        let folder = place.root.join(folder);
        let mut files = Vec::new();
        collect(&folder, &mut files)?;
        files.sort();
        for file in files {
            digest.update(file.strip_prefix(&folder)?.as_os_str().as_encoded_bytes());
            digest.update(fs::read(&file)?);
        }
    }
    Ok(hex::encode(digest.finalize()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if NOT_CODE.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_file_has_compressed_siblings() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pkg/dashboard.css");
        let text = "body { margin: 0 }\n".repeat(100);
        publish(&path, text.as_bytes()).unwrap();
        for name in ["dashboard.css.br", "dashboard.css.gz"] {
            let small = fs::metadata(path.with_file_name(name)).unwrap().len();
            assert!(small > 0 && small < text.len() as u64, "{name}");
        }
        assert!(!path.with_file_name("dashboard.css.new").exists());
    }
}
