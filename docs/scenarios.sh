#!/usr/bin/env bash
# What goes wrong, and what an operator does about it: runs ScenariosIntegrationTest (the sample, a real database, a real broker, the REST API) and prints what it tells.
# Exit status 0 only if everything came out as it should.
set -euo pipefail
cd "$(dirname "$0")/.."

mvn --batch-mode --quiet -Pit -pl sample-order-app -am -Dtest=ScenariosIntegrationTest -Dsurefire.failIfNoSpecifiedTests=false test |
  sed -n 's/^| \{0,1\}//p'
