"""The documents of an invented maker of pumps, valves and meters, and questions that tell ways of searching apart."""
