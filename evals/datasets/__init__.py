"""Public data sets, read from a folder that is named when something is measured. None of them is part of the project."""
