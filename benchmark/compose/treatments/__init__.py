"""One file = one treatment: boilerplate in doses, that a page has beside what it has anyway.

Each says its SUMMARY, the KIND of region it adds, its HIGHEST dose, its VARIANTS (name -> slot of the page it stands
in; the first is the unnamed one) and `blocks(dose, variant, phrases, body)`, the elements of a dose of 1 or more. A
higher dose of the same seed begins with what a lower one has.
"""
