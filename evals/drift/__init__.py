"""Whether people ask otherwise than before: statistics over samples of live questions, which hold vectors and outcomes, no words."""
