-- title: Scores just below the limit
-- says: Exchanges whose values looked like SQL or script, though not enough to be a violation: where attackers feel their way, or where enforcing would hurt.
SELECT endpoint, count(*) AS calls, approx_distinct(subject) AS subjects,
       max(sql_score) AS sql, max(script_score) AS script
FROM exchanges
WHERE (sql_score BETWEEN 600 AND 979) OR (script_score BETWEEN 600 AND 979)
GROUP BY endpoint
ORDER BY calls DESC
LIMIT 100
