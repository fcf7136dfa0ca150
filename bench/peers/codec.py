#!/usr/bin/python3
"""Lets OpenCV and Pillow read a JPEG and write others, to check a codec against them.

usage: codec.py PHOTO OURS FOLDER
Writes the pixels of PHOTO with each library as FOLDER/<library>.jpg with quality 95, and what it reads of that and of
the JPEG OURS as <library>.theirs.rgb and .ours.rgb (raw bytes R G B, without a header).
"""
import os
import sys

from libraries import Image, arguments, cv2

QUALITY = 95


def main():
    photo, ours, folder = arguments(3, __doc__)

    def path(name):
        return os.path.join(folder, name)

    def keep(name, pixels):
        with open(path(name), "wb") as f:
            f.write(pixels.tobytes())

    Image.open(photo).convert("RGB").save(path("Pillow.jpg"), quality=QUALITY)
    if not cv2.imwrite(path("OpenCV.jpg"), cv2.imread(photo), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]):
        sys.exit("OpenCV wrote no JPEG")
    for library, read in (
        ("Pillow", lambda file: Image.open(file).convert("RGB")),
        ("OpenCV", lambda file: cv2.cvtColor(cv2.imread(file), cv2.COLOR_BGR2RGB)),
    ):
        keep(library + ".theirs.rgb", read(path(library + ".jpg")))
        keep(library + ".ours.rgb", read(ours))


main()
