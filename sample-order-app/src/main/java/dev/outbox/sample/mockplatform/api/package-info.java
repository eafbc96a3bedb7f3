/** The mock of the data platform over HTTP. */
@NullMarked
package dev.outbox.sample.mockplatform.api;

import org.jspecify.annotations.NullMarked;
