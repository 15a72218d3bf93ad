"""Speed and memory, as ratios: ours beside a floor or a limit, in one run on one machine.

`python -m benchmarks` runs them all and ends with one table; `--quick` shows that they work. Each module is a command
of its own too, such as `python -m benchmarks.send`. Figures of single runs are noise; the medians of ratios taken in
turn are not.
"""
