"""The companies' logos: a sign and the name, drawn here."""

import base64
import io

from PIL import Image, ImageDraw, ImageFont

HEIGHT = 240
MARGIN = 24
# Drawn larger and made smaller, for smooth edges.
SCALE = 4


def draw_logo(name, color):
    """Return a PNG in base64: a ring with a wedge in it, as a plane leaves it in wood, and ``name`` beside it."""
    size, height, margin = 84 * SCALE, HEIGHT * SCALE, MARGIN * SCALE
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(name)
    sign = height - 2 * margin
    width = margin + sign + 2 * margin + right - left + margin
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((margin, margin, margin + sign, margin + sign), fill=color)
    pen.pieslice((margin, margin, margin + sign, margin + sign), 300, 345, fill="white")
    inner = sign // 3
    pen.ellipse((margin + inner, margin + inner, margin + sign - inner, margin + sign - inner), fill="white")
    place = (3 * margin + sign - left, (height - bottom - top) // 2)
    pen.text(place, name, font=font, fill=color)
    image = image.resize((width // SCALE, HEIGHT), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    image.save(target, "PNG", optimize=True)
    return base64.b64encode(target.getvalue())
