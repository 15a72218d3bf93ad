"""Which attributes are sent at all, by their names."""

from __future__ import annotations

from tui_app.core.fields import STANDARD_FIELDS, problem_of_name
from tui_app.core.project import Destination, Identifier

_NEVER_SENT_WITH: dict[Identifier, frozenset[str]] = {
    "email": frozenset({"email"}),
    "phone": frozenset({"phone", "email"}),
}
"""The identifier's own field is not sent again; and of email and phone, Braze would take email as the identifier.

Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Updating by email or phone".
"""


def is_sent(name: str, destination: Destination) -> bool:
    """Whether an attribute of this name is sent at all."""
    if problem_of_name(name) is not None or name in _NEVER_SENT_WITH.get(destination.identifier, ()):
        return False
    field = STANDARD_FIELDS.get(name)
    return field is None or not field.is_consent or destination.send_consent
