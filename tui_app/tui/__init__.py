"""The terminal app: one screen per stage, from connecting a workspace to watching a run.

It decides nothing about data: what it shows comes from the project file and from the process beside it (`backstage`),
and what is sent is sent by the worker. It loads no engine, so that keys are answered while millions of rows are read.

Read `app` first, then `session` (what the screens share), `screens.stage_screen` (what every screen is), and a screen.
"""
