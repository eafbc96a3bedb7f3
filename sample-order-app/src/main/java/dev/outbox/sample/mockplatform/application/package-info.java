/** What the mock of the data platform does; the transactions are here. */
@NullMarked
package dev.outbox.sample.mockplatform.application;

import org.jspecify.annotations.NullMarked;
