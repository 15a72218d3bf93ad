"""Screens that stand above a stage, ask one thing, and go with an answer."""
