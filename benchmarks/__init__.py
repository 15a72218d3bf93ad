"""Speed and memory, as ratios: ours beside a floor or a limit, in one run on one machine.

`python -m benchmarks.first_plan` · `python -m benchmarks.send`. Figures of single runs are noise; the medians of ratios
taken in turn are not.
"""
