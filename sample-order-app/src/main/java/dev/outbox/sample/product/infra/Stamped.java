package dev.outbox.sample.product.infra;

/**
 * A value as it is in the cache.
 *
 * @param stamp what the stamps of its key and of its cache were before it was loaded
 */
record Stamped<T>(String stamp, T value) {}
