"""The stages of the scorecard, a module each: `async def measure(world) -> list[Part]`."""
