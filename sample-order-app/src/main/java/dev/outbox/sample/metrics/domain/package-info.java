/** What is counted of products, as the business knows it. */
@NullMarked
package dev.outbox.sample.metrics.domain;

import org.jspecify.annotations.NullMarked;
