"""What a notice says beside its text: classification, PAP, indicators, times, impact. All values.

`details.py` holds it all; `reading.py` makes it from what people type; `combining.py` says which
label a thing made of several sources carries.
"""
