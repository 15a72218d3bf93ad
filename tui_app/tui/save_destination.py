"""From a form to the project: it is tested, the key goes where it is kept, and the file learns what changed."""

from __future__ import annotations

from tui_app.backstage.questions.connection import FindKey, StoreKey, TryConnection
from tui_app.config.destination_draft import destination_edits
from tui_app.config.edit import Edit, written_keys
from tui_app.core.connection import Probe
from tui_app.core.errors import FixInput, StokerError
from tui_app.core.project import Destination, KeyReference
from tui_app.tui.connection_tests import AskedWith, Tested
from tui_app.tui.session import Session
from tui_app.tui.widgets.connect_form import Filled


async def try_connection(session: Session, destination: Destination, filled: Filled) -> Tested:
    """Ask Braze about the destination that a form means; that nobody could ask is an outcome too."""
    key = filled.typed_key
    try:
        found: Probe | str = await session.ask(TryConnection(destination, key.reveal() if key else None))
    except StokerError as error:
        found = error.message
    return Tested(AskedWith.of_form(filled), found, session.now())


async def prepare_saving(session: Session, filled: Filled, before: Destination | None) -> tuple[Edit, ...]:
    """Keep the key, see to it that there is a project file, and find what is to be written into it.

    Args:
        session: Whose project it is.
        filled: A sound form.
        before: The destination as it is in the project; None for a new one.

    Returns:
        The edits; none if only a key was typed.

    Raises:
        StokerError: The key cannot be kept there, or the project file cannot be read or written. It is as it was.
    """
    draft, key = filled.draft, filled.typed_key
    if key is not None and draft.api_key.kind != "env":
        # The key first: a destination that is saved can be used.
        await session.ask(StoreKey(draft.api_key, key.reveal()))
    session.begin()
    written = written_keys(session.file, ("destinations", draft.name))
    return tuple(destination_edits(draft, before, written))


async def why_no_key(session: Session, reference: KeyReference) -> str:
    """Why there is no key where it should be; empty if there is one.

    Raises:
        StokerError: Nobody could look.
    """
    try:
        await session.ask(FindKey(reference))
    except FixInput as error:
        return error.message
    return ""
