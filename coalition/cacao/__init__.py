"""CACAO 2.0, both ways: our playbooks as CACAO documents, and CACAO documents as our playbooks.

Pure: documents are JSON values, files are read and written elsewhere. `importing.py` and
`exporting.py` are the ways in and out, `lint.py` says what is wrong with a document, and
`signatures.py` signs and verifies one.
"""
