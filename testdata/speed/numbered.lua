-- wrk -s numbered.lua URL -- METHOD PATH [BEGINNING END]
--
-- Sends one request again and again; with a body, each gets a number between the
-- body's beginning and end, so that no two are the same. The last line is for
-- whoever reads the figures: requests, microseconds, p50, p99 and longest wait in
-- microseconds, failures.

local number = 0

function init(args)
  wrk.method, wrk.path = args[1], args[2]
  if not args[3] then return end
  local before, after = args[3], args[4]
  local empty = before .. "00000000" .. after
  local whole = wrk.format(nil, nil, nil, empty)
  local head = whole:sub(1, #whole - #empty) .. before
  request = function()
    number = number + 1
    return head .. string.format("%08d", number) .. after
  end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format("\nFIGURES %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), latency.max, e.connect + e.read + e.write + e.status + e.timeout))
end
