/** Settings that the application does not start with. */
@NullMarked
package dev.outbox.sample.settings;

import org.jspecify.annotations.NullMarked;
