"""One file = one site design, in the manner of a real system.

Each says its SUMMARY, the TYPES of bodies it suits, its SLOTS (places for treatments, see `page.SLOTS`), and
`page(parts)`: the whole `html` element, with a head, scripts, class names and nesting as that system has them.
Everything visible belongs to a region: `mark=` on an element holds for all below it. Baseline furniture (a header, a
menu of some eight links, share buttons, a foot) is part of the plain page.
Files that begin with _ are what designs share or what one of them is too long to hold.
"""
