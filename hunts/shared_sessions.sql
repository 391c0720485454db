-- title: Sessions in several hands
-- says: Sessions of the newest day on record that came from more than three client addresses: stolen, shared, or people on the move.
SELECT session, count(*) AS calls, count(DISTINCT client) AS clients, min(time) AS first, max(time) AS last
FROM exchanges
WHERE session IS NOT NULL AND client IS NOT NULL
  AND time >= (SELECT max(time) FROM exchanges) - INTERVAL '1 day'
GROUP BY session
HAVING count(DISTINCT client) > 3
ORDER BY clients DESC
LIMIT 100
