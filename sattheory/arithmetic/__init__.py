"""What a number may be: floats at many scales, truncated series in 1/c, degrees; and the laws they all obey."""
