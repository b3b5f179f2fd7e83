"""An audio player: controls, a template that was never rendered, and a playlist."""

from __future__ import annotations

from collections.abc import Sequence

from ..body import Body
from ..phrases import Phrases
from ..tree import Content, Element, Mark, el

SUMMARY = "tracks of a player's playlist, below its controls and an unrendered template"
KIND = "player"
HIGHEST = 50
VARIANTS = dict.fromkeys(("", "brackets", "vue", "angular"), "before_text")
PLAYER = Mark("player")
PIECES = ("title", "artist", "time")
"""What the template shows, in its order."""
TEMPLATES = {
    "": ("{{ track.title }}", "{{ track.artist }}", "{{ formatTime(currentTime) }} / {{ formatTime(duration) }}"),
    "brackets": ("[[ item.title ]]", "[[ item.author || '' ]]", "[[ position ]] / [[ length ]]"),
    "vue": ("{{ current.title }}", "{{ current.show }}", "{{ elapsed }} – {{ remaining }}"),
    "angular": ("{{ episode?.title }}", "{{ episode?.date | date:'shortDate' }}", "{{ time | async }}"),
}
"""What a reader sees of a template whose script did not run: title, byline, time."""
ATTRIBUTES = {
    "": {"data-template": "track"},
    "brackets": {"x-data": "player()"},
    "vue": {"v-if": "current", ":key": "current.id", "@click": "toggle"},
    "angular": {"*ngIf": "episode", "[class.playing]": "playing", "(click)": "toggle()"},
}


def blocks(dose: int, variant: str, phrases: Phrases, _: Body) -> list[Element]:
    """A player with a playlist of `dose` tracks, each with number, title and length."""
    listen, upcoming = phrases.all("player_title")[:2]
    spans = [el("span", text, name=f"player-{name}") for name, text in zip(PIECES, TEMPLATES[variant], strict=True)]
    current = Element("div", tuple(_apart(spans)), "player-current", ATTRIBUTES[variant])
    buttons = [el("button", label, type="button") for label in phrases.all("player_controls")]
    tracks = [_track(number, title, phrases) for number, title in enumerate(phrases.some("tracks", dose), 1)]
    playlist = [el("p", upcoming, name="playlist-title"), el("ol", tracks, name="playlist")]
    parts = [
        el("p", listen, name="player-label"),
        current,
        el("div", _apart(buttons), name="player-controls"),
        el("div", playlist, name="player-list"),
    ]
    return [el("div", parts, name="audio-player", mark=PLAYER)]


def _track(number: int, title: str, phrases: Phrases) -> Element:
    phrases = phrases.stream("track", number)
    length = f"{phrases.number(60, 2)}:{phrases.number(60):02}"
    told = {"number": f"{number:02}", "title": title, "length": length}
    return el("li", _apart([el("span", text, name=f"track-{name}") for name, text in told.items()]), name="track")


def _apart(elements: Sequence[Element]) -> list[Content]:
    """Elements on a line with white space between them."""
    return [part for element in elements for part in (element, " ")][:-1]
