/** The data platform over HTTP, and the events of orders from Kafka. */
@NullMarked
package dev.outbox.sample.dataplatform.infra;

import org.jspecify.annotations.NullMarked;
