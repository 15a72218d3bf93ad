"""A plan in three panes: overview, attributes, customers. Where there is room, attributes stand below the overview."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final, Literal, TypeAlias, cast

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static, Tab, Tabs

from tui_app.backstage.questions.plan import ChangeFilter, PlanSummary
from tui_app.core.plan import AttributeCounts
from tui_app.tui.text import line
from tui_app.tui.widgets.item_row import ItemRow
from tui_app.tui.widgets.preview_attributes import AttributeTable
from tui_app.tui.widgets.preview_customers import PlanCustomers
from tui_app.tui.widgets.preview_overview import PlanOverview, PlanPrice
from tui_app.tui.widgets.table_view import TableView

Pane: TypeAlias = Literal["overview", "attributes", "customers"]
PANES: Final[tuple[Pane, ...]] = ("overview", "attributes", "customers")


class PlanPanes(Vertical):
    """The panes and their tabs."""

    SCOPED_CSS = False  # it looks at the screen's width
    DEFAULT_CSS: ClassVar[str] = """
    PlanPanes {
        height: 1fr;
        & > Tabs { height: 2; margin-top: 1; }
        & > #panes { height: 1fr; padding-top: 1; }
        & > #panes > * { display: none; height: 1fr; }
        & > #panes.-overview > #overview { display: block; }
        & > #panes.-attributes > #attributes { display: block; }
        & > #panes.-customers > #customers { display: block; }
    }
    .-narrow PlanPanes {
        & > Tabs { margin-top: 0; }
        & > #panes { padding-top: 0; }
    }
    .-high PlanPanes > #panes.-overview {
        & > #overview { height: auto; max-height: 65%; }
        & > #attributes-heading { display: block; height: 1; }
        & > #attributes { display: block; }
    }
    .-narrow PlanPanes > #panes.-overview {
        & > #overview { height: 1fr; max-height: 100%; }
        & > #attributes-heading, & > #attributes { display: none; }
    }
    """

    @property
    def pane(self) -> Pane:
        """The one that is shown."""
        return cast("Pane", (self.query_one(Tabs).active or "overview-tab").removesuffix("-tab"))

    @property
    def customers(self) -> PlanCustomers:
        """The third pane."""
        return self.query_one(PlanCustomers)

    def compose(self) -> ComposeResult:
        """Tabs and panes."""
        yield Tabs(*(Tab(name.capitalize(), id=f"{name}-tab") for name in PANES))
        with Container(id="panes", classes="-overview"):
            yield PlanOverview(id="overview")
            yield Static("Attributes", classes="heading", id="attributes-heading", markup=False)
            yield AttributeTable(id="attributes")
            yield PlanCustomers(id="customers")

    def show_plan(self, summary: PlanSummary | None, price: PlanPrice) -> None:
        """Show another plan in the same pane, without a filter; None hides everything."""
        self.display = summary is not None
        self.customers.show_plan(summary)
        if summary is None:
            return
        plan = summary.plan
        numbers = (("attributes", "Attributes", len(plan.attributes)), ("customers", plan.nouns, plan.counts.changes))
        for name, words, number in numbers:
            self.query_one(f"#{name}-tab", Tab).label = line(words.capitalize(), (f" {number:,}", "$foreground-muted"))
        self.query_one(PlanOverview).show(plan, price)
        self.query_one(AttributeTable).show_attributes(plan.attributes)
        self._show(self.pane)

    def enter(self, pane: Pane) -> None:
        """Go to a pane, so that keys move in it."""
        self.query_one(Tabs).active = f"{pane}-tab"
        self._show(pane)
        (self.customers.table if pane == "customers" else self.query_one(f"#{pane}")).focus()

    def narrow(self, **names: str | None) -> None:
        """Show the customers that match another filter, whose other fields stay; see `ChangeFilter`."""
        # Names and types are those of the fields.
        wanted: ChangeFilter = replace(self.customers.filter, **names)  # type: ignore[arg-type]
        self.customers.show_filter(wanted)
        self.enter("customers")

    def on_tabs_tab_activated(self, event: Tabs.TabActivated) -> None:
        """Show the pane of a tab."""
        event.stop()
        self._show(self.pane)

    def on_table_view_row_selected(self, event: TableView.RowSelected) -> None:
        """Enter on an attribute shows the customers of whom it changes."""
        event.stop()
        if isinstance(event.row, ItemRow) and isinstance(event.row.item, AttributeCounts):
            self.narrow(attribute=event.row.item.name)

    def _show(self, pane: Pane) -> None:
        panes = self.query_one("#panes")
        for each in PANES:
            panes.set_class(each == pane, f"-{each}")
        if pane == "customers":
            self.customers.open()
