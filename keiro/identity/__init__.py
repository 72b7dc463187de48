"""Who is who: which records without a shared key are one person, and how records hang together.

`model` declares how records are compared, `learning` learns the weights from the records
themselves, `scoring` gives pairs their probability, `grouping` makes persons of linked records.
"""
