"""The kernel: types, ports, settings, access, errors, ids. Imports no other room."""
