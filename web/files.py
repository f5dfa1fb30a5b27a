"""Files that leave by HTTP to be kept: tables and workbooks."""

from io import BytesIO

from flask import Response, send_file

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attached(content: bytes, file_name: str) -> Response:
    """Give a file to keep; its name may be Chinese (RFC 6266), and no cache holds it."""
    mimetype = WORKBOOK if file_name.endswith(".xlsx") else "text/csv"
    response = send_file(BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=file_name)
    response.headers["Cache-Control"] = "no-store"
    return response
