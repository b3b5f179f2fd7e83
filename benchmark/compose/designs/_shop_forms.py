"""Forms of the design `shop`: what a visitor chooses and types, and the icons on its buttons."""

from __future__ import annotations

from ..furniture import WIDGET
from ..page import Parts
from ..tree import Element, el

COUNTRIES = ("DE", "FR", "GB", "NL", "PL")


def product_form(parts: Parts) -> Element:
    """Quantity, place of delivery and buttons; what a visitor chooses, no facts. The products come in one make each."""
    add, quantity, _, delivery, _, wish, compare, *_rest = parts.phrases.all("shop")
    spin = [el("button", icon(name), name="quantity__button", type="button") for name in ("minus", "plus")]
    count = el("input", name="quantity__input", type="number", value="1", min="1")
    buttons = [el("button", add, name="product-form__submit button", type="submit")]
    buttons += [el("button", word, name="button button--tertiary", type="button") for word in (wish, compare)]
    return el(
        "form",
        el("input", type="hidden", value=parts.body.slug, name="product-variant-id"),
        el("p", el("label", quantity, for_="Quantity"), spin[0], count, spin[1], name="product-form__quantity"),
        el("p", el("label", delivery, for_="Country"), options("Country", COUNTRIES), name="product-form__delivery"),
        el("div", buttons, name="product-form__buttons"),
        el("div", hidden="", name="product-form__error-message-wrapper", role="alert"),
        method="post",
        action="/cart/add",
        name="product-form",
        mark=WIDGET,
    )


def login_dialog(parts: Parts) -> Element:
    """The dialog for logging in, closed."""
    enter, register, _ = parts.phrases.all("login")
    fields = [el("input", type=kind, autocomplete=kind) for kind in ("email", "password")]
    form = el("form", fields, el("button", enter, type="submit"), el("a", register, href="/account/register"))
    return el("dialog", el("h2", enter), form, name="login-modal", id="LoginModal", mark=WIDGET)


def options(name: str, values: tuple[str, ...]) -> Element:
    """A menu of values."""
    return el("select", [el("option", value, value=value) for value in values], name="select__select", id=name)


def icon(name: str) -> Element:
    """An inline picture without words."""
    shape = el("path", d="M10 .6 4.2 6.4a.5.5 0 0 1-.7-.7L9.6 0l6.2 5.9", fill="currentColor")
    return el("svg", shape, name=f"icon icon-{name}", aria_hidden="true", focusable="false", viewBox="0 0 18 18")
