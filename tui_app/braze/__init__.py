"""Braze over HTTP: how a request is written, sent and held to the rate limit, and a local Braze to try things on.

Not here: what an answer means and when to repeat (`core.delivery`, `core.pace`), who is sent what (`core`, `sync`).
Start with `client` (the calls), then `transport` (one sending, and what a failure proves), `limiter` (who may send
when), `wire` (the bytes of a body) and `probe` (is this key good?). `sandbox` is a strict imitation of Braze.
"""
