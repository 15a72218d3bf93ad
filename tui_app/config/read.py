"""`stoker.toml` → project, or all problems of the file at once, each with its line.

A project that comes out is sound in itself; only what needs the source (columns, types, rows) is still to be checked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tui_app.config.activation_section import read_campaigns, read_groups, read_orchestrations
from tui_app.config.alert_section import read_alerts
from tui_app.config.consistency import check_consistency
from tui_app.config.destination_section import read_destinations
from tui_app.config.document import document_of, read_text
from tui_app.config.known_names import known_names
from tui_app.config.segment_section import read_segments
from tui_app.config.source_section import read_queries, read_source
from tui_app.config.table import Report, TableReader
from tui_app.config.template_section import read_templates
from tui_app.core.project import Project

FILE_NAME: Final = "stoker.toml"


def project_file(folder_or_file: Path) -> Path:
    """The project file that a person means by a folder or by the file itself."""
    try:
        is_folder = folder_or_file.is_dir()
    except OSError:
        is_folder = False  # such as a name that is too long: opening it says what is wrong
    return folder_or_file / FILE_NAME if is_folder else folder_or_file


def read_project(folder_or_file: Path) -> Project:
    """Read and check a whole project.

    Args:
        folder_or_file: `stoker.toml` or the folder that holds it. Messages name the file as it was given.

    Raises:
        FixInput: With every problem of the file, in the order of its lines.
    """
    file = project_file(folder_or_file)
    text = read_text(file, str(file), "project file", "`stoker init` writes one.")
    return project_of(text, file)


def project_of(text: str, file: Path) -> Project:
    """Check the text of a project file; `file` says where it is, for messages and for paths inside it.

    Raises:
        FixInput: With every problem of the text, in the order of its lines.
    """
    document = document_of(text, str(file))
    report = Report(document)
    top = TableReader(document.content, (), "the project", report)
    known = known_names(document.content)
    # The folder is resolved and the file is not: what is written in a linked file is relative to where it is linked.
    folder = file.parent.resolve()
    destinations = read_destinations(top)
    project = Project(
        file=str(folder / file.name),
        source=read_source(top),
        state=top.text("state"),
        queries=read_queries(top, folder),
        destinations=destinations,
        templates=read_templates(top, known, destinations),
        segments=read_segments(top, known),
        campaigns=read_campaigns(top, known),
        orchestrations=read_orchestrations(top, known),
        groups=read_groups(top, known),
        alerts=read_alerts(top),
    )
    top.close()
    check_consistency(project, report)
    report.raise_if_any()
    return project
