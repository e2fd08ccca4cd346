"""Vietnamese as it is written and typed: letters, tones, syllables, numerals, keyboards. Knows no produce."""
