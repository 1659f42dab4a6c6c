"""Rehearsing playbooks: nothing leaves the machine, nothing is kept, no clock is asked.

The rules (`coalition.domain`) and the policies (`coalition.application`) are the real ones; only
the world outside is played, by a script, by chance, or by willing people. Nothing here can import
an adapter (import-linter), so a rehearsal cannot leak.
"""
