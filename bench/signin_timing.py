"""Does the time of an answer tell who has an account? `python -m bench.signin_timing`.

Sign-in with a wrong password, a code asked for to sign in and one for a new password, each for addresses that have an
account and for addresses that have none, in a random order, through everything that a request passes in the web process
(in one process, so that no network hides a difference), with Argon2 and SQLite as they are. Limits on attempts are off:
they are the same for both.

The difference of the medians stands beside the noise: how far the medians of two halves of the *same* kind lie apart
(95th percentile of 2,000 random splits). A difference within the noise tells nothing.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "correct horse battery staple"
DOORS = {
    "sign-in": ("login", {"password": "not this one, surely"}),
    "code": ("code/request", {}),
    "reset": ("password/request", {}),
}


@dataclass(frozen=True)
class Timing:
    known_ms: float
    unknown_ms: float
    noise_ms: float

    @property
    def difference_ms(self) -> float:
        return abs(self.known_ms - self.unknown_ms)


def prepare(data: Path, accounts: int) -> list[str]:
    """An installation with accounts; their addresses."""
    os.environ |= {"INTERVIEW_STREAM_DATA": str(data), "DJANGO_SETTINGS_MODULE": "interview_stream.server.settings"}
    from interview_stream.server.setup import migrate

    migrate()
    from django.conf import settings

    from interview_stream.server.accounts.actions import create_member
    from interview_stream.server.accounts.models import Organisation, Role

    settings.ACCOUNT_RATE_LIMITS = False
    acme = Organisation.objects.create(name="Acme")
    addresses = [f"person{number}@example.org" for number in range(accounts)]
    for address in addresses:
        create_member(acme, role=Role.INTERVIEWER, name="A Person", email=address, password=PASSWORD)
    return addresses


def ask(door: str, address: str) -> float:
    """Milliseconds until the answer, which is the same for everybody."""
    from django.test import Client

    path, body = DOORS[door]
    client = Client(HTTP_HOST="localhost")
    started = time.perf_counter()
    answer = client.post(f"/_allauth/browser/v1/auth/{path}", {"email": address, **body}, "application/json")
    elapsed = time.perf_counter() - started
    if answer.status_code not in (400, 401):
        sys.exit(f"{door} answered {answer.status_code}: {answer.content[:300]!r}")
    return elapsed * 1000


def measure(door: str, known: list[str], tries: int, rng: random.Random) -> Timing:
    times: dict[bool, list[float]] = {True: [], False: []}
    order = [True, False] * tries
    rng.shuffle(order)
    for number, is_known in enumerate([True, False, *order]):
        address = rng.choice(known) if is_known else f"nobody{rng.getrandbits(40):x}@example.org"
        elapsed = ask(door, address)
        # The first two load what later ones find loaded.
        if number >= 2:
            times[is_known].append(elapsed)
    return Timing(statistics.median(times[True]), statistics.median(times[False]), noise(times, rng))


def noise(times: dict[bool, list[float]], rng: random.Random) -> float:
    apart = []
    for number in range(2000):
        sample = times[number % 2 == 0][:]
        rng.shuffle(sample)
        half = len(sample) // 2
        apart.append(abs(statistics.median(sample[:half]) - statistics.median(sample[half:])))
    return sorted(apart)[int(0.95 * len(apart))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=500)
    parser.add_argument("--tiny", action="store_true")
    given = parser.parse_args()
    tries = 4 if given.tiny else given.tries
    rng = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        known = prepare(Path(folder), accounts=3 if given.tiny else 50)
        timings = {door: measure(door, known, tries, rng) for door in DOORS}
    print(f"{tries} tries each; median ms with an account, without one, their difference, the noise")
    for door, timing in timings.items():
        told = "within the noise" if timing.difference_ms <= timing.noise_ms else "MORE than the noise"
        print(
            f"{door:8} {timing.known_ms:8.2f} {timing.unknown_ms:8.2f} "
            f"{timing.difference_ms:7.3f} {timing.noise_ms:7.3f}  {told}"
        )
    sign_in = timings["sign-in"]
    ratio = sign_in.known_ms / sign_in.unknown_ms
    print(f"with an account {sign_in.known_ms:.2f} ms, without {sign_in.unknown_ms:.2f} ms, ratio {ratio:.3f}")


if __name__ == "__main__":
    main()
