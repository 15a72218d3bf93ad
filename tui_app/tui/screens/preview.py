"""Preview: the plan of an activation. What would be sent, to whom, at what cost, and what stands against it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar, Final, Literal

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.timer import Timer
from textual.widgets import Label, Select, Static, Tab, Tabs

from tui_app.backstage.questions.plan import (
    ChangeFilter,
    ChangeRow,
    ChangeView,
    ExportPlan,
    FindPlan,
    LatestPlan,
    MakePlan,
    OpenChanges,
    PlanSummary,
    ReadChanges,
    SavePlan,
)
from tui_app.backstage.questions.run import BeginRun
from tui_app.core.errors import Refused, StokerError, Usage
from tui_app.core.plan import AttributeCounts
from tui_app.core.project import Destination
from tui_app.tui.command import Command
from tui_app.tui.dialogs.find_customer import FindCustomer
from tui_app.tui.dialogs.pick_attribute import PickAttribute, PickedAttribute
from tui_app.tui.dialogs.save_file import SaveFile
from tui_app.tui.dialogs.send_plan import SendOrder, SendPlan
from tui_app.tui.moments import lasting
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.text import content, counted, line
from tui_app.tui.widgets.item_row import ItemRow
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.preview_attributes import AttributeTable
from tui_app.tui.widgets.preview_customers import PlanCustomers
from tui_app.tui.widgets.preview_head import age_and_fate, where_it_goes
from tui_app.tui.widgets.preview_overview import PlanOverview, PlanPrice
from tui_app.tui.widgets.preview_rows import ShownKind, change_line

Pane = Literal["overview", "attributes", "customers"]
_PANES: Final[tuple[Pane, ...]] = ("overview", "attributes", "customers")
_TELL_AGE_SECONDS: Final = 20.0
_TELL_PLANNING_SECONDS: Final = 0.5
