"""An audio player: controls, a template that was never rendered, and a playlist."""

from __future__ import annotations

from ..body import Body
from ..phrases import Phrases
from ..tree import Element, Mark, el

SUMMARY = "tracks of a player's playlist, below its controls and an unrendered template"
KIND = "player"
HIGHEST = 50
VARIANTS = dict.fromkeys(("", "brackets", "vue", "angular"), "before_text")
PLAYER = Mark("player")
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
    listen, upcoming, *_rest = phrases.all("player_title")
    title, artist, time = TEMPLATES[variant]
    template = el(
        "div",
        *(
            el("span", text, name=f"player-{name}")
            for name, text in (("title", title), ("artist", artist), ("time", time))
        ),
        name="player-current",
    )
    template = Element(template.tag, template.children, template.name, ATTRIBUTES[variant])
    controls = el(
        "div", [el("button", label, type="button") for label in phrases.all("player_controls")], name="player-controls"
    )
    tracks = [_track(number, title, phrases) for number, title in enumerate(phrases.some("tracks", dose), 1)]
    playlist = el(
        "div", el("p", upcoming, name="playlist-title"), el("ol", tracks, name="playlist"), name="player-list"
    )
    return [
        el("div", el("p", listen, name="player-label"), template, controls, playlist, name="audio-player", mark=PLAYER)
    ]


def _track(number: int, title: str, phrases: Phrases) -> Element:
    length = f"{phrases.number(60, 2)}:{phrases.number(60):02}"
    return el(
        "li",
        el("span", f"{number:02}", name="track-number"),
        el("span", title, name="track-title"),
        el("span", length, name="track-length"),
        name="track",
    )
