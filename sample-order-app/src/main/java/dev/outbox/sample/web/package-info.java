/** What all controllers share: one shape of errors, one shape of pages. */
@NullMarked
package dev.outbox.sample.web;

import org.jspecify.annotations.NullMarked;
