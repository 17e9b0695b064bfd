"""What departments' files get wrong, and how it is put right: coordinate systems, codes, days, numbers, words.

Nothing here reads a database or a file: columns and places come in, what they mean comes out, and what was done to them.
"""
