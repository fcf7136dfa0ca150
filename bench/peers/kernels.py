#!/usr/bin/python3
"""Times OpenCV's and Pillow's filters and JPEG codecs on one thread, one operation at a time.

usage: kernels.py IMAGE
For each line of the standard input, the name of an operation, it prints one line of JSON: the milliseconds of each
library that has it, {"OpenCV": 14.2}. A time is the median of three runs after one that does not count, over pixels
that are decoded already. The first line that it prints tells the versions and which operations there are.
"""
import io
import statistics
import sys
import time

from libraries import SHARPEN, VERSIONS, Image, ImageEnhance, answer, arguments, canny, cv2, np


def operations(data):
    """The functions to be timed, by operation and library."""
    encoded = np.frombuffer(data, np.uint8)
    bgr = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
    rgb = Image.open(io.BytesIO(data)).convert("RGB")
    return {
        "decode": {
            "OpenCV": lambda: cv2.imdecode(encoded, cv2.IMREAD_COLOR),
            "Pillow": lambda: Image.open(io.BytesIO(data)).load(),
        },
        # OpenCV's Lanczos does not filter when it makes an image smaller.
        "resize": {"Pillow": lambda: rgb.resize((800, 600), Image.Resampling.LANCZOS)},
        # Pillow's is no Gaussian but three boxes, and ten times as slow.
        "blur": {"OpenCV": lambda: cv2.GaussianBlur(bgr, (0, 0), 2.0)},
        "brightness": {
            "OpenCV": lambda: cv2.convertScaleAbs(bgr, alpha=1.2),
            "Pillow": lambda: ImageEnhance.Brightness(rgb).enhance(1.2),
        },
        "sharpen": {"OpenCV": lambda: cv2.filter2D(bgr, -1, SHARPEN)},
        "edges": {"OpenCV": lambda: canny(bgr, cv2.COLOR_BGR2GRAY, 50, 150)},
        "encode": {
            "OpenCV": lambda: cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 95]),
            "Pillow": lambda: rgb.save(io.BytesIO(), "JPEG", quality=95),
        },
    }


def turn(work):
    """The milliseconds of one run: the median of three."""
    work()
    times = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


def main():
    (image,) = arguments(1, __doc__)
    with open(image, "rb") as f:
        by_name = operations(f.read())
    answer({"versions": VERSIONS, "operations": list(by_name)})
    for line in sys.stdin:
        answer({library: turn(work) for library, work in by_name[line.strip()].items()})


main()
