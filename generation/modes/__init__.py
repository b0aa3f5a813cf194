"""How an answer is made of passages by a language model: in one call, group after group, or group by group."""
