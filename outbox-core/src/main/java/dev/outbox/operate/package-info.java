/**
 * What people do: ask, pause, resume.
 */
@NullMarked
package dev.outbox.operate;

import org.jspecify.annotations.NullMarked;
