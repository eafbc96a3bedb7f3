/**
 * Real servers and processes for tests: PostgreSQL, MySQL, MariaDB, Kafka, Redis, a TCP proxy to cut connections, and further JVMs.
 *
 * <p>Tests take the shared servers from {@link dev.outbox.test.TestServers}. A test that kills, pauses or restarts a
 * server starts one of its own. Servers run in Docker where that is available and as child processes otherwise; the
 * system property {@code outbox.test.servers} or the environment variable {@code OUTBOX_TEST_SERVERS} with the value
 * {@code docker}, {@code embedded} or {@code auto} decides it.
 *
 * <p>Nothing here registers a shutdown hook. A server that nobody closes ends on its own once this JVM is gone, thus
 * after all shutdown hooks, however the JVM ends.
 */
@NullMarked
package dev.outbox.test;

import org.jspecify.annotations.NullMarked;
