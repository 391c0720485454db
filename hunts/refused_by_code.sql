-- title: What was refused, and why
-- says: Each violated clause by what came of it: how often, by how many subjects, on how many endpoints.
SELECT clause, code, effect, count(*) AS times, count(DISTINCT subject) AS subjects,
       count(DISTINCT endpoint) AS endpoints, max(time) AS last
FROM decisions
GROUP BY clause, code, effect
ORDER BY times DESC
LIMIT 200
