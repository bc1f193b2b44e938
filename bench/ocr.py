"""How long a picture takes to be read and what memory that needs, beside the bare engine as it comes.

python -m bench.ocr FOLDER    of pictures; a picture of 40 million pixels is read as the last one
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from config import ROOT

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".heic"}
LARGE = (8000, 5000)


def ours() -> Callable[[bytes], Any]:
    """The service's reader, its engine loaded."""
    from app.services import ocr  # noqa: PLC0415 -- each in a process of its own

    ocr.engine()
    return ocr.recognise


def floor() -> Callable[[bytes], Any]:
    """rapidocr as it comes: no limits, as many threads as there are cores, and lines turned one by one."""
    from rapidocr import RapidOCR  # noqa: PLC0415

    return RapidOCR(params={"Global.log_level": "warning"})


def large() -> bytes:
    """A photo of many pixels and few words."""
    picture, file = Image.new("RGB", LARGE, "white"), BytesIO()
    ImageDraw.Draw(picture).text((500, 500), "TOTAL 12.30", fill="black", font=ImageFont.load_default(size=400))
    picture.save(file, "PNG")
    return file.getvalue()


def memory() -> dict[str, int]:
    """MB that this process has now and had at most."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {name: int(status[key].split()[0]) // 1000 for name, key in (("rss_mb", "VmRSS"), ("peak_mb", "VmHWM"))}


def measure(reader: Callable[[], Callable[[bytes], Any]], folder: Path) -> dict[str, Any]:
    """Figures of one reader over all pictures of a folder, in this process."""
    began = time.perf_counter()
    read = reader()
    figures: dict[str, Any] = {"load_seconds": round(time.perf_counter() - began, 2), **memory()}
    seconds, computed = [], time.process_time()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES:
            content, began = path.read_bytes(), time.perf_counter()
            read(content)
            seconds.append(time.perf_counter() - began)
    figures["pictures"] = len(seconds)
    figures["median_seconds"], figures["p95_seconds"] = (
        round(median(seconds), 2),
        round(quantiles(seconds, n=20)[18], 2),
    )
    figures["cpu_seconds_each"] = round((time.process_time() - computed) / len(seconds), 2)
    figures["after_all"] = memory()
    read(large())
    return figures | {"after_40_million_pixels": memory()}


def main() -> None:
    """Print the figures of both, each measured in a process of its own."""
    readers = {"ours": ours, "floor": floor}
    if len(sys.argv) == 3:
        print(json.dumps(measure(readers[sys.argv[2]], Path(sys.argv[1]))))
        return
    for name in readers:
        command = [sys.executable, "-m", "bench.ocr", sys.argv[1], name]
        print(name, subprocess.check_output(command, cwd=ROOT, text=True).strip(), flush=True)  # noqa: S603


if __name__ == "__main__":
    main()
