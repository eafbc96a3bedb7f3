/**
 * JSON by whichever Jackson an application has.
 */
@NullMarked
package dev.outbox.format;

import org.jspecify.annotations.NullMarked;
