"""The demonstration set: invented departments, people and progress, loaded and removed as a whole.

Only `manage.py load_demo` imports this package. Every row it writes is flagged `is_demo`.
"""
