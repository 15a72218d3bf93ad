"""What every face does with a workplace: check it, plan, begin and resume runs, report and export.

A task neither prints nor asks: the command line and the process beside the screen each tell it in their own way. Start
with `plan_activation`.
"""
