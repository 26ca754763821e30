# `just` lists the targets (https://just.systems). Without it, type their commands.

[private]
default:
    @just --list --unsorted

# The whole service on this machine; `just run --help` lists the flags
run *flags:
    cargo run -- {{ flags }}

# The tests whose name contains a word; `just test pasted --lib` looks among the unit tests
test name target='--test it':
    cargo test {{ target }} -- {{ name }}

# Write the snapshots of tests anew and show what is different; a word selects tests
snapshots name='':
    INSTA_UPDATE=always cargo test --package tests -- {{ name }}
    git status --short -- '*.snap'
    git diff -- '*.snap'

# Write the snapshots of template.yaml anew; `just template` installs what it needs
stacks:
    INSTA_UPDATE=always target/ci/venv/bin/python -m pytest -q .ci/test_template.py
    git diff -- .ci/stacks

# Format all Rust code
format:
    cargo fmt --all

# All that CI runs for a change
[group('ci')]
ci:
    .ci/run

# cargo test
[group('ci')]
tests:
    .ci/run tests

# Format, clippy, docs, spelling and style
[group('ci')]
lints:
    .ci/run lints

# Licenses, duplicates and sources of the crates
[group('ci')]
dependencies:
    .ci/run dependencies

# openapi.yaml against the running service, and clients of it and of the inbox
[group('ci')]
api:
    .ci/run api

# Page, inbox, preview and emails in a real browser, and the docs' programs for Node and FastAPI
[group('ci')]
browser:
    .ci/run browser

# template.yaml, and its deployment on an emulator of AWS
[group('ci')]
template:
    .ci/run template

# What sam build makes, and the programs in docs/operations
[group('ci')]
artefact:
    .ci/run artefact

# The crates against RustSec's database of advisories, which it downloads
[group('ci')]
advisories:
    .ci/run advisories

# admin and local for each platform that this machine can build for
[group('release')]
programs:
    .ci/run programs

# The archives of a release, in target/ci/release/archives
[group('release')]
release:
    .ci/run release

# The functions, built twice in different folders: the bytes must be the same
[group('ci')]
reproducible:
    .ci/run reproducible

# What the functions cost, into docs/performance.md; `BASE=main just bench` compares with a commit
[group('bench')]
bench:
    .ci/run bench

# Load, faults and kills, and an audit of what they left; `DURATION=60 just soak` takes two minutes
[group('bench')]
soak:
    .ci/run soak

# Each target of fuzz/ for a minute; `FUZZ_SECONDS=600 just fuzz` runs them for ten
[group('ci')]
fuzz:
    .ci/run fuzz

# Small changes of the code, each of which must fail a test; `BASE=main just mutants` changes what
# you changed
[group('ci')]
mutants:
    .ci/run mutants
