-- title: Bursts
-- says: Of the 500 clients with the most calls, hours with at least a hundred calls and ten times as many as in the client's average hour.
WITH busy AS (
  SELECT client FROM exchanges WHERE client IS NOT NULL GROUP BY client ORDER BY count(*) DESC LIMIT 500
), hourly AS (
  SELECT e.client, date_trunc('hour', e.time) AS hour, count(*) AS calls
  FROM busy b JOIN exchanges e ON e.client = b.client
  GROUP BY e.client, hour
), compared AS (
  SELECT client, hour, calls, avg(calls) OVER (PARTITION BY client) AS average,
         count(*) OVER (PARTITION BY client) AS hours
  FROM hourly
)
SELECT client, hour, calls, round(average, 1) AS average, hours
FROM compared
WHERE calls >= 100 AND calls >= 10 * average
ORDER BY calls DESC
LIMIT 100
