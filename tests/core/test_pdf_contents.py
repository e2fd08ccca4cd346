"""A PDF that is kept holds pages and nothing that runs, opens or hides."""

from __future__ import annotations

import os
import zlib

import pytest

from market.core.errors import ValidationFailed
from market.core.file_types import checked_type
from market.core.pdf_contents import concern_of, is_unsigned_print

PICTURE = b"\xff\xd8\xff\xe0" + os.urandom(200_000) + b"\xff\xd9"


def pdf(*objects: bytes) -> bytes:
    body = b"".join(b"%d 0 obj %s endobj\n" % (number, one) for number, one in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + body + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"


def stream(dictionary: bytes, body: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(body), body)


def packed(body: bytes, *, more: bytes = b"") -> bytes:
    return stream(b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode" + more, zlib.compress(body))


PLAIN = pdf(b"<</Type/Catalog/OpenAction[3 0 R/Fit]/Names<</Dests 4 0 R>>>>", stream(b"/Subtype/Image", PICTURE))


@pytest.mark.parametrize(
    ("hidden", "concern"),
    [
        (b"<</OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>", "program-inside"),
        (b"<</OpenAction<</S/J#61vaScr#69pt/JS(x)>>>>", "program-inside"),
        (b"<</A<</S/Launch/F(cmd.exe)>>>>", "program-inside"),
        (b"<</AcroForm<</XFA 3 0 R>>>>", "program-inside"),
        (b"<</Names<</EmbeddedFiles 3 0 R>>>>", "file-inside"),
        (b"<</Subtype/FileAttachment/FS 3 0 R>>", "file-inside"),
        (packed(b"1 0 <</S/JavaScript>>"), "program-inside"),
        (packed(b"1 0 <</Type/Filespec/EF<<>>>> <</Type/EmbeddedFile>>"), "file-inside"),
        (packed(b"1 0 <</S/JavaScript>>", more=b"/DecodeParms<</Predictor 12>>"), "unreadable"),
        (stream(b"/Type/ObjStm/Filter/ASCIIHexDecode", b"3c3c2f533e3e>"), "unreadable"),
        (stream(b"/Type/ObjStm", b"1 0 <</S/JavaScript>>"), "program-inside"),
        (stream(b"/Subtype/Image", b"\xff\xd8\xff 9 0 obj <</S/JavaScript>> endobj \xff\xd9"), "program-inside"),
        (b"<</Encrypt 9 0 R>>", "encrypted"),
    ],
)
def test_what_runs_opens_or_hides_is_refused_with_words(hidden: bytes, concern: str) -> None:
    body = pdf(b"<</Type/Catalog>>", hidden)
    assert concern_of(body) == concern
    with pytest.raises(ValidationFailed) as refused:
        checked_type(body, file_name="a.pdf", declared="application/pdf")
    (error,) = refused.value.errors
    assert error.code == concern
    assert "PDF" in error.message.vi


def test_pages_and_pictures_are_kept() -> None:
    assert concern_of(PLAIN) is None
    assert (
        concern_of(pdf(packed(b"1 0 <</Type/Page>>"), stream(b"/Filter/CCITTFaxDecode", os.urandom(500_000)))) is None
    )
    assert checked_type(PLAIN, file_name="a.pdf", declared="").name == "PDF"


def test_what_unpacks_to_too_much_is_not_unpacked() -> None:
    assert concern_of(pdf(packed(bytes(80 * 1024 * 1024)))) == "unreadable"


def test_a_print_is_unsigned_until_somebody_adds_to_it() -> None:
    written = pdf(b"<</Type/Catalog>>", b"<</Creator(Typst 0.15.1)>>")
    assert is_unsigned_print(written)
    assert not is_unsigned_print(written + b"9 0 obj <</Type/Sig/ByteRange[0 1 2 3]>> endobj\n%%EOF\n")
    assert not is_unsigned_print(pdf(b"<</Creator(Typst 0.15.1)>>", b"<</Subtype/Ink>>"))
    assert not is_unsigned_print(PLAIN)
