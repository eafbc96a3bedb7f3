/** Orders by themselves, and the way of each event to watch; with the profile {@code demo} only. */
@NullMarked
package dev.outbox.sample.demo;

import org.jspecify.annotations.NullMarked;
