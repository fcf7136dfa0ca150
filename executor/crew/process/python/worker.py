"""A worker of Carriles in Python: the course's own filters (Pillow, OpenCV, NumPy).

It speaks the protocol of the Go workers, which executor/crew/process/wire.go tells
in prose, over its standard input and output, and does as many tasks at a time as it
has lanes, each on a thread of its own: under Python's real GIL. What of a stage a
thread did not run, its accounts say as for everybody: queued for a processor, or
blocked, which within a stage that computes is the GIL.

With the argument "probe" it says what there is to work with, and ends.
"""
import importlib
import io
import json
import os
import sys
import sysconfig
import threading
import time

if sys.path and sys.path[0] == "":
    sys.path.pop(0)  # what lies in the server's folder is no library

# What is needed: the module, and the packages of pip and of Debian that have it.
LIBRARIES = [
    ("numpy", "numpy", "python3-numpy"),
    ("PIL", "pillow", "python3-pil"),
    ("cv2", "opencv-python-headless", "python3-opencv"),
]


def load():
    """Imports the libraries: their versions, and those that lack, with the reason."""
    versions, missing = {}, []
    for name, pip, debian in LIBRARIES:
        try:
            module = importlib.import_module(name)
            versions[pip] = str(getattr(module, "__version__", "?"))
            globals()[name] = module
        except Exception as error:  # whatever a broken library says
            missing.append({"pip": pip, "debian": debian, "why": f"{type(error).__name__}: {error}"})
    if not missing:
        globals()["Image"] = importlib.import_module("PIL.Image")
        for name in ("ImageEnhance", "ImageFilter", "ImageOps"):
            globals()[name] = importlib.import_module("PIL." + name)
    return versions, missing


if sys.argv[1:] == ["probe"]:
    versions, missing = load()
    free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    print(json.dumps({"python": sys.version.split()[0], "free_threaded": free, "libraries": versions, "missing": missing}))
    sys.exit(0)

import queue
import resource
import struct
import urllib.parse
import urllib.request

BASE, WALL = time.monotonic_ns(), time.time_ns()  # the worker's clock begins here
RECEIVE, READ, DECODE, FILTER, ENCODE, WRITE, SEND = 1, 2, 3, 4, 5, 6, 7
MAX_FRAME, MAX_PIXELS, MAX_SIDE = 1 << 20, 50_000_000, 16_384
HEAD, ORDER, DONE, SPAN = struct.Struct(">cI"), struct.Struct(">IIHQQ"), struct.Struct(">IIHHBQQH"), struct.Struct(">BBIqqq")


def now():
    return time.monotonic_ns() - BASE


# --- the filters, as the course's server has them --------------------------------


def resize(im, p):
    return im.resize((int(p["width"]), int(p["height"])), Image.Resampling.LANCZOS)


def blur(im, p):
    return im.filter(ImageFilter.GaussianBlur(p["radius"]))


def brightness(im, p):
    return ImageEnhance.Brightness(im).enhance(p["factor"])


def sharpen(im, p):
    kernel = numpy.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]], numpy.float32)
    pixels = numpy.asarray(im)
    for _ in range(int(p["intensity"])):
        pixels = cv2.filter2D(pixels, -1, kernel)
    return Image.fromarray(pixels)


def edges(im, p):
    grey = cv2.GaussianBlur(cv2.cvtColor(numpy.asarray(im), cv2.COLOR_RGB2GRAY), (5, 5), 0)
    found = cv2.Canny(grey, p["threshold1"], p["threshold2"])
    return Image.fromarray(cv2.cvtColor(found, cv2.COLOR_GRAY2RGB))


def sharpen_pure(im, p):
    """The same without any library: every step is bytecode, and holds the GIL."""
    width, height = im.size
    rows = [list(im.tobytes()[3 * width * y : 3 * width * (y + 1)]) for y in range(height)]

    def reflect(i, n):
        return 0 if n == 1 else abs(i) if i < n else 2 * n - 2 - i

    beside = [(3 * reflect(x - 1, width) + c, 3 * reflect(x + 1, width) + c) for x in range(width) for c in range(3)]
    for _ in range(int(p["intensity"])):
        result = []
        for y in range(height):
            above, here, below = rows[reflect(y - 1, height)], rows[y], rows[reflect(y + 1, height)]
            row = []
            for i, (left, right) in enumerate(beside):
                v = 9 * here[i] - above[left] - above[i] - above[right] - here[left] - here[right] - below[left] - below[i] - below[right]
                row.append(0 if v < 0 else 255 if v > 255 else v)
            result.append(row)
        rows = result
    return Image.frombytes("RGB", im.size, b"".join(map(bytes, rows)))


FILTERS = {"resize": resize, "blur": blur, "brightness": brightness, "sharpen": sharpen, "edges": edges}
PURE = {**FILTERS, "sharpen": sharpen_pure}


# --- what a thread has used -------------------------------------------------------


class Meter:
    """Tells what the calling thread has used, and how the rest of a span was spent."""

    def __init__(self):
        try:
            self.queue = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        except OSError:
            self.queue = None
        self.usage = getattr(resource, "RUSAGE_THREAD", None)

    def used(self):
        queued = int(os.pread(self.queue, 80, 0).split()[1]) if self.queue is not None else None
        waits = resource.getrusage(self.usage).ru_nvcsw if self.usage is not None else None
        return time.thread_time_ns(), queued, waits

    def since(self, before, length):
        cpu, queued, waits = self.used()
        cpu, spent, rest = cpu - before[0], {}, length - (cpu - before[0])
        if queued is not None:
            spent["queued"] = min(queued - before[1], max(0, length))
            rest -= spent["queued"]
        if waits is not None and waits == before[2]:
            spent["blocked"] = 0
        elif waits is not None and queued is not None:
            spent["blocked"] = max(0, rest)
        return cpu, spent


class Fault(Exception):
    """What is wrong with an image, as it is shown."""

    def __init__(self, code, es, en, cause):
        super().__init__(en)
        self.told = {"code": code, "text": {"es": es, "en": en}, "cause": f"{type(cause).__name__}: {cause}"}


class Lane:
    """One thread that does one task after the other."""

    def __init__(self, worker, number):
        self.worker, self.number, self.spans = worker, number, []

    def live(self):
        self.meter = Meter()
        while True:
            self.work(*self.worker.tasks.get())

    def span(self, stage, step, task, did):
        """Runs something as a span of its own."""
        start, before = now(), self.meter.used()
        try:
            return did()
        finally:
            end = now()
            cpu, ways = self.meter.since(before, end - start)
            self.spans.append((stage, step, task, start, end, cpu, ways))

    def work(self, order, received, data):
        index, attempt, buffer = order
        self.spans.append((RECEIVE, 0, index, received, now(), -1, {}))
        worker, output, number, told = self.worker, b"", 0, None
        try:
            data = self.span(READ, 0, index, lambda: worker.read(index, data))
            im, jpeg = self.span(DECODE, 0, index, lambda: worker.decode(index, data))
            for step, (name, params) in enumerate(worker.steps):
                im = self.span(FILTER, step, index, lambda: worker.filters[name](im, params))
            output = self.span(ENCODE, 0, index, lambda: worker.encode(im, jpeg))
            number = 0 if jpeg else 1
            self.span(WRITE, 0, index, lambda: worker.write(index, attempt, jpeg, output))
        except Fault as fault:
            told = fault.told
        except Exception as error:
            told = Fault("internal", "Python no pudo con la imagen", "Python could not do the image", error).told
        size = 0 if told else len(output)
        spans, self.spans = self.spans, []
        frame = DONE.pack(index, attempt, buffer, self.number, number, size, len(data or b"") if worker.travels else 0, len(spans))
        frame += b"".join(map(worker.packed, spans))
        if told:
            frame += json.dumps(told).encode()
        self.span(SEND, 0, index, lambda: worker.send(b"D", frame, output if worker.travels and not told else b""))


class Worker:
    def __init__(self, setup):
        spec = setup["spec"]
        self.setup, self.spec = setup, spec
        self.steps = [(s["filter"], s["params"]) for s in spec["steps"]]
        self.filters = PURE if spec["engine"] == "pure" else FILTERS
        self.travels = spec["transport"] == "pipe"
        self.tasks, self.lock = queue.SimpleQueue(), threading.Lock()
        self.lanes = [Lane(self, n) for n in range(setup["shape"]["goroutines"])]

    def image(self, index):
        return self.spec["images"][index % len(self.spec["images"])]

    def read(self, index, data):
        name = self.image(index)
        if data is not None:
            return data
        try:
            if self.spec["source"] == "http":
                delay = self.spec["latency_ms"] / 1000
                query = urllib.parse.urlencode({"delay": f"{delay:.3f}", "name": name})
                with urllib.request.urlopen(f"{self.setup['origin']}/api/image/slow/?{query}", timeout=delay + 10) as answer:
                    return answer.read()
            with open(os.path.join(self.setup["static"], "images", name), "rb") as file:
                return file.read()
        except OSError as error:
            raise Fault("bad_image", f"no se puede leer la imagen «{name}»", f'the image "{name}" cannot be read', error)

    def decode(self, index, data):
        try:
            im = Image.open(io.BytesIO(data))
            if im.width * im.height > MAX_PIXELS or max(im.size) > MAX_SIDE:
                raise ValueError(f"{im.width} x {im.height} pixels are too many")
            jpeg = im.format == "JPEG"
            if im.getexif().get(0x0112, 1) != 1:  # it would copy an upright one
                im = ImageOps.exif_transpose(im)
            return im.convert("RGB"), jpeg
        except Exception as error:
            name = self.image(index)
            raise Fault("bad_image", f"no se puede usar «{name}» con Pillow", f'"{name}" cannot be used with Pillow', error)

    def encode(self, im, jpeg):
        out = io.BytesIO()
        if jpeg:
            im.save(out, "JPEG", quality=95)
        else:
            im.save(out, "PNG")
        return out.getvalue()

    def write(self, index, attempt, jpeg, output):
        if not self.travels:
            name = f"{index}.{attempt}." + ("jpg" if jpeg else "png")
            with open(os.path.join(self.setup["static"], self.setup["temp_dir"], name), "wb") as file:
                file.write(output)

    def packed(self, span):
        *times, ways = span
        known = b"".join(struct.pack(">Bq", w in ways, ways.get(w, 0)) for w in self.setup["ways"])
        return SPAN.pack(*times) + known

    def send(self, kind, payload, blob=b""):
        with self.lock:
            out = sys.stdout.buffer
            for at in range(0, len(blob), MAX_FRAME):
                part = blob[at : at + MAX_FRAME]
                out.write(HEAD.pack(b"B", len(part)) + part)
            out.write(HEAD.pack(kind, len(payload)) + payload)
            out.flush()

    def account(self):
        u = resource.getrusage(resource.RUSAGE_SELF)
        usage = {
            "user_ns": int(u.ru_utime * 1e9), "system_ns": int(u.ru_stime * 1e9),
            "peak_memory_bytes": u.ru_maxrss if sys.platform == "darwin" else u.ru_maxrss * 1024,
            "counts": {
                "voluntary_switches": u.ru_nvcsw, "involuntary_switches": u.ru_nivcsw,
                "minor_faults": u.ru_minflt, "major_faults": u.ru_majflt,
            },
        }  # fmt: skip
        try:
            queued = 0
            for task in os.listdir("/proc/self/task"):
                with open(f"/proc/self/task/{task}/schedstat") as file:
                    queued += int(file.read().split()[1])
            usage["queued_ns"] = queued
        except OSError:
            pass
        spans = []
        for lane in self.lanes:
            left, lane.spans = lane.spans, []
            spans.append([dict(zip(("Stage", "Step", "Task", "Start", "End", "CPU"), s)) for s in left])
        return {"usage": usage, "spans": spans}


def exactly(source, n):
    data = source.read(n)
    if len(data) < n:
        os._exit(0)  # a worker whose server is gone has nobody to work for
    return data


def frame(source):
    kind, n = HEAD.unpack(exactly(source, HEAD.size))
    if n > MAX_FRAME:
        sys.exit(f"frame {kind!r} of {n} bytes")
    return kind, exactly(source, n)


def main():
    source = sys.stdin.buffer
    cookie = os.environ.get("CARRILES_WORKER_COOKIE")
    kind, payload = frame(source)
    setup = json.loads(payload)
    if kind != b"S" or not cookie or setup["cookie"] != cookie:
        sys.exit("this command is started by the server, not by hand")
    _, missing = load()
    if missing:
        sys.exit(f"a library lacks: {missing}")
    cv2.setNumThreads(1)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    if setup["memory_limit"] > 0:
        resource.setrlimit(resource.RLIMIT_DATA, (setup["memory_limit"], setup["memory_limit"]))
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass
    worker = Worker(setup)
    for lane in worker.lanes:
        threading.Thread(target=lane.live, daemon=True).start()
    hello = {"version": setup["version"], "pid": os.getpid(), "lanes": len(worker.lanes), "clock_ns": WALL}
    worker.send(b"H", json.dumps(hello).encode())
    while True:
        kind, payload = frame(source)
        if kind == b"T":
            index, attempt, buffer, began, size = ORDER.unpack(payload)
            data = bytearray() if worker.travels else None
            while data is not None and len(data) < size:
                data += frame(source)[1]
            worker.tasks.put(((index, attempt, buffer), max(0, began - WALL), bytes(data) if data is not None else None))
        elif kind == b"A":
            worker.send(b"U", json.dumps(worker.account()).encode())
        else:
            sys.exit(f"unknown frame {kind!r}")


main()
