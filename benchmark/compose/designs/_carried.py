"""What pages carry beside what they show: consent stubs, queues of events, places for advertisements, rules of style.

Amounts are drawn between bounds that bring composed pages nearer to half A of AEB in bytes and share of scripts
(`docs/measure.py realism`); names of products are invented.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace

from ..page import Parts
from ..phrases import Phrases
from ..tree import Element, el, walk

QUEUE = (
    "(function(w,d,n,u){w[n]=w[n]||function(){(w[n].q=w[n].q||[]).push([].slice.call(arguments))};w[n].t=Date.now"
    "();var s=d.createElement('script'),f=d.getElementsByTagName('script')[0];s.async=true;s.src=u;f.parentNode.i"
    "nsertBefore(s,f)})(window,document,'tallyhook','https://tally.example/t.js');"
)
"""A queue of events that a script empties when it comes."""
CONSENT = (
    "(function(w,d){var q=w.__kc_queue=w.__kc_queue||[];function read(n){var m=d.cookie.match('(?:^|; )'+n+'=([^;"
    "]*)');return m?decodeURIComponent(m[1]):null}w.__kc=function(command,version,callback){if(command==='ping'){"
    "callback({loaded:false,choice:read('kc_choice')},true)}else{q.push([command,version,callback])}};function fr"
    "ame(){if(w.frames['__kcLocator']){return}if(!d.body){setTimeout(frame,5);return}var f=d.createElement('ifram"
    "e');f.style.display='none';f.name='__kcLocator';d.body.appendChild(f)}frame();w.addEventListener('message',f"
    "unction(e){var m=e.data&&e.data.__kcCall;if(m){w.__kc(m.command,m.version,function(value,ok){e.source.postMe"
    "ssage({__kcReturn:{value:value,success:ok,id:m.id}},'*')})}},false)})(window,document);"
)
"""Answers for a consent tool until it is there itself."""
HELPERS = (
    "var site=window.site||{};site.ready=function(f){document.readyState!=='loading'?f():document.addEventListene"
    "r('DOMContentLoaded',f)};site.throttle=function(f,ms){var last=0,timer;return function(){var now=Date.now(),"
    "a=arguments,me=this;clearTimeout(timer);if(now-last>ms){last=now;f.apply(me,a)}else{timer=setTimeout(functio"
    "n(){last=Date.now();f.apply(me,a)},ms-(now-last))}}};site.on=function(type,selector,f){document.addEventList"
    "ener(type,function(e){var t=e.target.closest&&e.target.closest(selector);if(t){f.call(t,e)}})};site.lazy=fun"
    "ction(){var p=[].slice.call(document.querySelectorAll('img[data-src]'));if(!('IntersectionObserver' in windo"
    "w)){p.forEach(function(i){i.src=i.getAttribute('data-src')});return}var o=new IntersectionObserver(function("
    "found){found.forEach(function(x){if(x.isIntersecting){x.target.src=x.target.getAttribute('data-src');o.unobs"
    "erve(x.target)}})},{rootMargin:'300px'});p.forEach(function(i){o.observe(i)})};site.depth=function(){var see"
    "n={};return site.throttle(function(){var h=document.documentElement,part=Math.floor(4*(h.scrollTop+window.in"
    "nerHeight)/h.scrollHeight)*25;if(part&&!seen[part]){seen[part]=1;window.tallyhook&&tallyhook('depth',part)}}"
    ",250)};site.ready(function(){site.lazy();window.addEventListener('scroll',site.depth(),{passive:true})});sit"
    "e.store={get:function(k,d){try{return JSON.parse(localStorage.getItem(k))||d}catch(e){return d}},set:functio"
    "n(k,v){try{localStorage.setItem(k,JSON.stringify(v))}catch(e){}}};"
)
"""Functions that every page of a site has: waiting, throttling, delegating, lazy pictures, depth of scrolling."""
COMPONENTS = """
accordion alert badge banner bar box breadcrumb button card carousel chip column dialog divider drawer dropdown
figure footer form gallery grid header icon input label list loader logo map media menu modal nav note overlay pager
panel picture poll popup progress rail ribbon row search section share sheet sidebar slot spinner stage switch tab
table tag teaser ticker toast toggle tooltip topbar video weather widget
""".split()
PARTS_OF = ("inner", "title", "text", "link", "image", "item", "action", "meta", "label", "body", "head", "foot")
STATES = ("", "", "", ":hover", ":focus-visible", "::before", "::after", "--active", "--dark", "--small", "[hidden]")
RULES = (
    "display:flex;align-items:center;gap:{0}px",
    "display:grid;grid-template-columns:repeat(auto-fill,minmax({1}px,1fr));gap:{0}px",
    "margin:0 0 {0}px;padding:{0}px {2}px",
    "position:absolute;top:{0}px;right:{2}px;z-index:{0}",
    "font-size:{2}px;line-height:1.{0};font-weight:600",
    "color:#{3};text-decoration:none",
    "background-color:#{3};border:1px solid #{4}",
    "border-radius:{2}px;box-shadow:0 1px {0}px rgba(0,0,0,.1{2})",
    "width:100%;max-width:{1}px;height:auto",
    "overflow:hidden;text-overflow:ellipsis;white-space:nowrap",
    "transition:opacity .{0}s ease-in-out,transform .{0}s ease-in-out",
    "content:'';display:block;width:{2}px;height:{2}px;background:#{4}",
)
PATHS = (
    "M4 6h16v2H4zm0 5h16v2H4zm0 5h16v2H4z",
    "M10 4a6 6 0 1 0 3.7 10.7l4.8 4.8 1.4-1.4-4.8-4.8A6 6 0 0 0 10 4zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8z",
    "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm0 2c-4 0-8 2-8 5v1h16v-1c0-3-4-5-8-5z",
    "M5 4h14v16l-7-4-7 4z",
    "M18 16a3 3 0 0 0-2 .8L8.9 12.7a3 3 0 0 0 0-1.4L16 7.2A3 3 0 1 0 15 5l-7 4a3 3 0 1 0 0 6l7 4a3 3 0 1 0 3-3z",
    "M12 2 2 12h3v8h5v-6h4v6h5v-8h3z",
    "M7 10l5 5 5-5z",
    "M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12z",
    "M4 5h16v14H4zm8 7 7-5H5z",
    "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zm1 9h-4V7h2v4h2z",
)
"""Drawings of a sprite."""
INSIDE = {"main", "caption"}
"""Kinds of the body's own blocks, on which nothing is hung but sizes of pictures."""
COUNTED = {"div", "section", "li", "aside", "nav", "header", "footer", "ul", "article"}
SIZES = ([300, 250], [728, 90], [970, 250], [160, 600], [300, 600], [320, 50], [320, 100], "fluid")


def scripts(parts: Parts, site: str, host: str, most: int) -> list[Element]:
    """Consent, events and advertisements, as a head has them; `most` bounds vendors and twice the places."""
    phrases = parts.phrases.stream("carried")
    return [
        el("script", CONSENT + f"window.__kc_config={_json(_consent(phrases, phrases.number(most, most // 3)))};"),
        el("script", f"{QUEUE}tallyhook('page',{_json(_facts(parts, site, host))});", data_cfasync="false"),
        el("script", f"window.lattice={_json(_slots(parts, phrases, phrases.number(most // 2, most // 6)))};"),
        el("script", HELPERS),
    ]


def styles(parts: Parts, least: int, most: int) -> Element:
    """Rules for what stands above the fold, as builders of pages print them; their number is drawn."""
    phrases = parts.phrases.stream("styles")
    rules = [_rule(phrases) for _ in range(phrases.number(most, least))]
    narrow = len(rules) * 3 // 4
    return el(
        "style", "".join(rules[:narrow]) + f"@media (max-width:767px){{{''.join(rules[narrow:])}}}", id="critical"
    )


def preloads(parts: Parts) -> list[Element]:
    """Links to what is needed soon: fonts, pictures, hosts, icons."""
    phrases = parts.phrases.stream("preloads")
    fonts = [
        el("link", rel="preload", href=f"/assets/fonts/{phrases.word(10)}.woff2", as_="font", crossorigin="")
        for _ in range(3)
    ]
    hosts = [
        el("link", rel=rel, href=f"https://{name}.example")
        for name in ("tally", "lattice", "consent", "static")
        for rel in ("preconnect", "dns-prefetch")
    ]
    icons = [
        el("link", rel="icon", type="image/png", sizes=f"{size}x{size}", href=f"/assets/icons/icon-{size}.png")
        for size in (16, 32, 96, 192)
    ]
    return [*hosts, *fonts, *icons, el("link", rel="manifest", href="/site.webmanifest")]


def state(parts: Parts, name: str) -> Element:
    """What the page's own script starts from, as JSON: menu, teasers, labels, switches."""
    phrases = parts.phrases.stream("state")
    told = {
        "page": {"id": parts.body.slug, "type": parts.body.type, "title": parts.body.title, "tags": parts.body.tags},
        "menu": [
            {"id": number, "label": label, "href": f"/{phrases.word(8)}", "children": []}
            for number, label in enumerate(phrases.some("menu", phrases.number(60, 20)))
        ],
        "teasers": [
            {
                "id": phrases.word(12),
                "title": title,
                "image": f"/media/{phrases.word(16)}.jpg",
                "premium": number % 5 == 0,
            }
            for number, title in enumerate(phrases.some("teasers", phrases.number(24, 8)))
        ],
        "flags": {phrases.word(9): phrases.chance(0.5) for _ in range(phrases.number(90, 30))},
        "labels": {key: phrases.all(key) for key in ("login", "share", "search", "consent_buttons", "comment_ui")},
    }
    return el("script", _json(told), type="application/json", id=name)


def sprite(names: Sequence[str]) -> Element:
    """Drawings out of sight, for others to point at."""
    symbols = [
        el("symbol", el("path", d=PATHS[number % len(PATHS)]), id=f"icon-{name}", viewBox="0 0 24 24")
        for number, name in enumerate(names)
    ]
    return el("svg", symbols, xmlns="http://www.w3.org/2000/svg", style="display:none", aria_hidden="true")


def use(name: str) -> Element:
    """A drawing out of the sprite."""
    drawn = el("use", href=f"#icon-{name}")
    return el("svg", drawn, name=f"icon icon--{name}", width="20", height="20", aria_hidden="true", focusable="false")


def pixel(host: str) -> Element:
    """The picture that counts readers without scripts."""
    counted = el(
        "img", src=f"https://tally.example/p.gif?h={host}", width="1", height="1", alt="", style="display:none"
    )
    return el("noscript", counted)


def pictures(phrases: Phrases) -> dict[str, str]:
    """Attributes of a picture in the sizes that a system cuts."""
    name = phrases.word(24)
    sizes = ", ".join(f"/media/{name}/{width}x{width * 2 // 3}.webp {width}w" for width in (240, 480, 720, 960))
    place = {"src": f"/media/{name}/240x160.webp", "srcset": sizes, "sizes": "(min-width: 768px) 240px, 50vw"}
    return {**place, "width": "240", "height": "160", "loading": "lazy", "decoding": "async"}


def weighed(here: Element, named: bool = False) -> Element:
    """A tree with what systems hang on its elements: sizes of pictures, numbers for links and boxes to be counted by.

    What an element gets follows from itself alone, so that the plain page and the treated one have the same.
    """
    inside = named or (here.mark is not None and here.mark.kind in INSIDE)
    children = tuple(
        weighed(one, inside) if isinstance(one, Element) and one.tag != "svg" else one for one in here.children
    )
    return replace(here, children=children, attributes=here.attributes | _hung(here, inside))


def _hung(here: Element, inside: bool) -> dict[str, str]:
    told = here.attributes.get("src") or here.attributes.get("href") or f"{here.tag}.{here.name}"
    words = [one for one in walk(here) if isinstance(one, str)] if here.tag in {"a", "li"} else []
    number = hashlib.sha256("".join([told, *words]).encode()).hexdigest()
    if (
        here.tag == "img"
        and "srcset" not in here.attributes
        and here.attributes.get("src", "")[:5] not in {"", "data:"}
    ):
        files = ", ".join(f"/media/{number[:20]}/{width}w.webp {width}w" for width in (320, 480, 640, 960, 1280))
        return {"srcset": files, "sizes": "(min-width: 64em) 640px, (min-width: 40em) 75vw, 100vw"}
    if inside:
        return {}
    if here.tag == "a":
        return {"data-tally": f"{number[:6]}|{number[6:14]}|click", "data-tally-id": number[14:38]}
    return {"data-cid": number[:16], "data-cv": number[16:20]} if here.name and here.tag in COUNTED else {}


def _consent(phrases: Phrases, vendors: int) -> dict[str, object]:
    def purposes() -> list[int]:
        return [number for number in range(1, 12) if phrases.chance(0.4)]

    return {
        "version": phrases.number(400, 200),
        "language": phrases.language,
        "text": phrases.all("consent"),
        "buttons": phrases.all("consent_buttons"),
        "vendors": [
            {
                "id": phrases.number(1200, 1),
                "p": purposes(),
                "li": purposes(),
                "ttl": phrases.number(390, 1),
                "u": f"https://{phrases.word(9)}.example/privacy",
            }
            for _ in range(vendors)
        ],
    }


def _facts(parts: Parts, site: str, host: str) -> dict[str, object]:
    body = parts.body
    words = {"title": body.title, "section": body.section, "author": body.author, "tags": list(body.tags)}
    return {
        "site": site,
        "host": host,
        "id": body.slug,
        "type": body.type,
        "published": body.date,
        **words,
        "paid": False,
    }


def _slots(parts: Parts, phrases: Phrases, count: int) -> dict[str, object]:
    targeting = {"section": parts.body.section, "keywords": list(parts.body.tags), "language": parts.body.language}
    slots = [
        {
            "id": f"slot-{phrases.word(8)}",
            "unit": f"/4187/{phrases.word(6)}/{phrases.word(8)}",
            "sizes": [phrases.pick(tuple(map(str, SIZES))) for _ in range(phrases.number(5, 1))],
            "bidders": {
                phrases.word(7): {"placement": phrases.number(10**8), "floor": phrases.number(90, 5) / 100}
                for _ in range(phrases.number(6, 2))
            },
            "lazy": phrases.chance(0.7),
        }
        for _ in range(count)
    ]
    return {"targeting": targeting, "slots": slots, "timeout": 1200, "refresh": False}


def _rule(phrases: Phrases) -> str:
    names = f"{phrases.pick(COMPONENTS)}__{phrases.pick(PARTS_OF)}{phrases.pick(STATES)}"
    numbers = phrases.number(32, 2), phrases.number(900, 120), phrases.number(28, 4)
    return f".c-{names}{{{phrases.pick(RULES).format(*numbers, *(f'{phrases.number(16**6):06x}' for _ in range(2)))}}}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
