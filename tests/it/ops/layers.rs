//! Imports point down: among the folders of `shared`, and among the crates.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use local::functions::FUNCTIONS;
use proc_macro2::{Ident, TokenStream, TokenTree};
use serde_json::Value;

use crate::support::template::root;
use crate::support::workspace::metadata;

/// A layer or a crate, and all that it imports.
type Row = (&'static str, &'static [&'static str]);

/// The folders of `shared/src`, the lowest first.
const LAYERS: &[Row] = &[
    ("domain", &[]),
    ("text", &["domain"]),
    ("brand", &["domain", "text"]),
    ("telemetry", &["domain"]),
    ("store", &["domain", "telemetry"]),
    ("api", &["brand", "domain", "store", "telemetry", "text"]),
    ("use_cases", &["domain", "store", "telemetry"]),
    (
        "runtime",
        &["api", "brand", "domain", "store", "telemetry", "text"],
    ),
];

/// The beginnings of the names of AWS's crates, and the only layers that have such names.
const CRATES_OF_AWS: &[Row] = &[
    ("aws_", &["runtime", "store"]),
    ("lambda_", &["api", "runtime"]),
];

/// Macros, which the crate's root exports, and the layers that define them.
const MACROS: &[(&str, &str)] = &[("languages", "text"), ("open_connection", "runtime")];

/// Crates, the lowest first. [`crates`] adds the functions and what links them.
const CRATES: &[Row] = &[
    ("floor", &[]),
    ("shared", &[]),
    ("calls", &["shared"]),
    ("mail", &["shared"]),
    ("request_email_verification", &["mail", "shared"]),
    ("notify_previous_address", &["mail", "shared"]),
    ("admin", &["mail", "shared"]),
];

type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn each_layer_imports_what_its_row_says() {
    let source = root().join("shared/src");
    let expected = expected(LAYERS);
    let mut imports = Imports::new();
    for file in rust_files(&source) {
        let module = module_of(file.strip_prefix(&source).unwrap());
        // The root declares the layers.
        let Some(layer) = module.first() else {
            continue;
        };
        let imported = imported_layers(&file, &module);
        let row = expected.get(layer).cloned().unwrap_or_default();
        let outside: Vec<_> = imported.difference(&row).collect();
        assert!(outside.is_empty(), "{} imports {outside:?}", file.display());
        imports.entry(layer.clone()).or_default().extend(imported);
    }
    compare(&imports, &expected);
}

#[test]
fn each_crate_imports_what_its_row_says() {
    compare(&imports_of_crates(), &crates());
}

#[test]
fn only_the_outer_layers_know_aws() {
    let source = root().join("shared/src");
    let mut found = Imports::new();
    for file in rust_files(&source) {
        let module = module_of(file.strip_prefix(&source).unwrap());
        let text = fs::read_to_string(&file).unwrap();
        let names = names(text.parse().unwrap());
        for (prefix, _) in CRATES_OF_AWS {
            if let Some(layer) = module.first()
                && names.iter().any(|name| name.starts_with(prefix))
            {
                let layers = found.entry((*prefix).to_owned()).or_default();
                layers.insert(layer.clone());
            }
        }
    }
    compare(&found, &expected(CRATES_OF_AWS));
}

#[test]
fn each_row_imports_rows_above_it() {
    for table in [LAYERS, CRATES] {
        for (place, (name, imported)) in table.iter().enumerate() {
            let above: Vec<_> = table[..place].iter().map(|(name, _)| *name).collect();
            let is_above = |import: &&str| above.contains(import);
            assert!(imported.iter().all(is_above), "{name} imports {imported:?}");
        }
    }
}

/// Row by row, so that a difference is short.
fn compare(found: &Imports, expected: &Imports) {
    for name in found.keys().chain(expected.keys()) {
        let (found, expected) = (found.get(name), expected.get(name));
        assert_eq!(
            found, expected,
            "{name} imports (left), and may import (right)"
        );
    }
}

fn expected(table: &[Row]) -> Imports {
    let row = |(name, imported): &Row| {
        let imported = imported.iter().map(|name| (*name).to_owned()).collect();
        ((*name).to_owned(), imported)
    };
    table.iter().map(row).collect()
}

/// A function without a row imports `shared` alone. `local`, `properties` and `tests` import all
/// functions.
fn crates() -> Imports {
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let mut crates = expected(CRATES);
    let mut linked: BTreeSet<String> = set(&["mail", "shared"]);
    for function in FUNCTIONS {
        let name = function.name.to_owned();
        crates
            .entry(name.clone())
            .or_insert_with(|| set(&["shared"]));
        linked.insert(name);
    }
    crates.insert("local".to_owned(), linked.clone());
    crates.insert("properties".to_owned(), linked.clone());
    linked.extend(["admin", "local"].map(str::to_owned));
    crates.insert("tests".to_owned(), linked);
    crates
}

fn imports_of_crates() -> Imports {
    let metadata = metadata();
    let name = |of: &Value| of["name"].as_str().unwrap().to_owned();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: BTreeSet<_> = packages.iter().map(name).collect();
    let row = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap();
        let imported = dependencies.iter().map(name);
        (
            name(package),
            imported.filter(|name| ours.contains(name)).collect(),
        )
    };
    packages.iter().map(row).collect()
}

/// The other layers that a file imports.
fn imported_layers(file: &Path, module: &[String]) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let mut imported = BTreeSet::new();
    for path in paths(text.parse().unwrap(), module) {
        let name = path.first().map_or("the whole crate", String::as_str);
        let defined = MACROS.iter().find(|(exported, _)| *exported == name);
        let layer = defined.map_or(name, |(_, layer)| layer);
        if layer != module[0] {
            imported.insert(layer.to_owned());
        }
    }
    imported
}

fn names(tokens: TokenStream) -> Vec<String> {
    tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Ident(name) => vec![name.to_string()],
            TokenTree::Group(group) => names(group.stream()),
            _ => Vec::new(),
        })
        .collect()
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

/// `store::item` of `store/item.rs`, `store` of `store/mod.rs`, nothing of `lib.rs`.
fn module_of(file: &Path) -> Vec<String> {
    let path = file.with_extension("");
    let names = path.iter().map(|name| name.to_str().unwrap().to_owned());
    names
        .filter(|name| !["mod", "lib"].contains(&name.as_str()))
        .collect()
}

/// The paths that start with `crate`, `super` or `self` in `module`, from the crate's root on.
/// Comments and texts have none.
fn paths(tokens: TokenStream, module: &[String]) -> Vec<Vec<String>> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut rest = tokens.as_slice();
    loop {
        rest = match rest {
            [] => return found,
            [
                TokenTree::Ident(word),
                TokenTree::Ident(name),
                TokenTree::Group(body),
                after @ ..,
            ] if word == "mod" => {
                let inner = [module, &[name.to_string()]].concat();
                found.extend(paths(body.stream(), &inner));
                after
            }
            [TokenTree::Ident(word), next, ..] if starts_path(word, next) => {
                resolve(rest, module.to_vec(), &mut found)
            }
            [TokenTree::Group(group), after @ ..] => {
                found.extend(paths(group.stream(), module));
                after
            }
            [_, after @ ..] => after,
        };
    }
}

/// `use crate as root` counts, too.
fn starts_path(word: &Ident, next: &TokenTree) -> bool {
    ["crate", "super", "self"].iter().any(|start| word == start)
        && [":", "as"].contains(&next.to_string().as_str())
}

/// Follows a path, or each branch of a grouped one. Returns what is behind it.
fn resolve<'t>(
    tokens: &'t [TokenTree],
    mut path: Vec<String>,
    found: &mut Vec<Vec<String>>,
) -> &'t [TokenTree] {
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ':');
    match tokens {
        [TokenTree::Ident(name), after @ ..] => {
            match name.to_string().as_str() {
                "crate" => path.clear(),
                "super" => drop(path.pop()),
                "self" => {}
                name => path.push(name.to_owned()),
            }
            match after {
                [first, second, after @ ..] if is_colon(first) && is_colon(second) => {
                    resolve(after, path, found)
                }
                _ => {
                    found.push(path);
                    after
                }
            }
        }
        [TokenTree::Group(group), after @ ..] => {
            let tokens: Vec<_> = group.stream().into_iter().collect();
            let branches = tokens.split(|token| token.to_string() == ",");
            for branch in branches.filter(|branch| !branch.is_empty()) {
                resolve(branch, path.clone(), found);
            }
            after
        }
        // A glob imports all of the path.
        _ => {
            found.push(path);
            tokens
        }
    }
}

/// Escapes out of a layer, whatever their form.
#[test]
fn imports_are_seen_in_every_form() {
    let module = ["store", "item"].map(str::to_owned);
    for (text, expected) in [
        ("use crate::api;", "api"),
        (
            "use crate::{api, brand::{self, Brand}};",
            "api brand brand::Brand",
        ),
        ("use crate::{api::*,};", "api"),
        ("use crate::*;", ""),
        ("use crate as root;", ""),
        ("use super::Store;", "store::Store"),
        ("use super::super::api;", "api"),
        ("use super::{super::api, Store};", "api store::Store"),
        ("use self::text;", "store::item::text"),
        ("mod tests { use super::super::super::api; }", "api"),
        ("fn f(at: crate::api::Call) {}", "api::Call"),
        (
            "let call = Vec::<super::super::api::Call>::new();",
            "api::Call",
        ),
        ("const N: u8 = crate::api::N;", "api::N"),
        ("macro_rules! m { () => { $crate::api::f() } }", "api::f"),
        ("crate::open_connection!(x);", "open_connection"),
        ("self.find(self.key)", "none"),
        ("// crate::api\n\"crate::api\"", "none"),
    ] {
        let found = paths(text.parse().unwrap(), &module);
        let found: Vec<_> = found.iter().map(|path| path.join("::")).collect();
        let found = if found.is_empty() {
            "none".to_owned()
        } else {
            found.join(" ")
        };
        assert_eq!(found, expected, "{text}");
    }
}
