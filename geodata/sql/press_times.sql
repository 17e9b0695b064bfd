-- When a household changed last, until a moment.
SELECT greatest((SELECT upper(valid) FROM household_past WHERE upper(valid) <= :at ORDER BY upper(valid) DESC LIMIT 1),
                (SELECT began FROM household_finding WHERE first AND began <= :at ORDER BY began DESC LIMIT 1)) AS changed_at
