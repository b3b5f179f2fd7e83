"""A run as JUnit XML, which CI servers show as tests: a suite for each corpus, a case for each adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from ..records import FAILURES, Results
from ._boards import corpora, ends
from ._foreign import visible

Findings = Mapping[tuple[str, str], Sequence[str]]
"""(corpus, adapter) -> what a check found wrong, a sentence each."""

SECONDS = {"s": 1.0, "ms": 1e-3, "ns": 1e-9}
"""Units of time in seconds."""


def render(results: Results) -> dict[str, bytes]:
    """`junit.xml`; see `document`."""
    return {"junit.xml": document(results, {})}


def document(results: Results, findings: Findings) -> bytes:
    """JUnit XML of a run and of what a check of it found.

    A case fails where the adapter failed on a page (error, timeout, oom or crash; an empty answer is none), and for
    each finding, each as an element of its own; one that was unavailable is skipped. `time` of a case is the median
    time of a page in seconds, 0 where none was taken; that of a suite is their sum. Elements and attributes are those
    that the schemas of Ant's JUnit task and of Jenkins have in common, in the order the former asks for.
    """
    root = ET.Element("testsuites")
    for number, corpus in enumerate(corpora(results)):
        root.append(_suite(results, corpus, number, findings))
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _suite(results: Results, corpus: str, number: int, findings: Findings) -> ET.Element:
    manifest = results.manifest
    adapters = list(dict.fromkeys([*manifest.adapters, *results.outcomes.get(corpus, {})]))
    cases = [_case(results, corpus, adapter, findings.get((corpus, adapter), ())) for adapter in adapters]
    suite = ET.Element(
        "testsuite",
        {
            "name": visible(corpus),
            "package": "boilerbench",
            "id": str(number),
            "timestamp": manifest.created[:19],
            "hostname": "localhost",
            "tests": str(len(cases)),
            "failures": str(sum(case.find("failure") is not None for case in cases)),
            "errors": "0",
            "skipped": str(sum(case.find("skipped") is not None for case in cases)),
            "time": f"{sum(float(case.attrib['time']) for case in cases):.6f}",
        },
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _facts(results, corpus).items():
        ET.SubElement(properties, "property", {"name": name, "value": visible(value)})
    suite.extend(cases)
    ET.SubElement(suite, "system-out")
    ET.SubElement(suite, "system-err")
    return suite


def _case(results: Results, corpus: str, adapter: str, found: Sequence[str]) -> ET.Element:
    about = results.manifest.adapters.get(adapter, {})
    names = {"name": visible(adapter), "classname": f"boilerbench.{visible(corpus)}"}
    case = ET.Element("testcase", {**names, "time": f"{_seconds(results, corpus, adapter):.6f}"})
    if "unavailable" in about:
        ET.SubElement(case, "skipped", {"message": visible(f"unavailable: {about['unavailable']}")})
    failures = _failures(results, corpus, adapter)
    if failures:
        _fail(case, failures[0], f"{ends(results, corpus, adapter)} of {_pages(results, corpus, adapter)} pages")
    for finding in found:
        _fail(case, "gate", finding)
    return case


def _fail(case: ET.Element, kind: str, message: str) -> None:
    ET.SubElement(case, "failure", {"type": kind, "message": visible(message)}).text = visible(message)


def _failures(results: Results, corpus: str, adapter: str) -> list[str]:
    """The ways in which an adapter failed on a corpus."""
    outcomes = results.outcomes.get(corpus, {}).get(adapter, {})
    return [outcome for outcome in FAILURES if outcomes.get(outcome)]


def _pages(results: Results, corpus: str, adapter: str) -> int:
    return sum(results.outcomes.get(corpus, {}).get(adapter, {}).values())


def _seconds(results: Results, corpus: str, adapter: str) -> float:
    """Median time of a page by the first metric that is one, 0 where there is none."""
    times = {
        metric.name: SECONDS[metric.unit]
        for metric in results.metrics
        if metric.unit in SECONDS and metric.aggregate.kind == "median"
    }
    for row in results.summaries:
        whole = (row.corpus, row.slice, row.adapter) == (corpus, "all", adapter)
        if whole and row.metric in times and row.estimate is not None:
            return row.estimate * times[row.metric]
    return 0.0


def _facts(results: Results, corpus: str) -> dict[str, str]:
    manifest = results.manifest
    facts = {
        "run": manifest.run,
        "boilerbench": manifest.boilerbench,
        "revision": manifest.revision,
        "sandbox": manifest.sandbox,
        "fingerprint": manifest.corpora.get(corpus, {}).get("fingerprint"),
    }
    return {name: str(value) for name, value in facts.items() if value is not None}
