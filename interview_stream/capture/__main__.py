"""Makes one file of several captures in a process of its own, so that whoever asks for it can go on with its work.

`python -m interview_stream.capture < job.json`, where the job names the captures, the target without its ending and a
folder to work in, prints what was made, or why there is nothing to make a file of.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from interview_stream.capture.composite import compose
from interview_stream.capture.mux import NothingRecordedError

NICE = 10
"""Media is forwarded on the same machine at the same time."""


def main() -> None:
    os.nice(NICE)
    job = json.load(sys.stdin)
    try:
        made = compose([Path(path) for path in job["captures"]], Path(job["target"]), Path(job["workspace"]))
        answer = asdict(made) | {"path": str(made.path)}
    except NothingRecordedError as error:
        answer = {"nothing": str(error)}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
