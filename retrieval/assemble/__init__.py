"""From hits to evidence: repetitions out, surroundings in, only what fits. Every stage is a pure function, `assembler` joins them."""
