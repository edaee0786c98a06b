"""Images are made anew: what was hidden in them (places, cameras, other formats) is gone, and bombs are refused."""

import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from interview_stream.server.lib.problems import Invalid

MOST_PIXELS = 50_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def open_image(path: Path) -> Image.Image:
    """The picture as it is to be seen, upright; raises a Problem for what is none, or would fill the memory."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # Our own limit is the lower one.
            with Image.open(path, formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise Invalid("This picture has too many pixels. Make it smaller.", slug="picture-too-large")
                image.load()
                return ImageOps.exif_transpose(image).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise Invalid("This picture cannot be read.", slug="picture-unreadable") from error


def as_square(image: Image.Image, side: int) -> bytes:
    """A WebP of exactly this size, cut from the middle."""
    return _encoded(ImageOps.fit(image, (side, side)))


def within(image: Image.Image, width: int, height: int) -> bytes:
    """A WebP that fits into this box, with its own proportions."""
    smaller = image.copy()
    smaller.thumbnail((width, height))
    return _encoded(smaller)


def _encoded(image: Image.Image) -> bytes:
    made = BytesIO()
    image.save(made, "WEBP", quality=85, method=4)
    return made.getvalue()
