"""Reads PDF with pdfplumber: by the structure the file carries (Word and Typst write it), else by its layout."""

import zlib
from io import BytesIO
from typing import TYPE_CHECKING

from nlp.pdf_layout import laid_out
from nlp.pdf_structure import Sign, sign_of, structured
from nlp.piece import Piece
from nlp.refuse import refused

if TYPE_CHECKING:
    from pdfminer.pdftypes import PDFStream
    from pdfplumber.page import Page
    from pdfplumber.pdf import PDF

_FEW_SIGNS = 30
_MOST_CONTENT = 50_000_000


def pieces(data: bytes) -> list[Piece]:
    """The pieces of a PDF in order; NoteRefused (scanned, empty, password, damaged), or what pdfplumber raises."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        with pdfplumber.open(BytesIO(data)) as pdf:
            _refuse_lost_parts(pdf)
            found = structured(pdf, _signs(pdf))
            return laid_out(pdf) if found is None else found
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect | PDFEncryptionError):
            raise refused("password") from None
        raise


def _refuse_lost_parts(pdf: "PDF") -> None:
    """Refuses a PDF with fewer pages than it promises or with a page that does not unpack: pdfminer reads on."""
    from pdfminer.pdftypes import PDFStream, resolve1

    if resolve1(resolve1(pdf.doc.catalog["Pages"]).get("Count")) != len(pdf.pages):
        raise refused("damaged")
    for page in pdf.pages:
        for stream in map(resolve1, page.page_obj.contents):
            if not isinstance(stream, PDFStream):
                raise refused("damaged")
            packed = stream.get_rawdata()
            if packed and not stream.decipher and _filter_name(stream) == "FlateDecode":
                _refuse_spoilt(packed)


def _filter_name(stream: "PDFStream") -> str:
    filters = stream.get_filters()
    return str(getattr(filters[0][0], "name", "")) if filters else ""


def _refuse_spoilt(packed: bytes) -> None:
    try:
        zlib.decompressobj().decompress(packed, _MOST_CONTENT)
    except zlib.error:
        raise refused("damaged") from None


def _signs(pdf: "PDF") -> dict[int, list[Sign]]:
    """The characters by page; refuses a note of which a page is only a picture, for its points would be lost."""
    found: dict[int, list[Sign]] = {}
    for page in pdf.pages:
        found[page.page_number] = signs = [sign_of(char) for char in page.chars]
        shown = sum(sign.text.isalnum() for sign in signs)
        if shown < _FEW_SIGNS and (_is_picture(page) or len(page.curves) > 100):
            raise refused("scanned")
        # What pdfplumber keeps of a page is ten times what is wanted of it.
        page.close()
    if not any(sign.text.isalnum() for signs in found.values() for sign in signs):
        raise refused("empty")
    return found


def _is_picture(page: "Page") -> bool:
    covered = sum(max(0.0, image["width"]) * max(0.0, image["height"]) for image in page.images)
    return bool(covered > 0.4 * float(page.width * page.height))
