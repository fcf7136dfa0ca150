#!/usr/bin/python3
"""Times what the course's server does to a batch of photographs, in plain Python with Pillow and OpenCV.

usage: batch.py IMAGES OUTPUTS
For each line of the standard input, such as "sharpen threading", it reads, decodes, filters, encodes (quality 95) and
writes every JPEG of the folder IMAGES once, and prints {"seconds": 0.41}. Threads and processes are started inside of
the clock, as the server does it. The first line that it prints tells how many images and workers there are.
"""
import io
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial

from libraries import SHARPEN, VERSIONS, Image, ImageEnhance, ImageFilter, answer, arguments, canny, cv2, np

POOLS = {"threading": ThreadPoolExecutor, "multiprocessing": ProcessPoolExecutor}


def resize(image):
    return image.resize((800, 600), Image.Resampling.LANCZOS)


def blur(image):
    return image.filter(ImageFilter.GaussianBlur(3.0))


def brightness(image):
    return ImageEnhance.Brightness(image).enhance(1.2)


def sharpen(image):
    pixels = np.asarray(image)
    for _ in range(3):
        pixels = cv2.filter2D(pixels, -1, SHARPEN)
    return Image.fromarray(pixels)


def edges(image):
    found = canny(np.asarray(image), cv2.COLOR_RGB2GRAY, 50, 150)
    return Image.fromarray(cv2.cvtColor(found, cv2.COLOR_GRAY2RGB))


FILTERS = {"resize": resize, "blur": blur, "brightness": brightness, "sharpen": sharpen, "edges": edges}


def process(name, outputs, path):
    """Takes one image all the way; it runs in a thread or in another process."""
    with open(path, "rb") as f:
        image = Image.open(io.BytesIO(f.read())).convert("RGB")
    FILTERS[name](image).save(os.path.join(outputs, f"{name}_{os.path.basename(path)}"), quality=95)


def batch(name, method, paths, outputs, workers):
    """The seconds that all images take."""
    work = partial(process, name, outputs)
    began = time.perf_counter()
    if method == "sequential":
        for path in paths:
            work(path)
    else:
        with POOLS[method](workers) as pool:
            list(pool.map(work, paths))  # raises what a worker has raised
    return time.perf_counter() - began


def main():
    images, outputs = arguments(2, __doc__)
    paths = [os.path.join(images, name) for name in sorted(os.listdir(images)) if name.endswith(".jpg")]
    workers = os.cpu_count()
    answer({"versions": VERSIONS, "images": len(paths), "workers": workers})
    for line in sys.stdin:
        answer({"seconds": batch(*line.split(), paths, outputs, workers)})


main()
