//! The folders of `shared` are layers: each imports only those before it.

use std::fs;
use std::path::{Path, PathBuf};

/// Each may import the ones before it.
const LAYERS: [&str; 8] = [
    "domain",
    "text",
    "brand",
    "telemetry",
    "store",
    "api",
    "use_cases",
    "runtime",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/src")
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn no_layer_imports_a_later_one() {
    for (place, layer) in LAYERS.iter().enumerate() {
        for file in rust_files(&source().join(layer)) {
            let text = fs::read_to_string(&file).unwrap();
            for path in text.split("crate::").skip(1) {
                let imported = path
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next();
                let imported = imported.unwrap();
                // Any other name is a macro, which the crate's root exports.
                let found = LAYERS.iter().position(|layer| *layer == imported);
                assert!(found <= Some(place), "{file:?} imports {imported}");
            }
        }
    }
}

#[test]
fn each_folder_is_a_layer() {
    let mut folders: Vec<_> = fs::read_dir(source())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "lib.rs")
        .collect();
    folders.sort();
    let mut layers = LAYERS.map(str::to_owned);
    layers.sort();
    assert_eq!(folders, layers);
}
