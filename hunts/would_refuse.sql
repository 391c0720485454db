-- title: What enforcing would refuse
-- says: Clauses that are only observed, by endpoint: what would change with `--enforce`, and for how many.
SELECT endpoint, clause, code, count(*) AS calls, count(DISTINCT subject) AS subjects, min(id) AS example
FROM decisions
WHERE effect = 'would_refuse'
GROUP BY endpoint, clause, code
ORDER BY subjects DESC, calls DESC
LIMIT 200
