"""How long the OCR engine alone takes for a picture: the floor of a queue of receipts.

python -m bench.engine COUNT < PICTURE    prints the seconds that COUNT readings took, after a first one
"""

import sys
import time

from app.services import ocr

if __name__ == "__main__":
    picture = sys.stdin.buffer.read()
    ocr.recognise(picture)
    started = time.perf_counter()
    for _ in range(int(sys.argv[1])):
        ocr.recognise(picture)
    print(time.perf_counter() - started)
