"""A certificate as PDF: one page, the facts readable, the QR code leading to its verification, no silent gap."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from matching.queries.certificates import CertificateView, ServiceLine
from web.certificates import Paper, certificate_pdf, printable, verification_url

PAPER = Paper(issuer="邻里", public_url="https://linli.example", zone=ZoneInfo("Asia/Shanghai"))


def view(name: str, services: int = 3) -> CertificateView:
    line = ServiceLine(
        on=date(2026, 12, 5), minutes=120, title="为高龄老人助浴", category="elderly", unit="南京东路街道"
    )
    return CertificateView(
        certificate_id=1,
        number="LL2026-ABCD-EFGH-JKLM",
        check="ABCDEFGH",
        name=name,
        issued_at=datetime(2026, 12, 20, 18, tzinfo=UTC),
        minutes=120 * services,
        reported_minutes=600,
        services=(line,) * services,
        revoked_at=None,
    )


def test_certificate_is_a_pdf_of_as_many_pages_as_it_needs() -> None:
    short, long = certificate_pdf(view("王小明"), PAPER), certificate_pdf(view("王小明", 120), PAPER)
    assert short.startswith(b"%PDF-")
    assert [short.count(b"/Type /Page\n"), long.count(b"/Type /Page\n") > 2] == [1, True]


def test_character_that_the_font_lacks_is_written_as_its_code_point() -> None:
    assert printable("王𠮷", {ord("王")}) == "王〔U+20BB7〕"
    assert certificate_pdf(view("王\U000323af"), PAPER).startswith(b"%PDF-")


def test_address_of_the_qr_code_names_nobody() -> None:
    assert (
        verification_url("https://linli.example", number="LL2026-A", check="B")
        == "https://linli.example/verify?number=LL2026-A&check=B"
    )
