"""What an Ember application leaves in its page: the thread as JSON, a sprite of icons, a hidden form, containers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ..page import Parts
from ..tree import Element, el, html_of
from ._posts import Member

SETTINGS = """
allow_uncategorized_topics allow_user_locale auto_track_topics_after autohighlight_all_code browser_update_user_agents
code_formatting_style composer_media_optimization_image_enabled default_code_lang default_navigation_menu_categories
desktop_category_page_style digest_min_excerpt_length edit_history_visible_to_public email_in enable_badges
enable_emoji enable_group_directory enable_local_logins enable_markdown_linkify enable_mentions enable_names
external_system_avatars_enabled fixed_category_positions full_name_required highlighted_languages invite_code
login_required logo_small_url markdown_typographer_quotation_marks max_category_nesting max_image_size_kb
max_post_length max_reactions_per_day max_topic_title_length min_post_length min_search_term_length
post_menu_hidden_items prioritize_username_in_ux relative_date_duration secure_uploads short_progress_text_threshold
show_pinned_excerpt_desktop suppress_reply_directly_below tag_style tagging_enabled topics_per_period_in_top_page
unicode_usernames use_name_for_username_suggestions user_selected_primary_groups
""".split()
"""Names of settings; their values are drawn."""
LOGIN = {"username": "text", "password": "password", "redirect": "hidden"}
"""Fields of the form that password managers look for."""
ICONS = {
    "bars": "M2 3h12v2H2zM2 7h12v2H2zM2 11h12v2H2z",
    "flag": "M3 1h2v14H3zM5 2h8l-2 3 2 3H5z",
    "heart": "M8 14 2 8a3.5 3.5 0 0 1 6-4 3.5 3.5 0 0 1 6 4z",
    "link": "M6 10l4-4M4 8l-2 2a3 3 0 0 0 4 4l2-2M12 8l2-2a3 3 0 0 0-4-4L8 4",
    "reply": "M7 3v3c5 0 7 3 7 7-1-3-3-4-7-4v3L2 7z",
    "share": "M2 12V8h6V4l6 5-6 5v-2z",
}
"""Drawings by their names."""


def preloaded(parts: Parts, site: str, known: Mapping[str, Member]) -> str:
    """JSON whose values are JSON again, as the application expects it."""
    phrases = parts.phrases
    settings = {name: phrases.pick(("true", "false", str(phrases.number(4000)))) for name in SETTINGS}
    tags = [{"id": tag, "name": tag, "topic_count": phrases.number(300, 1)} for tag in parts.body.tags]
    values = {
        "site": {"title": site, "top_tags": tags, "default_archetype": "regular", "is_readonly": False},
        "siteSettings": {"title": site, **settings},
        "currentUser": None,
        "topicTrackingStates": [],
        f"topic_{parts.body.slug}": _topic(parts, known),
    }
    return json.dumps({key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}, ensure_ascii=False)


def _topic(parts: Parts, known: Mapping[str, Member]) -> dict[str, object]:
    body = parts.body
    posts = [
        {
            "id": 70100 + number,
            "username": post.author,
            "avatar_template": f"/user_avatar/{known[post.author].number}/{{size}}.png",
            "created_at": post.date,
            "cooked": "".join(map(html_of, post.blocks)),
            "post_number": number,
            "reads": 20 * number % 97,
            "trust_level": known[post.author].rank,
            "actions_summary": [{"id": 2, "count": number % 5, "can_act": False}],
        }
        for number, post in enumerate(body.posts, 1)
    ]
    return {
        "post_stream": {"posts": posts, "stream": [post["id"] for post in posts]},
        "title": body.title,
        "fancy_title": body.title,
        "posts_count": len(posts),
        "created_at": body.date,
        "slug": body.slug,
        "tags": list(body.tags),
        "archetype": "regular",
        "closed": False,
        "chunk_size": 20,
    }


def sprite() -> Element:
    """All icons, out of sight."""
    symbols = [el("symbol", el("path", d=line), id=name, viewBox="0 0 16 16") for name, line in ICONS.items()]
    return el("div", el("svg", symbols, xmlns="http://www.w3.org/2000/svg"), id="svg-sprites", style="display:none")


def icon(name: str) -> Element:
    """An icon out of the sprite."""
    return el("svg", el("use", href=f"#{name}"), name=f"fa d-icon d-icon-{name} svg-icon", aria_hidden="true")


def ember(number: int, *content: Element | Sequence[Element], name: str = "") -> Element:
    """A container of the application's own, numbered."""
    return el("div", *content, name=f"{name} ember-view".strip(), id=f"ember{number}")


def login_form() -> Element:
    """A form that nobody sees."""
    fields = [Element("input", attributes={"name": name, "type": kind}) for name, kind in LOGIN.items()]
    return el("form", fields, id="hidden-login-form", method="post", action="/login", style="display: none;")
