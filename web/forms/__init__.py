"""The one validation system: marshmallow schemas that make commands, from forms and from JSON alike.

Schemas complain in codes; :mod:`web.texts.complaints` says them to people. Nothing typed is lost when something is
wrong.
"""

from web.forms.form import Form, read_form
from web.forms.schema import CommandSchema

__all__ = ["CommandSchema", "Form", "read_form"]
