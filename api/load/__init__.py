"""How much of the service one caller gets: rates, a fair queue, and time."""
