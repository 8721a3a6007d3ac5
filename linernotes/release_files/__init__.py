"""Files made from a release, which look-ups map into memory instead of reading rows of the database.

`place` says where they lie, `manifest` what they are of and whether they are whole, `making` writes them and
takes away those of releases that are gone, `opened` maps them. The database stays the only truth: files are
made again at any time, and where there are none, or they are of something else, look-ups read the database.
"""
