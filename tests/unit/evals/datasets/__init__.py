"""Tests of golden sets and what reads them."""
