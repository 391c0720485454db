-- title: Walking through objects
-- says: Of the 200 subjects with the most calls, those that asked for unusually many different objects of one endpoint by numbers or UUIDs in the path.
WITH busy AS (
  SELECT subject FROM exchanges GROUP BY subject ORDER BY count(*) DESC LIMIT 200
), objects AS (
  SELECT f.endpoint, f.subject, f.value, count(*) AS kept, min(f.time) AS first, max(f.time) AS last
  FROM busy b JOIN fields f ON f.subject = b.subject
  WHERE f.side = 'request' AND f.kind IN ('integer', 'uuid', 'hex') AND f.place LIKE 'segment %'
  GROUP BY f.endpoint, f.subject, f.value
)
SELECT endpoint, subject, sum(kept) AS kept, count(*) AS objects, min(first) AS first, max(last) AS last
FROM objects
GROUP BY endpoint, subject
HAVING count(*) >= 10
ORDER BY objects DESC
LIMIT 100
