"""The form of the pages, and what they refer to."""

import re
from pathlib import Path

from doc_checks.texts import FILES, PAGES, only, read, without_code

# What cites pages in comments or in texts for people.
CITING = {".html", ".js", ".rs", ".toml", ".ts", ".yaml", ".yml"}


def entry_pages_are_read_in_minutes(template: dict) -> None:
    for page, most in {"README.md": 140, "ARCHITECTURE.md": 200}.items():
        lines = len(read(page).splitlines())
        assert lines <= most, f"{page}: {lines} lines and not {most}"


def contents_list_every_section(template: dict) -> None:
    found = [page for page in PAGES if "\n**Contents:**" in read(page)]
    assert found
    for page in found:
        contents = only(r"^\*\*Contents:\*\*(.*?)\n\n", read(page))[1]
        listed = re.findall(r"\]\(#([\w-]+)\)", contents)
        headings = re.findall(r"^## +(.+)$", without_code(read(page)), re.MULTILINE)
        sections = [of for heading in headings for of in anchors(f"## {heading}")]
        assert listed == sections, f"{page}: {set(listed) ^ set(sections) or 'their order'}"


def commands_name_existing_files(template: dict) -> None:
    text = "\n".join(read(page) for page in PAGES)
    files = set(re.findall(r"(?:--data-file|-e) (\S+\.json)", text))
    invoked = set(re.findall(r"cargo lambda invoke (\w+)", text))
    resources = set(re.findall(r"sam local invoke (\w+)", text))
    assert files and invoked and resources
    assert files <= set(FILES), files - set(FILES)
    functions = {folder.name for folder in Path("functions").iterdir()}
    assert invoked <= functions, invoked - functions
    assert resources <= template["Resources"].keys(), resources - template["Resources"].keys()


def every_path_in_prose_exists(template: dict) -> None:
    parents = {str(parent) for file in FILES for parent in Path(file).parents}
    roots = {parent for parent in parents if "/" not in parent}
    for page in PAGES:
        for path in re.findall(r"`([\w.-]+/[\w./-]+)`", without_code(read(page))):
            # A word in capitals is to be replaced, as in functions/NAME.
            if path.partition("/")[0] in roots and not re.search(r"/[A-Z]+\b", path):
                assert path.rstrip("/") in parents.union(FILES), f"{page} names {path}"


def headings(text: str) -> list[str]:
    return re.findall(r"^#+ +(.+)$", without_code(text), re.MULTILINE)


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    found = set()
    for heading in headings(text):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        found.add(re.sub(r"[^\w\- ]", "", words).replace(" ", "-"))
    return found


def every_link_has_an_existing_target(template: dict) -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)\s]+)\)", without_code(read(page))):
            if re.match(r"\w+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = Path(page).parent / path if path else Path(page)
            assert target.exists(), f"{page} links to {link}"
            assert not anchor or anchor in anchors(read(target)), f"{page} links to {link}"


def programs_cite_existing_pages(template: dict) -> None:
    """By path, or by path and heading: docs/operate.md, "Alarms"."""
    cited, sections = set(), 0
    for file in FILES:
        if Path(file).suffix in CITING:
            # A sentence continues on the next line, also of a comment or a string of Rust.
            text = re.sub(r"\\?\n\s*(?:#|//[/!]?)?\s*", " ", read(file)).replace('\\"', '"')
            cited |= {(file, page) for page in re.findall(r"(?<![\w/.])docs/\w[\w/.-]*\w", text)}
            for page, heading in re.findall(r'([\w/]+\.md), "([^"]+)"', text):
                sections += 1
                found = [of.replace("`", "") for of in headings(read(page))]
                assert heading in found, f"{file} cites {heading!r} of {page}"
    assert cited and sections
    missing = {(file, page) for file, page in cited if not Path(page).exists()}
    assert not missing, missing


def develop_has_the_local_key_of_codes(template: dict) -> None:
    settings = read("local/src/stack/settings.rs")
    key = only(r'\("CODE_KEYS", "([^"]+)"\)', settings)[1]
    assert f" CODE_KEYS={key} " in read("docs/develop.md"), f"docs/develop.md: CODE_KEYS={key}"
