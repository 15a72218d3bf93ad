"""What the stage Segment says while it has no segment to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tui_app.core.errors import Problem
from tui_app.core.project import Project
from tui_app.tui.widgets.notice import Notice

_MOST_PROBLEMS: Final = 4


class SegmentEmpty(Notice):
    """What is missing, and the key that goes on."""

    def explain(self, project: Project | None, problems: Sequence[Problem]) -> None:
        """Say it.

        Args:
            project: None if there is none that can be used.
            problems: Why it cannot be used.
        """
        if problems:
            self.show(
                "bad",
                "stoker.toml cannot be used",
                "What is wrong is said below. Mend it in an editor: it is read again by itself.",
            )
        elif project is None:
            self.show("info", "There is no project yet", "Home makes one.", key="1", action="goes to Home")
        elif not (project.source.tables or project.queries):
            text = "A segment picks rows of a table or a query, and the project has none."
            self.show("info", "There is no table yet", text, key="3", action="goes to Source")
        else:
            text = "A segment picks customers by conditions, without SQL. Nothing is sent from here."
            self.show("info", "There is no segment yet", text, key="n", action="begins one")
