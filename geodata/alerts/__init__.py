"""Alerts 告警: rules as data, one file a kind of rule; judged in the background, read by area, acted on by people."""
