"""Data in and out: CSV, Excel, JSON and the read-only API."""
