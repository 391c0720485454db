-- title: Bursts
-- says: Hours in which one client made at least a hundred calls and ten times as many as in its average hour.
WITH hourly AS (
  SELECT client, date_trunc('hour', time) AS hour, count(*) AS calls
  FROM exchanges
  WHERE client IS NOT NULL
  GROUP BY client, hour
), usual AS (
  SELECT client, avg(calls) AS average, count(*) AS hours FROM hourly GROUP BY client
)
SELECT h.client, h.hour, h.calls, round(u.average, 1) AS average, u.hours
FROM hourly h JOIN usual u ON h.client = u.client
WHERE h.calls >= 100 AND h.calls >= 10 * u.average
ORDER BY h.calls DESC
LIMIT 100
