"""PostGIS: tables, migrations, area scope, queries, roll-ups, imports, feeds, privacy rules and the demo city."""
