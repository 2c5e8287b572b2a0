"""Lists of departments with contacts, and of staff who become accounts by invitation."""
