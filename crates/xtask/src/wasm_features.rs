//! The `target_features` section of a WebAssembly module.
//!
//! wasm-bindgen passes JavaScript values as `externref` as soon as the module says that it uses reference types, which
//! rustc's target does by default. wasm-opt 108 (Debian 12) then exports the wrong one of the two tables, and the page
//! never comes to life. Our code is therefore compiled without reference types, and where the standard library was built
//! with them the word is taken out here: wasm-bindgen then keeps values in a table of its own, which every optimiser
//! understands.

/// The module without `feature` among those it says it uses; unchanged if it does not say so or can't be read.
pub fn without(module: Vec<u8>, feature: &str) -> Vec<u8> {
    rewrite(&module, feature).unwrap_or(module)
}

fn rewrite(module: &[u8], feature: &str) -> Option<Vec<u8>> {
    let mut at = 8;
    while at < module.len() {
        let start = at;
        let kind = *module.get(at)?;
        at += 1;
        let length = number(module, &mut at)?;
        let end = at.checked_add(length)?;
        if kind == 0 && name(module, &mut at)? == "target_features" {
            let section = section(module.get(at..end)?, feature)?;
            return Some([module.get(..start)?, &section, module.get(end..)?].concat());
        }
        at = end;
    }
    None
}

/// The whole section, header included, without the feature.
fn section(features: &[u8], unwanted: &str) -> Option<Vec<u8>> {
    let mut at = 0;
    let count = number(features, &mut at)?;
    let mut kept = Vec::new();
    let mut left = 0;
    for _ in 0..count {
        let start = at;
        at += 1;
        if name(features, &mut at)? != unwanted {
            kept.extend_from_slice(features.get(start..at)?);
            left += 1;
        }
    }
    let title = "target_features";
    let content = [leb(title.len()), title.as_bytes().to_vec(), leb(left), kept].concat();
    Some([vec![0], leb(content.len()), content].concat())
}

fn name<'a>(bytes: &'a [u8], at: &mut usize) -> Option<&'a str> {
    let length = number(bytes, at)?;
    let text = bytes.get(*at..at.checked_add(length)?)?;
    *at += length;
    std::str::from_utf8(text).ok()
}

/// An unsigned LEB128 number.
fn number(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut value = 0;
    for shift in (0..35).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn leb(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(features: &[&str]) -> Vec<u8> {
        let listed: Vec<u8> =
            features.iter().flat_map(|name| [&[b'+'][..], &leb(name.len()), name.as_bytes()].concat()).collect();
        let title = "target_features";
        let content = [leb(title.len()), title.as_bytes().to_vec(), leb(features.len()), listed].concat();
        [b"\0asm\x01\0\0\0".to_vec(), vec![1, 2, 0, 0], vec![0], leb(content.len()), content, vec![5, 1, 9]].concat()
    }

    #[test]
    fn one_feature_goes_and_everything_else_stays() {
        let before = module(&["bulk-memory", "reference-types", "sign-ext"]);
        assert_eq!(without(before, "reference-types"), module(&["bulk-memory", "sign-ext"]));
    }

    #[test]
    fn what_does_not_say_so_or_is_broken_off_is_left_alone() {
        let plain = module(&["sign-ext"]);
        assert_eq!(without(plain.clone(), "reference-types"), plain);
        for end in 0..plain.len() {
            without(plain[..end].to_vec(), "reference-types");
        }
    }
}
