"""A certificate on paper: Chinese first, English beneath, a QR code that leads to the page which verifies it.

Times are those of the city. A character that the font lacks is written as its code point, never left out in silence.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import segno
from fpdf import FPDF
from fpdf.fonts import FontFace, TTFFont
from pylopdf_fonts_zh_cn import sans_path

from matching.queries.certificates import CertificateView, ServiceLine
from web.texts.taxonomy import CATEGORY_NAMES

FONT = "sans"
MARGIN_MM = 20.0
LINE_MM = 6.5
QR_MM = 32.0
COLUMNS_MM = (26.0, 58.0, 28.0, 40.0, 18.0)
HEADS = ("日期 Date", "服务内容 Service", "类别 Kind", "记录单位 Recorded by", "小时 Hours")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What the paper says beyond the certificate itself."""

    issuer: str
    public_url: str
    zone: ZoneInfo


def certificate_pdf(view: CertificateView, paper: Paper) -> bytes:
    """Give the certificate as PDF."""
    pdf = _document(view, paper)
    _title(pdf)
    _statement(pdf, view)
    _services(pdf, view.services)
    _foot(pdf, view, paper)
    return bytes(pdf.output())


def verification_url(public_url: str, *, number: str, check: str) -> str:
    """Give the address that the QR code holds: number and check, nothing of the person."""
    return f"{public_url}/verify?{urlencode({'number': number, 'check': check})}"


def printable(text: str, known: Any) -> str:
    """Give `text` with each character that is not in `known` written as its code point."""
    return "".join(one if ord(one) in known else f"〔U+{ord(one):04X}〕" for one in text)


def _document(view: CertificateView, paper: Paper) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_margins(MARGIN_MM, MARGIN_MM)
    pdf.set_auto_page_break(True, MARGIN_MM)
    pdf.set_title(f"志愿服务记录证明 {view.number}")
    pdf.set_author(paper.issuer)
    pdf.set_lang("zh-CN")
    pdf.set_creation_date(view.issued_at.astimezone(paper.zone))
    pdf.add_font(FONT, fname=str(sans_path()))
    pdf.add_page()
    return pdf


def _write(pdf: FPDF, text: str, size: float, *, align: str = "L") -> None:
    pdf.set_font(FONT, size=size)
    pdf.multi_cell(0, size * 0.55, printable(text, _known(pdf)), align=align, new_x="LMARGIN", new_y="NEXT")


def _known(pdf: FPDF) -> Any:
    """Give the code points that the font in use can show."""
    font = pdf.current_font
    assert isinstance(font, TTFFont)
    return font.cmap


def _title(pdf: FPDF) -> None:
    _write(pdf, "志愿服务记录证明", 24, align="C")
    _write(pdf, "Certificate of Volunteer Service", 13, align="C")
    pdf.ln(LINE_MM)


def _statement(pdf: FPDF, view: CertificateView) -> None:
    first, last = view.services[0].on, view.services[-1].on
    hours, count = _hours(view.minutes), len(view.services)
    _write(
        pdf,
        f"兹证明 {view.name} 于 {first:%Y-%m-%d} 至 {last:%Y-%m-%d} 参加志愿服务 {count} 次,"
        f"经审核的服务时间共计 {hours} 小时。",
        12,
    )
    _write(
        pdf,
        f"This certifies that {view.name} served {count} times as a volunteer from {first:%Y-%m-%d} to "
        f"{last:%Y-%m-%d}, {hours} hours in all, as approved.",
        10,
    )
    if view.reported_minutes:
        reported = _hours(view.reported_minutes)
        _write(
            pdf,
            f"另有 {reported} 小时由其他记录单位报送,不计入上数。 "
            f"{reported} hours more were reported by other agencies and are not counted above.",
            9,
        )
    pdf.ln(LINE_MM)


def _services(pdf: FPDF, services: tuple[ServiceLine, ...]) -> None:
    pdf.set_font(FONT, size=9)
    known = _known(pdf)
    plain = FontFace(emphasis="", fill_color=(235, 235, 235))
    aligned = ("L", "L", "L", "L", "R")
    with pdf.table(col_widths=COLUMNS_MM, text_align=aligned, line_height=LINE_MM * 0.8, headings_style=plain) as table:
        table.row(HEADS)
        for line in services:
            cells = (f"{line.on:%Y-%m-%d}", line.title, _kind(line.category), line.unit, _hours(line.minutes))
            table.row([printable(cell, known) for cell in cells])
    pdf.ln(LINE_MM)


def _foot(pdf: FPDF, view: CertificateView, paper: Paper) -> None:
    if pdf.get_y() > pdf.h - MARGIN_MM - QR_MM - LINE_MM:
        pdf.add_page()
    address = verification_url(paper.public_url, number=view.number, check=view.check)
    top = pdf.get_y()
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    pdf.image(picture, x=pdf.w - MARGIN_MM - QR_MM, y=top, w=QR_MM, alt_text="核验二维码 verification")
    pdf.set_right_margin(MARGIN_MM + QR_MM + 4)
    issued: datetime = view.issued_at.astimezone(paper.zone)
    _write(pdf, f"证明编号 Number  {view.number}", 10)
    _write(pdf, f"校验码 Check  {view.check}", 10)
    _write(pdf, f"出具单位 Issued by  {paper.issuer}", 10)
    _write(pdf, f"出具日期 Date  {issued:%Y-%m-%d}", 10)
    _write(pdf, f"核验 Verify  {paper.public_url}/verify", 8)


def _kind(category: str) -> str:
    return str(CATEGORY_NAMES.get(category, category))


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.1f}"
