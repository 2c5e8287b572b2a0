"""Reads a government work report: text in, plain dataclasses out.

Standard library only; nothing here knows Django. `document` finds the structure, `passages` the
stretches and their roles, `figures` and `projects` the facts, `table` holds the reviewed table.
"""
