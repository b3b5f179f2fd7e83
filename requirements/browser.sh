#!/bin/sh
# Fetches Debian's Chromium for the tests of pages, where that can be done without asking: as root, with apt. Where it
# cannot, the tests say why they are skipped, or fail where CI or BOILERBENCH_NEEDS_BROWSER is set.
set -eu
! command -v chromium >/dev/null 2>&1 || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    # The tests decide whether a missing browser is a failure, so a network that is down is none here.
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >&2 ||
        printf 'browser: Chromium could not be installed\n' >&2
else
    printf 'browser: no Chromium; to run the tests of pages type: sudo apt-get install chromium\n' >&2
fi
