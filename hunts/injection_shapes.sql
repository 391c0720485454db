-- title: Shapes of injected values
-- says: Shapes in tokens of values that looked like attacks: one tool has few, people who type have many.
SELECT code, shape, count(*) AS times, count(DISTINCT subject) AS subjects, max(score) AS score,
       count(DISTINCT value) AS different, min(id) AS example
FROM findings
GROUP BY code, shape
ORDER BY times DESC
LIMIT 100
