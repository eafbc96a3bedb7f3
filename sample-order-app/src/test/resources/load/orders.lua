-- For wrk: each request is a new order of one piece of some product. Arguments: token, first product, products, and a text that no other run has.
local products, first, run, headers
local count = 0

function init(args)
  math.randomseed(20261127)
  first, products, run = tonumber(args[2]), tonumber(args[3]), args[4]
  headers = { ["Authorization"] = "Bearer " .. args[1], ["Content-Type"] = "application/json" }
end

function request()
  count = count + 1
  headers["Idempotency-Key"] = run .. "-" .. count
  local product = first + math.random(0, products - 1)
  return wrk.format("POST", "/api/v1/orders", headers, '{"items":[{"productId":' .. product .. ',"quantity":1}]}')
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("p50 %.1f ms, p99 %.1f ms, refused %d, lost %d\n", latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
