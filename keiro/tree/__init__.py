"""The KPI tree: identities that are checked, contributions that add up, sentences that say them.

`formula` parses identities, `graph` makes the tree of them and of the declared drivers, `effects`
is the arithmetic of contributions, `draws` their uncertainty, `contributions` the table of both.
"""
