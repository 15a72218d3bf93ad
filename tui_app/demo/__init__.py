"""What `stoker demo` stands on: an invented shop, its project, and a sandbox Braze in a process of its own.

Not here: the commands that the demo runs (`cli.demo` runs the same as a person would), and the rules of the sandbox
(`braze.sandbox`). Start with `sample_data.sql`, which says who the invented customers are and what is wrong with them;
`sample_data` runs it, `sample_project` writes the project around it, `sandbox_process` starts and ends the Braze.
"""
