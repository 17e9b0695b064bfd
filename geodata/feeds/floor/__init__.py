"""What feeds stand on: their declaration and registry, kinds of fields, refusals, and ways of writing that several share."""
