#!/usr/bin/python3
"""Lets OpenCV and Pillow read a JPEG and write others, to check a codec against them.

usage: codec.py PHOTO OURS FOLDER
Decodes the JPEG OURS with each library into FOLDER/<library>.rgb (raw bytes R G B, without a header), and writes the
pixels of PHOTO as FOLDER/<library>.jpg with quality 95.
"""
import os
import sys

from libraries import Image, arguments, cv2

QUALITY = 95


def main():
    photo, ours, folder = arguments(3, __doc__)

    def path(name):
        return os.path.join(folder, name)

    with open(path("Pillow.rgb"), "wb") as f:
        f.write(Image.open(ours).convert("RGB").tobytes())
    with open(path("OpenCV.rgb"), "wb") as f:
        f.write(cv2.cvtColor(cv2.imread(ours), cv2.COLOR_BGR2RGB).tobytes())
    Image.open(photo).convert("RGB").save(path("Pillow.jpg"), quality=QUALITY)
    if not cv2.imwrite(path("OpenCV.jpg"), cv2.imread(photo), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]):
        sys.exit("OpenCV wrote no JPEG")


main()
