"""One file = one language of adapters: how it is recognised, described, installed and started.

Each file defines
  claims(place)                            whether a file or folder is an adapter of this language
  declared(place)                          its variants, as Declarations; UsageError where it is malformed
  at_release(declaration, release)         the same adapter with another release of what it measures
  interpreter(declaration, wishes)         what runs it; Unavailable where this machine has none
  install(declaration, interpreter, place, wishes)   put what it needs into an empty folder; Unavailable
  program(place, interpreter)              the program to start in a finished environment
  start(declaration, environment, scratch) how its worker is started, and what that must be able to read
"""
