-- title: What each field holds
-- says: For each place of requests: what its values look like, how long they are, how many there are.
SELECT endpoint, place, kind, count(*) AS kept, max(bytes) AS longest, max(times) AS most, max(score) AS score
FROM fields
WHERE side = 'request'
GROUP BY endpoint, place, kind
ORDER BY endpoint, place, kept DESC
LIMIT 1000
