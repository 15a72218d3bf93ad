"""The sandbox Braze: a server on loopback that is as strict as the documented and measured one.

It exists so that a plan can be tried, and the client and the worker tested, against something that refuses, drops
and alters what Braze does, and that fails on purpose. It shares no rule with the client: a mistake in one would
hide the same mistake in the other. Not here: campaigns, messages, anything that Braze does *with* the data.

Read `settings` (what can be set), then `server` (the way of a request), `api` (the front door), `track` and
`workspace` (what happens to the objects), `refusals`, `standard_fields` and `custom_attributes` (what is refused,
dropped or altered), `faults` and `fault_spec` (how it fails when asked to).
"""
