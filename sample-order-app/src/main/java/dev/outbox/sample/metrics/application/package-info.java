/** What can be done with the counts of products; the transactions are here. */
@NullMarked
package dev.outbox.sample.metrics.application;

import org.jspecify.annotations.NullMarked;
