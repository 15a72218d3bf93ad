"""The rules, in plain Python: what is sent, to whom, what an answer means, what is refused.

Not here: files, network, clock, random, engines, screens. Everything is a value or a pure function, so that each
rule can be read and tested alone. Start with `project` (what the user wrote), then `mapping`, `segment` and
`activation`; `fields` and `duplicates` know Braze's attributes; `change`, `plan`, `guards`, `requests`, `delivery`
and `pace` follow the data on its way out.
"""
