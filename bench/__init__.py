"""The benchmarks: each figure beside its limit, both measured in the same run."""
