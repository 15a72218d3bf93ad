"""What the last test of a connection found out, under the form that it was made with."""

from __future__ import annotations

from tui_app.core.project import Destination
from tui_app.tui.connection_tests import Tested
from tui_app.tui.widgets.connect_field import remark_lines
from tui_app.tui.widgets.notice import Notice


class TestResult(Notice):
    """Hidden while nothing fits to what stands in the form."""

    def wait_for(self, destination: Destination) -> None:
        """Say who is asked."""
        self.show("info", f"Asking {destination.endpoint} …", "No customer is sent.")
        self.remove_class("-hidden")

    def show_test(self, tested: Tested, instance: str | None, *, refuses_saving: bool) -> None:
        """Say what was found.

        Args:
            tested: The test.
            instance: Whose endpoint was asked, if it has a name.
            refuses_saving: Somebody wanted to save it.
        """
        text = remark_lines(tested.remarks(instance))
        if refuses_saving:
            self.show("bad", f"Not saved. {tested.title}", text, key="d", action="keeps it as a draft anyway")
        else:
            self.show("good" if tested.is_good else "bad", tested.title, text)
        self.remove_class("-hidden")

    def hide(self) -> None:
        """There is nothing to say."""
        self.add_class("-hidden")
