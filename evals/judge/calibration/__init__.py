"""How far judges agree with people, and what that allows them."""
