/** Who may do what: tokens, and the rules of the paths. */
@NullMarked
package dev.outbox.sample.security;

import org.jspecify.annotations.NullMarked;
