"""Rules of time and chance in the demo city: what homes went through, what posts count, who is where."""
