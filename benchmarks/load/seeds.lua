-- Another seed in every request: wrk -s seeds.lua URL -- ARTISTS
local artists, turn = 1000, 0

function init(args)
  artists = tonumber(args[1])
end

function request()
  -- A prime that is no divisor of the number of artists: each is visited before any comes again.
  turn = (turn + 7919) % artists
  return wrk.format("GET", "/v1/artists/" .. (turn + 1) .. "/similar")
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %.3f %.3f %.3f %d %d\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
