//! `template.yaml` and its naming scheme.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use saphyr::{LoadableYamlNode, YamlOwned};

/// The folder of the workspace.
pub fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

pub fn template() -> &'static YamlOwned {
    static TEMPLATE: OnceLock<YamlOwned> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let text = fs::read_to_string(root().join("template.yaml")).unwrap();
        YamlOwned::load_from_str(&text).unwrap().remove(0)
    })
}

/// A resource. Fails with what is to be added if there is none.
pub fn resource(id: &str) -> &'static YamlOwned {
    let found = template()["Resources"].as_mapping_get(id);
    found.unwrap_or_else(|| panic!("template.yaml: add the resource {id}"))
}

/// What is at this path in the properties of a resource. Fails with what is to be added if nothing
/// is.
pub fn property(id: &str, path: &str) -> &'static YamlOwned {
    let properties = resource(id).as_mapping_get("Properties");
    let found = path
        .split('.')
        .fold(properties, |node, key| node?.as_mapping_get(key));
    found.unwrap_or_else(|| panic!("template.yaml: add {path} to the properties of {id}"))
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
