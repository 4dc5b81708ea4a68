"""Files that hold tensors, and JSON beside them, read with suspicion: safetensors, npz, shards under an index."""
