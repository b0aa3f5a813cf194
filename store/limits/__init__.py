"""Counters of requests and tokens: in memory of a process, or in the Redis that all processes share."""
