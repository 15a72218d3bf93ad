"""What a process of Stoker's asks of the operating system before it does anything."""

from __future__ import annotations

import os
import resource


def keep_private() -> None:
    """Let nobody else read what this process and its children write, and leave no key behind in a core dump.

    Plans, ledgers and logs hold personal data, whatever the umask and the limits of the shell are. The hard limit stays
    as it is, so that somebody who looks for a fault can raise the other one again.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
