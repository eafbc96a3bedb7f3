/** What every feature may answer instead of doing what was asked. */
@NullMarked
package dev.outbox.sample.refusal;

import org.jspecify.annotations.NullMarked;
