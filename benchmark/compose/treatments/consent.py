"""A cookie and privacy notice."""

from __future__ import annotations

from ..body import Body
from ..phrases import Phrases
from ..tree import Element, Mark, el

SUMMARY = "paragraphs of a consent notice, with its buttons"
KIND = "consent"
HIGHEST = 4
VARIANTS = {"": "overlay", "last": "bottom"}
CONSENT = Mark("consent")


def blocks(dose: int, _: str, phrases: Phrases, __: Body) -> list[Element]:
    """A dialog of `dose` paragraphs."""
    paragraphs = [el("p", text) for text in phrases.some("consent", dose)]
    buttons = [el("button", label, name="consent-button", type="button") for label in phrases.all("consent_buttons")]
    box = el("div", paragraphs, el("div", buttons, name="consent-actions"), name="consent-inner")
    return [el("div", box, name="cookie-consent consent-banner", mark=CONSENT, role="dialog", aria_label="consent")]
