"""What a transformer becomes when its parameters grow, verified exactly and numerically."""
