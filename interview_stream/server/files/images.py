"""Images are made anew: what was hidden in them (places, cameras, other formats) is gone, and bombs are refused."""

import threading
import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from interview_stream.server.lib.problems import Invalid

MOST_PIXELS = 16_000_000
"""After what a format can leave out while it is read (JPEG: down to an eighth of each side): 64 MB in memory."""
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_ONE_AT_A_TIME = threading.Lock()
"""A small file may unfold to all of that, and many may come at once."""


def square(path: Path, side: int) -> bytes:
    """A WebP of exactly this size, upright, cut from the middle; raises a Problem for what is no picture or too big."""
    with _ONE_AT_A_TIME:
        return _encoded(ImageOps.fit(_opened(path, side), (side, side)))


def _opened(path: Path, side: int) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # Our own limit is the lower one.
            with Image.open(path, formats=_FORMATS) as image:
                image.draft("RGB", (4 * side, 4 * side))
                if image.width * image.height > MOST_PIXELS:
                    raise Invalid("This picture has too many pixels. Make it smaller.", slug="picture-too-large")
                image.load()
                return ImageOps.exif_transpose(image).convert("RGBA")
    except Invalid:
        raise
    except Exception as error:  # Whoever reads what strangers made meets every kind.
        raise Invalid("This picture cannot be read.", slug="picture-unreadable") from error


def _encoded(image: Image.Image) -> bytes:
    made = BytesIO()
    image.save(made, "WEBP", quality=85, method=4)
    return made.getvalue()
