"""Tests of the test bench."""
