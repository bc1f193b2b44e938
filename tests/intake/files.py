"""Files made in code: those that phones, scanners and shops make, and those that mean harm."""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pillow_heif
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin
from PIL.ExifTags import IFD, Base
from reportlab.pdfgen.canvas import Canvas

JPEG, PNG, WEBP, HEIC, PDF = "image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"
WIDTH, HEIGHT = 600, 400
UPRIGHT, TURNED = (WIDTH, HEIGHT), (HEIGHT, WIDTH)
Good = tuple[bytes, str, int, tuple[int, int]]


def drawn(mode: str = "RGB", size: tuple[int, int] = UPRIGHT) -> Image.Image:
    """A receipt as a child would draw it, red in the upper left corner."""
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, size[0] // 4, size[1] // 4), fill="red")
    for line in range(10):
        pen.text((size[0] // 3, 20 + 30 * line), f"MILK {line}   4.{line}0", fill="black")
    return picture.convert(mode)


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, **options)
    return made.getvalue()


def jpeg(mode: str = "RGB", **options: Any) -> bytes:
    return saved(drawn(mode), "JPEG", **options)


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: where it was, which one it was, how it was held."""
    found = Image.Exif()
    found[Base.Make], found[Base.Orientation] = "Phone", orientation
    found[IFD.GPSInfo] = {1: "N", 2: (12.0, 58.0, 17.7), 3: "E", 4: (77.0, 35.0, 40.2)}
    return found


def full_of_metadata(kind: str) -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: dict[str, Any] = {"exif": exif(), "icc_profile": profile}
    if kind == "JPEG":
        options |= {"comment": b"taken at home", "xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", "dpi": (72, 72)}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
        options["pnginfo"].add_text("Author", "Asha", zip=True)
    return saved(drawn(), kind, **options)


def metadata_of(picture: Image.Image) -> set[str]:
    """What a JPEG says besides its pixels and the head that all JPEG files have."""
    told = set(picture.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    return told | {name for name, _ in getattr(picture, "applist", []) if name != "APP0"} | set(dict(picture.getexif()))


def noise(size: int) -> bytes:
    return random.Random(4).randbytes(size)  # noqa: S311 -- the same in each run


def box(name: bytes, content: bytes) -> bytes:
    """Of an MP4 file (ISO/IEC 14496-12, section 4.2)."""
    return struct.pack(">I", 8 + len(content)) + name + content


def film() -> bytes:
    return box(b"ftyp", b"mp42\0\0\0\0isommp42") + box(b"mdat", noise(300_000)) + box(b"moov", b"\0" * 64)


def samsung() -> bytes:
    """The blocks after a Samsung photo, their directory last: SEFH … SEFT."""
    block = b"\0\0\x01\x0a" + struct.pack("<I", 14) + b"Image_UTC_Data" + b"1764000000000"
    entry = struct.pack("<HHII", 0, 0x0A01, len(block), len(block))
    directory = b"SEFH" + struct.pack("<II", 106, 1) + entry
    return block + directory + struct.pack("<I", len(directory)) + b"SEFT"


def several() -> bytes:
    return saved(drawn(), "MPO", save_all=True, append_images=[drawn(size=(300, 200))])


def heic(size: tuple[int, int] = UPRIGHT, **options: Any) -> bytes:
    made = io.BytesIO()
    pillow_heif.from_pillow(drawn(size=size)).save(made, quality=60, **options)
    return made.getvalue()


def pdf(pages: int = 1, text: str = "MILK 4.50") -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=UPRIGHT)
    for number in range(pages):
        canvas.drawString(50, 300, f"{text} {number}")
        canvas.linkURL("https://example.com/", (0, 0, 100, 100))
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def changed_pdf(change: Callable[[pikepdf.Pdf], object], **options: Any) -> bytes:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        change(document)
        document.save(made, **options)
    return made.getvalue()


def attached(name: str, content: bytes) -> Callable[[pikepdf.Pdf], object]:
    def attach(document: pikepdf.Pdf) -> None:
        document.attachments[name] = content

    return attach


def with_entry(key: str, value: Any) -> Callable[[pikepdf.Pdf], object]:
    return lambda document: document.Root.__setitem__(key, document.make_indirect(value))


def action(kind: str, **entries: Any) -> pikepdf.Dictionary:
    return pikepdf.Dictionary(Type=pikepdf.Name.Action, S=pikepdf.Name(kind), **entries)


SCRIPT = pikepdf.String("app.alert(1)")


def scripted(**options: Any) -> bytes:
    return changed_pdf(with_entry("/OpenAction", action("/JavaScript", JS=SCRIPT)), **options)


def encrypted(**passwords: str) -> bytes:
    return changed_pdf(lambda _: None, encryption=pikepdf.Encryption(**passwords))


GOOD: dict[str, Callable[[], Good]] = {
    "a photo": lambda: (jpeg(), JPEG, 1, UPRIGHT),
    "a progressive one": lambda: (jpeg(progressive=True), JPEG, 1, UPRIGHT),
    "a grey one": lambda: (jpeg("L"), JPEG, 1, UPRIGHT),
    "one in inks": lambda: (jpeg("CMYK"), JPEG, 1, UPRIGHT),
    "a large one": lambda: (saved(drawn(size=(4000, 3000)), "JPEG"), JPEG, 1, (4000, 3000)),
    "a long one": lambda: (saved(drawn(size=(500, 9000)), "JPEG"), JPEG, 1, (500, 9000)),
    "one held sideways": lambda: (jpeg(exif=exif(6)), JPEG, 1, TURNED),
    "one that tells all": lambda: (full_of_metadata("JPEG"), JPEG, 1, UPRIGHT),
    "one with broken EXIF": lambda: (jpeg(exif=b"Exif\0\0II*\0\xff\xff\xff\xff\x01"), JPEG, 1, UPRIGHT),
    "two in one (MPF)": lambda: (several(), JPEG, 1, UPRIGHT),
    "one with a gain map": lambda: (jpeg() + saved(drawn("L", (150, 100)), "JPEG"), JPEG, 1, UPRIGHT),
    "a motion photo": lambda: (jpeg() + film(), JPEG, 1, UPRIGHT),
    "a Samsung photo": lambda: (jpeg() + samsung(), JPEG, 1, UPRIGHT),
    "a Samsung motion photo": lambda: (jpeg() + film() + samsung(), JPEG, 1, UPRIGHT),
    "one padded with zeros": lambda: (jpeg() + b"\0" * 4096, JPEG, 1, UPRIGHT),
    "a screenshot": lambda: (saved(drawn("RGBA"), "PNG"), PNG, 1, UPRIGHT),
    "one of few colours": lambda: (saved(drawn("P"), "PNG", transparency=0), PNG, 1, UPRIGHT),
    "a fax": lambda: (saved(drawn("1"), "PNG"), PNG, 1, UPRIGHT),
    "a scan of 16 bits": lambda: (saved(drawn("L").convert("I;16"), "PNG"), PNG, 1, UPRIGHT),
    "a PNG that tells all": lambda: (full_of_metadata("PNG"), PNG, 1, UPRIGHT),
    "a PNG held sideways": lambda: (saved(drawn(), "PNG", exif=exif(8)), PNG, 1, TURNED),
    "WebP": lambda: (saved(drawn(), "WEBP"), WEBP, 1, UPRIGHT),
    "WebP without loss": lambda: (saved(drawn("RGBA"), "WEBP", lossless=True), WEBP, 1, UPRIGHT),
    "WebP that tells all": lambda: (full_of_metadata("WEBP"), WEBP, 1, UPRIGHT),
    "HEIC": lambda: (heic(), HEIC, 1, UPRIGHT),
    "HEIC that tells all": lambda: (heic(exif=exif().tobytes()), HEIC, 1, UPRIGHT),
    "a PDF": lambda: (pdf(), PDF, 1, UPRIGHT),
    "one of 20 pages": lambda: (pdf(20), PDF, 20, UPRIGHT),
    "one in object streams": lambda: (
        changed_pdf(lambda _: None, object_stream_mode=pikepdf.ObjectStreamMode.generate), PDF, 1, UPRIGHT),
    "one that opens without its password": lambda: (encrypted(owner="secret"), PDF, 1, UPRIGHT),
    "an invoice with its data": lambda: (
        changed_pdf(attached("factur-x.xml", b'<?xml version="1.0"?><Invoice/>')), PDF, 1, UPRIGHT),
    "one with a mark before it": lambda: (b"\xef\xbb\xbf\n" + pdf(), PDF, 1, UPRIGHT),
    "one with lines after it": lambda: (pdf() + b"\r\n" * 300, PDF, 1, UPRIGHT),
}  # fmt: skip


def zipped(content: bytes = b"harm") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("run.class", content)
    return made.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """Of a PNG (W3C PNG, section 5.3)."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, *before: bytes, pixels: bytes = b"") -> bytes:
    """One that claims a size."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    end = chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(before) + end


def bomb(name: bytes, label: bytes, megabytes: int) -> bytes:
    """A small chunk that is large when unpacked."""
    packed = zlib.compress(b"\0" * (megabytes * 1024 * 1024), 9)
    return chunk(name, label + packed)


def moving(kind: str, **options: Any) -> bytes:
    mode = "P" if kind == "GIF" else "RGB"
    return saved(drawn(mode), kind, save_all=True, append_images=[drawn(mode).rotate(90)], duration=100, **options)


def with_comment(text: bytes, before: bool = True) -> bytes:
    made = jpeg()
    segment = b"\xff\xfe" + struct.pack(">H", len(text) + 2) + text
    return made[:2] + segment + made[2:] if before else made + text


def scans(number: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    made = jpeg(progressive=True)
    start = made.rfind(b"\xff\xda")
    return made[:-2] + made[start:-2] * number + b"\xff\xd9"


def resized(content: bytes, width: int, height: int) -> bytes:
    """A JPEG that claims another size."""
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def heic_that_claims(width: int, height: int) -> bytes:
    made = bytearray(heic())
    at = made.find(b"ispe")
    while at >= 0:
        made[at + 8 : at + 16] = struct.pack(">II", width, height)
        at = made.find(b"ispe", at + 1)
    return bytes(made)


def deep(levels: int) -> pikepdf.Object:
    return pikepdf.Object.parse(b"[" * levels + b"]" * levels)


def pdf_of(objects: list[bytes]) -> bytes:
    """A document of these objects, the first of them its catalogue."""
    made, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return made + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def packed(megabytes: int, end: bytes) -> bytes:
    """So many megabytes of blanks and an end, compressed, without ever being there whole."""
    blanks = b" " * 1024 * 1024
    compressor = zlib.compressobj(9)
    head = compressor.compress(b"") + compressor.flush(zlib.Z_FULL_FLUSH)
    once = compressor.compress(blanks) + compressor.flush(zlib.Z_FULL_FLUSH)  # the next block looks the same
    tail = compressor.compress(end) + compressor.flush(zlib.Z_FINISH)
    total = 1
    for _ in range(megabytes):
        total = zlib.adler32(blanks, total)
    return head + once * megabytes + tail[:-4] + struct.pack(">I", zlib.adler32(end, total))


def content_bomb(megabytes: int) -> bytes:
    """A page whose drawing is a few kilobytes, until it is unpacked."""
    drawing = packed(megabytes, b"")
    return pdf_of([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(drawing), drawing),
    ])  # fmt: skip


def drawing_bomb(levels: int = 9, *, blank: bool = True) -> bytes:
    """A page, perhaps with a blank one before it, that draws a form of ten forms of ten forms … of a rectangle."""
    kids = b"[3 0 R 4 0 R]" if blank else b"[4 0 R]"
    head, page = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]"
    form = head + b"/Resources<</XObject<</F %d 0 R>>>>/Length 60>>stream\n%s\nendstream"
    inner = [form % (7 + level, b"/F Do " * 10) for level in range(levels)]
    return pdf_of([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids%s>>" % (1 + blank, kids), page + b">>",
        page + b"/Contents 5 0 R/Resources<</XObject<</F 6 0 R>>>>>>", b"<</Length 5>>stream\n/F Do\nendstream",
        *inner, b"%s/Length 12>>stream\n0 0 1 1 re f\nendstream" % head,
    ])  # fmt: skip


def object_bomb(megabytes: int) -> bytes:
    """The same with the objects themselves, in an object stream (PDF 1.7, section 7.5.7)."""
    first = b"<</Type/Catalog/Pages 3 0 R>>"
    second = b"<</Type/Pages/Count 1/Kids[<</Type/Page/MediaBox[0 0 600 400]>>]>>"
    table = b"2 %d 3 %d" % (megabytes * 2**20, megabytes * 2**20 + len(first))
    start = 32
    bomb = packed(megabytes, first + second)
    compressor = zlib.compressobj(0)
    head = compressor.compress(table.ljust(start)) + compressor.flush(zlib.Z_FULL_FLUSH)
    whole = zlib.adler32(table.ljust(start))
    for _ in range(megabytes):
        whole = zlib.adler32(b" " * 2**20, whole)
    stream = head + bomb[2:-4] + struct.pack(">I", zlib.adler32(first + second, whole))
    made = b"%PDF-1.5\n"
    place = len(made)
    made += b"1 0 obj\n<</Type/ObjStm/N 2/First %d/Length %d/Filter/FlateDecode>>stream\n" % (start, len(stream))
    made += stream + b"\nendstream\nendobj\n"
    end = len(made)
    entries = b"".join(struct.pack(">BIB", *entry) for entry in
                       [(0, 0, 0), (1, place, 0), (2, 1, 0), (2, 1, 1), (1, end, 0)])  # fmt: skip
    made += b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 1]/Root 2 0 R/Length %d>>stream\n" % len(entries)
    return made + entries + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % end


def page_of(width: float, height: float) -> bytes:
    return pdf_of([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %f %f]>>" % (width, height),
    ])  # fmt: skip


HTML = b"<html><script>alert(1)</script></html>"
BAD: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "nothing": (lambda: b"", 422, "empty_file"),
    "one byte": (lambda: b"\xff", 415, "unsupported_file_type"),
    "a program": (lambda: b"MZ" + b"\0" * 5000, 415, "unsupported_file_type"),
    "a program of Linux": (lambda: b"\x7fELF" + b"\0" * 5000, 415, "unsupported_file_type"),
    "a GIF": (lambda: saved(drawn("P"), "GIF"), 415, "unsupported_file_type"),
    "a moving GIF": (lambda: moving("GIF"), 415, "unsupported_file_type"),
    "a drawing": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported_file_type"),
    "a page": (lambda: b"<!DOCTYPE html>" + HTML, 415, "unsupported_file_type"),
    "an archive": (zipped, 415, "unsupported_file_type"),
    "a text": (lambda: b"milk 4.50\n" * 100, 415, "unsupported_file_type"),
    "a TIFF": (lambda: saved(drawn(), "TIFF"), 415, "unsupported_file_type"),
    "a BMP": (lambda: saved(drawn(), "BMP"), 415, "unsupported_file_type"),
    "an AVIF": (lambda: saved(drawn(), "AVIF"), 415, "unsupported_file_type"),
    "a film": (film, 415, "unsupported_file_type"),
    "a document after words": (lambda: b"Dear all,\n" + pdf(), 415, "unsupported_file_type"),
    "a moving PNG": (lambda: moving("PNG"), 422, "animated"),
    "a moving WebP": (lambda: moving("WEBP"), 422, "animated"),
    "a HEIC sequence": (lambda: box(b"ftyp", b"hevc\0\0\0\0hevcmsf1"), 422, "animated"),
    "50,000 pixels square": (lambda: png(50_000, 50_000), 422, "too_many_pixels"),
    "four billion": (lambda: png(2**31 - 1, 2**31 - 1), 422, "too_many_pixels"),
    "a thread": (lambda: png(30_000, 20), 422, "too_many_pixels"),
    "a JPEG that claims more": (lambda: resized(jpeg(), 65_000, 65_000), 422, "too_many_pixels"),
    "a WebP that claims more": (
        lambda: b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4 + b"\xff\x3f\0" * 2,
        422, "too_many_pixels"),
    "HEIC of too many": (lambda: heic_that_claims(30_000, 30_000), 422, "too_many_pixels"),
    "a dot": (lambda: saved(drawn(size=(15, 600)), "PNG"), 422, "too_small"),
    "no size at all": (lambda: resized(jpeg(), 0, 400), 422, "too_small"),
    "half a JPEG": (lambda: jpeg()[: len(jpeg()) // 2], 422, "unreadable_file"),
    "half a progressive one": (lambda: jpeg(progressive=True)[: len(jpeg()) // 2], 422, "unreadable_file"),
    "the head of a JPEG": (lambda: jpeg()[:100], 422, "unreadable_file"),
    "a JPEG without its end": (lambda: jpeg()[:-2], 422, "unreadable_file"),
    "half a PNG": (lambda: saved(drawn(), "PNG")[:1500], 422, "unreadable_file"),
    "a PNG without pixels": (lambda: png(600, 400), 422, "unreadable_file"),
    "a PNG with wrong sums": (lambda: png(600, 400, b"\0\0\0\0tEXt\0\0\0\1"), 422, "unreadable_file"),
    "half a WebP": (lambda: saved(drawn(), "WEBP")[:2000], 422, "unreadable_file"),
    "half a HEIC": (lambda: heic()[:3000], 422, "unreadable_file"),
    "half a PDF": (lambda: pdf(10)[: len(pdf(10)) // 2], 422, "unreadable_file"),
    "the head of a PDF": (lambda: b"%PDF-1.7\n%%EOF\n", 422, "unreadable_file"),
    "a PDF without pages": (lambda: changed_pdf(lambda made: made.pages.__delitem__(0)), 422, "unreadable_file"),
    "a PDF of noise": (lambda: b"%PDF-1.7\n" + noise(9000) + b"\n%%EOF\n", 422, "unreadable_file"),
    "a page as wide as a town": (lambda: page_of(10**7, 400), 422, "unreadable_file"),
    "a page as thin as a hair": (lambda: page_of(0.01, 400), 422, "unreadable_file"),
    "a text bomb": (lambda: png(600, 400, bomb(b"zTXt", b"a\0\0", 64)), 422, "unreadable_file"),
    "many text bombs": (lambda: png(600, 400, *[bomb(b"zTXt", b"a\0\0", 1)] * 200), 422, "unreadable_file"),
    "a profile bomb": (lambda: png(600, 400, bomb(b"iCCP", b"a\0\0", 200)), 422, "unreadable_file"),
    "a PNG of a million chunks": (lambda: png(600, 400, chunk(b"teXt", b"") * 100_000), 422, "too_complex"),
    "a JPEG of a thousand scans": (lambda: scans(1000), 422, "too_complex"),
    "a JPEG of filling": (lambda: b"\xff\xd8" + b"\xff" * 3_000_000, 422, "unreadable_file"),
    "a JPEG of empty segments": (lambda: b"\xff\xd8" + b"\xff\xfe\0\2" * 500_000, 422, "too_complex"),
    "500 pages": (lambda: pdf(500), 422, "too_many_pages"),
    "21 pages": (lambda: pdf(21), 422, "too_many_pages"),
    "a locked PDF": (lambda: encrypted(user="secret", owner="other"), 422, "encrypted_pdf"),
    "a script at the start": (
        scripted, 422, "active_content"),
    "a script by another spelling": (
        lambda: scripted().replace(b"/JavaScript", b"/Java#53cript").replace(b"/JS", b"/#4a#53"),
        422, "active_content"),
    "a named script": (
        lambda: changed_pdf(with_entry("/Names", pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[])))),
        422, "active_content"),
    "a script in an object stream": (
        lambda: scripted(object_stream_mode=pikepdf.ObjectStreamMode.generate), 422, "active_content"),
    "a launch": (lambda: changed_pdf(with_entry("/OpenAction", action("/Launch", F=pikepdf.String("a.exe")))), 422,
                 "active_content"),
    "a form that is sent": (
        lambda: changed_pdf(with_entry("/OpenAction", action("/SubmitForm"))), 422, "active_content"),
    "an XFA form": (lambda: changed_pdf(with_entry("/AcroForm", pikepdf.Dictionary(XFA=SCRIPT, Fields=[]))), 422,
                    "active_content"),
    "an attachment": (lambda: changed_pdf(attached("a.exe", b"MZ")), 422, "active_content"),
    "an attachment under a false name": (lambda: changed_pdf(attached("a.xml", b"MZ")), 422, "active_content"),
    "an onion": (lambda: changed_pdf(with_entry("/Onion", deep(400))), 422, "too_complex"),
    "a bomb for a drawing": (lambda: content_bomb(3000), 422, "too_complex"),
    "a bomb of objects": (lambda: object_bomb(1500), 422, "unreadable_file"),
    "a document in a picture's comment": (lambda: with_comment(pdf()[:200]), 422, "polyglot"),
    "a document after a picture": (lambda: jpeg() + pdf(), 422, "polyglot"),
    "a document after a PNG": (lambda: saved(drawn(), "PNG") + pdf(), 422, "polyglot"),
    "an archive after a picture": (lambda: jpeg() + zipped(), 422, "polyglot"),
    "an archive after a PNG": (lambda: saved(drawn(), "PNG") + zipped(), 422, "polyglot"),
    "an archive after a WebP": (lambda: saved(drawn(), "WEBP") + zipped(), 422, "polyglot"),
    "an archive after a PDF": (lambda: pdf() + zipped(), 422, "polyglot"),
    "an archive in a comment": (lambda: with_comment(zipped()), 422, "polyglot"),
    "a page in a comment": (lambda: with_comment(HTML), 422, "polyglot"),
    "a page after a picture": (lambda: with_comment(HTML, before=False), 422, "polyglot"),
    "a page after a motion photo": (lambda: jpeg() + film() + HTML, 422, "polyglot"),
    "a page after a PDF": (lambda: pdf() + HTML, 422, "polyglot"),
    "a page at a PDF's start": (lambda: pdf().replace(b"\n", b"\n%" + HTML + b"\n", 1), 422, "polyglot"),
    "PHP in a comment": (lambda: with_comment(b"<?PHP system($_GET['c']); ?>"), 422, "polyglot"),
    "PHP in a PNG's text": (lambda: png(600, 400, chunk(b"tEXt", b"a\0<?php echo 1;")), 422, "polyglot"),
    "a drawing in a comment": (
        lambda: with_comment(b"<svg onload='x()' xmlns='http://www.w3.org/2000/svg'>"), 422, "polyglot"),
    "a program after a picture": (lambda: jpeg() + b"MZ\x90\0" + b"\0" * 500, 422, "polyglot"),
    "a shell script after a picture": (lambda: jpeg() + b"\n#!/bin/sh\nid\n", 422, "polyglot"),
    "a page in HEIC": (lambda: heic() + box(b"free", HTML), 422, "polyglot"),
}  # fmt: skip
