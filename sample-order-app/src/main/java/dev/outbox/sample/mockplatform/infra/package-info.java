/** The table of the mock of the data platform. */
@NullMarked
package dev.outbox.sample.mockplatform.infra;

import org.jspecify.annotations.NullMarked;
