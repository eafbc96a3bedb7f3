/**
 * What the engine costs: each measurement beside an opponent that is measured in the same run.
 */
@NullMarked
package dev.outbox.benchmarks;

import org.jspecify.annotations.NullMarked;
