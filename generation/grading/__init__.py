"""Estimates whether passages answer a question: what they say is measured, and a calibrated table weighs it."""
