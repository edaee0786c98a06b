"""`python -m interview_stream` is the same as the command `interview-stream`."""

import sys

from interview_stream.cli import main

if __name__ == "__main__":
    sys.exit(main())
