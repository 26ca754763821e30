//! Each file is a module. The compiler ignores one that no `mod` line names, with all its tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::workspace::metadata;

#[test]
fn each_file_is_declared() {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let targets = packages.flat_map(|package| package["targets"].as_array().unwrap());
    let roots: BTreeSet<_> = targets
        .map(|target| PathBuf::from(target["src_path"].as_str().unwrap()))
        .collect();
    let folders: BTreeSet<_> = roots.iter().map(|root| root.parent().unwrap()).collect();
    assert!(folders.len() > 5, "{folders:?}");
    for folder in folders {
        check(folder, &roots);
    }
}

/// Checks the files in a folder and below.
fn check(folder: &Path, roots: &BTreeSet<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap();
    let paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    let parents = [folder.join("mod.rs"), folder.with_extension("rs")];
    let parents = parents
        .iter()
        .chain(roots.iter().filter(|root| root.parent() == Some(folder)));
    let declared: String = parents
        .filter_map(|parent| fs::read_to_string(parent).ok())
        .collect();
    for path in paths {
        let is_module = path.extension().is_some_and(|extension| extension == "rs");
        let is_folder = path.join("mod.rs").exists();
        if path.is_dir() {
            check(&path, roots);
        }
        if (is_module || is_folder) && !roots.contains(&path) && !path.ends_with("mod.rs") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let line = format!("mod {name};");
            assert!(
                declared.lines().any(|text| text.ends_with(&line)),
                "no file has `{line}` for {}",
                path.display()
            );
        }
    }
}
