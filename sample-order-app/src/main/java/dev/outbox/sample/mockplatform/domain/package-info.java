/** What the mock of the data platform has received, and how it behaves. */
@NullMarked
package dev.outbox.sample.mockplatform.domain;

import org.jspecify.annotations.NullMarked;
