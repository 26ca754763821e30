//! `template.yaml` and its naming scheme.

use std::fs;
use std::path::Path;

use saphyr::{LoadableYamlNode, YamlOwned};

/// The folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

pub fn template() -> YamlOwned {
    let text = fs::read_to_string(root().join("template.yaml")).unwrap();
    YamlOwned::load_from_str(&text).unwrap().remove(0)
}

/// The prefix of a function's resources: `VerifyEmail` of `verify_email`.
pub fn logical_name(function: &str) -> String {
    let word = |word: &str| word[..1].to_uppercase() + &word[1..];
    function.split('_').map(word).collect()
}

/// The value of `!If`, `!GetAtt` and the like.
pub fn tagged<'n>(name: &str, node: &'n YamlOwned) -> Option<&'n YamlOwned> {
    match node {
        YamlOwned::Tagged(tag, inner) if tag.suffix == name => Some(inner),
        _ => None,
    }
}
