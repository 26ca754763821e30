# Steps of `lints`.

# No file has a word that the glossary of STYLE.md replaces, or its plural, if it is in code quotes
# there. Texts in other languages than English may.
words_are_those_of_the_glossary() {
    local words
    words=$(sed -n '/^## Glossary/,/^## /s/^|.*|.*|\(.*\)|$/\1/p' STYLE.md | grep -o '`[^`]*`' |
        tr -d '`' | sed 's/ /[ _]/g' | paste -s -d '|')
    words="(^|[^a-z])($words)s?([^a-z]|$)"
    ! git grep -niE "$words" -- \
        ':!STYLE.md' ':!*/texts/*' ':!*.snap' ':!*.lock' ':!*-lock.json' &&
        ! git grep -niE "$words" -- '*/texts/mod.rs' '*/texts/en.rs'
}

# is_listed PARTS FILE SCRIPT: whether sed finds exactly these parts in the file, in their order.
is_listed() {
    local found
    found=$(sed -n "$3" "$2" | tr -d ',' | paste -s -d ' ' -)
    if [[ $found != "$1" ]]; then
        echo "$2 lists $found, and not $1" >&2
        return 1
    fi
}

parts_are_the_same_everywhere() {
    is_listed "$PARTS $OTHER_PARTS" .ci/run 's|^#   \.ci/run \([a-z]\{1,\}\) .*|\1|p'
    is_listed "$PARTS $OTHER_PARTS" justfile 's|^    \.ci/run \([a-z]\{1,\}\)$|\1|p'
    is_listed "$PARTS" .github/workflows/ci.yml 's/^ *part: \[\(.*\)\]$/\1/p'
    is_listed "$PARTS" CONTRIBUTING.md '/^## CI$/,/^## A/s/^| `\([a-z]*\)` .*/\1/p'
}
