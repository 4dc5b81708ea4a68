"""From text to token numbers: one file a way to cut text, and what stands around it."""
