/** The data platform, as the business knows it. */
@NullMarked
package dev.outbox.sample.dataplatform.domain;

import org.jspecify.annotations.NullMarked;
