"""One file an architecture: tables that say where a model's tensors lie, and what acts on them."""
