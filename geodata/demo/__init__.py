"""The demo city: real divisions of Sanmenxia, everything else made by rule, the same on every machine."""
