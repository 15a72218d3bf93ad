"""The process beside the screen: it reads, counts, plans and asks Braze, so that the screen never waits.

It is not the worker, which sends a run in a process of its own and outlives both. One backstage belongs to one screen
and one project; when the screen goes, it goes.

Read `questions` first (what can be asked, and what comes back), then `client` (the screen's end of the line) and
`server`. The screen imports `client` and `questions` alone, so that no engine is ever loaded where keys are read.
"""
