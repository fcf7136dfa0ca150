"""OpenCV and Pillow for the other scripts, or a word on how to get them."""
import json
import sys

try:
    import cv2
    import numpy as np
    import PIL
    from PIL import Image, ImageEnhance, ImageFilter
except ImportError as missing:
    sys.exit(f"{missing}: the comparison needs OpenCV and Pillow. Debian, Ubuntu: apt-get install python3-opencv python3-pil")

# The comparison is about one thread; with more of them the methods choose.
cv2.setNumThreads(1)

# One pass of sharpen.
SHARPEN = np.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]], np.float32)

VERSIONS = {"OpenCV": cv2.__version__, "Pillow": PIL.__version__, "Python": sys.version.split()[0]}


def arguments(count, usage):
    """The command line's arguments; if their number is wrong, the end, with the third line of the script's text."""
    if len(sys.argv) != count + 1:
        sys.exit(usage.strip().splitlines()[2])
    return sys.argv[1:]


def answer(value):
    """Prints one line of JSON for the program that drives the script."""
    print(json.dumps(value), flush=True)


def canny(pixels, to_grey, low, high):
    """OpenCV's edges: grey, Gaussian 5x5, Canny; one channel."""
    return cv2.Canny(cv2.GaussianBlur(cv2.cvtColor(pixels, to_grey), (5, 5), 0), low, high)
