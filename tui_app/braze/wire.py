"""How a request to /users/track is written: the objects of a plan, byte for byte, in one array.

What one request may carry stands in `core.requests`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tui_app.core.delivery import InputArray


def body_of(objects: Sequence[str], array: InputArray = "attributes") -> bytes:
    """Write a body from objects that are JSON texts already, unchanged and in their order.

    Args:
        objects: One JSON object each.
        array: What they are.

    Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Request body".
    """
    return (f'{{"{array}":[' + ",".join(objects) + "]}").encode()
