/** Telling the data platform; there are no transactions here. */
@NullMarked
package dev.outbox.sample.dataplatform.application;

import org.jspecify.annotations.NullMarked;
