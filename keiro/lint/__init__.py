"""`keiro lint`: the design of the KPIs judged by rules, each with evidence and a remedy.

`reading` makes a `Design` of the parsed project, `data` adds what is published; one module per
family of rules judges it, `judging` runs them, `output` says what they found.
"""
