-- title: Walking through objects
-- says: Subjects that asked for unusually many different objects of one endpoint by numbers or UUIDs in the path.
SELECT endpoint, subject, count(*) AS kept, count(DISTINCT value) AS objects, min(time) AS first, max(time) AS last
FROM fields
WHERE side = 'request' AND place LIKE 'segment %' AND kind IN ('integer', 'uuid', 'hex')
GROUP BY endpoint, subject
HAVING count(*) >= 10
ORDER BY objects DESC
LIMIT 100
