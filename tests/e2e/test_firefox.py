"""Calls with Firefox on one side, in networks that the tests make.

Firefox checks no candidate at 127.0.0.1, so server and browsers need another address. Those here are from the ranges
for documentation (RFC 5737, RFC 3849).
"""

import os
from pathlib import Path

import pytest

from tests.e2e.network import namespace, run_inside

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="making a network needs root")


def test_firefox_and_chromium_hold_a_call(tmp_path: Path) -> None:
    with namespace("198.51.100.1/24") as name:
        run_inside(name, "firefox_call.py", tmp_path)


@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="this machine has no IPv6")
def test_a_network_of_ipv6_alone_is_enough(tmp_path: Path) -> None:
    with namespace("2001:db8::1/64") as name:
        run_inside(name, "ipv6_call.py", tmp_path)
