"""Tables in files: safe writing of .xlsx and .csv, careful reading of uploaded ones. Knows no commitment."""
