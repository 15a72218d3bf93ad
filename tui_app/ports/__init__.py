"""What the verbs in `sync` need from the rooms around them, and the clock; a module for each room.

A verb is given these as arguments, so that the same verb runs on real parts and on a simulated clock.
"""
